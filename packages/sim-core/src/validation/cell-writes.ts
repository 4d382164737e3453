/** The writes of a cell: each applies or deletes one object at its time. */
import { parseDocument } from 'yaml';
import { fail, ok, type Result } from '../errors.js';
import type { Distribution } from '../kernel/distribution.js';
import { fieldOf, type ObjectSource } from '../manifest/object-source.js';
import { parseManifests } from '../manifest/parse-manifests.js';
import type { SourceText } from '../manifest/source-text.js';
import type { ManifestSet, ObjectMeta } from '../manifest/types.js';
import type { CellFields } from './cell-shape.js';

export interface CellWrite {
  readonly atMs: Distribution;
  readonly action: 'apply' | 'delete';
  /** The one object that is written. */
  readonly object: ManifestSet;
}

type WriteFields = CellFields['writes'][number];
type Path = readonly (string | number)[];

/** Writes, then those of a train in turn, the first of them one step after the start. */
export function readWrites(
  text: SourceText,
  source: ObjectSource,
  { writes, repeat }: Pick<CellFields, 'writes' | 'repeat'>,
  before: ManifestSet,
): Result<readonly CellWrite[]> {
  const known = [before];
  const read = (fields: WriteFields, path: Path): Result<CellWrite> => {
    const write = readWrite(text, source, fields, path, known);
    if (write.ok) known.push(write.value.object);
    return write;
  };
  const single = writes.map((fields, index) => read(fields, ['writes', index]));
  const kinds = (repeat?.alternately ?? []).map((fields, index) =>
    read({ ...fields, atMs: 0 }, ['repeat', 'alternately', index]),
  );
  const failed = [...single, ...kinds].flatMap((write) => (write.ok ? [] : write.errors));
  if (failed.length > 0) return fail(...failed);
  const taken = (results: readonly Result<CellWrite>[]) => results.flatMap((write) => (write.ok ? [write.value] : []));
  return ok([...taken(single), ...(repeat === undefined ? [] : train(repeat, taken(kinds)))]);
}

function train({ everyMs, forMs }: NonNullable<CellFields['repeat']>, kinds: readonly CellWrite[]): CellWrite[] {
  return Array.from({ length: Math.floor(forMs / everyMs) }, (_, step) => ({
    ...kinds[step % kinds.length],
    atMs: (step + 1) * everyMs,
  }));
}

function readWrite(
  text: SourceText,
  source: ObjectSource,
  fields: WriteFields,
  path: Path,
  known: readonly ManifestSet[],
): Result<CellWrite> {
  if ((fields.apply === undefined) === (fields.delete === undefined)) {
    const hint = 'Give the object under `apply:` or under `delete:`.';
    return fail(source.problem('XDS-CELL-WRITE', path, `${path.join('.')} needs either apply or delete`, hint));
  }
  const action = fields.apply === undefined ? 'delete' : 'apply';
  if (action === 'delete' && fieldOf(fields.delete, 'spec') === undefined) {
    return deletionByName(source, fields, path, known);
  }
  const read = parseManifests([{ path: text.path, text: onlyAt(text.text, [...path, action]) }]);
  return read.ok ? ok({ atMs: fields.atMs, action, object: read.value }) : read;
}

/** A deletion needs no more than the object's name; what it takes away is what stands under it. */
function deletionByName(
  source: ObjectSource,
  { atMs, delete: named }: WriteFields,
  path: Path,
  known: readonly ManifestSet[],
): Result<CellWrite> {
  const metadata = fieldOf(named, 'metadata');
  const key = `${fieldOf(named, 'kind')}/${fieldOf(metadata, 'namespace') ?? 'default'}/${fieldOf(metadata, 'name')}`;
  const standing = known.findLast((set) => only(set, key) !== undefined);
  if (standing !== undefined) return ok({ atMs, action: 'delete', object: only(standing, key) as ManifestSet });
  const message = `${path.join('.')} deletes ${key}, which is not there`;
  return fail(
    source.problem('XDS-CELL-WRITE', path, message, 'Delete an object of before.yaml, or one applied earlier.'),
  );
}

/** A set with just that object; undefined where it has none of that name. */
function only(set: ManifestSet, key: string): ManifestSet | undefined {
  const named = <T extends { readonly meta: ObjectMeta }>(objects: readonly T[]): T[] =>
    objects.filter(({ meta }) => meta.key === key);
  const found: ManifestSet = {
    ...set,
    virtualServices: named(set.virtualServices),
    destinationRules: named(set.destinationRules),
    gateways: named(set.gateways),
    sidecars: named(set.sidecars),
    services: named(set.services),
    workloads: named(set.workloads),
    others: set.others.filter((meta) => meta.key === key),
  };
  const { virtualServices, destinationRules, gateways, sidecars, services, workloads, others } = found;
  const kinds = [virtualServices, destinationRules, gateways, sidecars, services, workloads, others];
  return kinds.some((objects) => objects.length > 0) ? found : undefined;
}

/** The text with everything but one field's value blanked, so that places in the value stay where they are. */
function onlyAt(text: string, path: Path): string {
  const node = parseDocument(text, { schema: 'yaml-1.1' }).getIn(path, true) as { range?: [number, number, number] };
  const [start, end] = node.range ?? [0, text.length];
  return text.slice(0, start).replace(/[^\n]/g, ' ') + text.slice(start, end);
}
