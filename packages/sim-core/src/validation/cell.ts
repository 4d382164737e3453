/** One measured cell: what was there, what was written when, and what each proxy showed. */
import type { z } from 'zod';
import { fail, ok, type Result, type UserError } from '../errors.js';
import type { Distribution } from '../kernel/distribution.js';
import { checkShape } from '../manifest/check-shape.js';
import { ObjectSource } from '../manifest/object-source.js';
import { parseManifests } from '../manifest/parse-manifests.js';
import { SourceText } from '../manifest/source-text.js';
import type { ManifestSet, SourceFile } from '../manifest/types.js';
import { readYaml } from '../manifest/yaml-documents.js';
import { ISTIO_VERSIONS, istioVersionOf } from '../scenario/istio-versions.js';
import {
  type CellFields,
  cellShape,
  type PolicyRow,
  policyRowShape,
  type ScaleRow,
  type ServerMode,
  type StreamRow,
  scaleRowShape,
  streamRowShape,
  type TcpRow,
  type TlsRow,
  type TrainRow,
  type TrialRow,
  tcpRowShape,
  tlsRowShape,
  trainRowShape,
  trialRowShape,
} from './cell-shape.js';
import { type CellWrite, readWrites } from './cell-writes.js';

/** Groups of cells that are compared. */
export const GROUPS = ['cells', 'shapes', 'policy', 'tls', 'scale', 'other'] as const;
export type Group = (typeof GROUPS)[number];

export interface CellFiles {
  readonly before: SourceFile;
  readonly cell: SourceFile;
  readonly measured: SourceFile;
}

interface CellBase {
  /** `cells/add-together-10`. */
  readonly name: string;
  readonly mesh: CellFields['mesh'];
  readonly requests?: CellFields['requests'];
  readonly watched?: WatchedConnections;
  readonly servers?: Servers;
  readonly before: ManifestSet;
  readonly writes: readonly CellWrite[];
  readonly file: string;
}

/** Servers that speak TLS or not by themselves. */
export interface Servers {
  /** Label `version` of those that are meant; undefined: all. */
  readonly version: string | undefined;
  readonly before: ServerMode;
  readonly changes: readonly { readonly atMs: Distribution; readonly mode: ServerMode }[];
}

/** Connections through a gateway, followed while something changes. */
export interface WatchedConnections {
  readonly connections: number;
  readonly openedAtMs: number;
  readonly sendEveryMs: number;
  readonly watchedMs: number;
}

export type Cell =
  | (CellBase & { readonly group: 'cells'; readonly rows: readonly TrialRow[] })
  | (CellBase & { readonly group: 'shapes'; readonly rows: readonly StreamRow[] })
  | (CellBase & { readonly group: 'policy'; readonly rows: readonly PolicyRow[] })
  | (CellBase & { readonly group: 'tls'; readonly rows: readonly TlsRow[] })
  | (CellBase & { readonly group: 'scale'; readonly rows: readonly ScaleRow[] })
  | (CellBase & { readonly group: 'other'; readonly kind: 'train'; readonly rows: readonly TrainRow[] })
  | (CellBase & { readonly group: 'other'; readonly kind: 'tcp'; readonly rows: readonly TcpRow[] });

export function readCell(group: Group, name: string, files: CellFiles): Result<Cell> {
  const before = parseManifests([files.before]);
  const rows = readRowsOf(group, files);
  const described = before.ok ? readDescription(files, before.value) : before;
  if (!before.ok || !described.ok || !rows.ok) {
    return fail(...[described, rows].flatMap((result) => (result.ok ? [] : result.errors)));
  }
  const { mesh, requests, writes, tcp, watchedMs = WATCHED_MS } = described.value;
  const versions = rows.value.rows.map(({ istio }) => istio ?? mesh.istio);
  const unknown = versions.find((istio) => istioVersionOf(istio) === undefined);
  if (unknown !== undefined) return fail(unknownVersion(unknown, files.cell.path));
  const watched = tcp && { ...tcp, watchedMs };
  const base = {
    name: `${group}/${name}`,
    mesh,
    requests,
    watched,
    servers: serversOf(described.value),
    before: before.value,
    writes,
    file: files.cell.path,
  };
  return ok({ ...base, ...rows.value });
}

/** Longer than a listener drains. */
const WATCHED_MS = 60_000;

function serversOf({ serverTls, serverTlsChanges }: Description): Servers | undefined {
  if (serverTls === undefined && serverTlsChanges === undefined) return undefined;
  return { version: serverTls?.endpoints, before: serverTls?.before ?? 'plain', changes: serverTlsChanges ?? [] };
}

type RowsOf<C> = C extends Cell ? Omit<C, keyof CellBase> : never;
type Rows = RowsOf<Cell>;

function readRowsOf(group: Group, files: CellFiles): Result<Rows> {
  switch (group) {
    case 'cells':
      return withRows({ group }, readRows(files, trialRowShape));
    case 'shapes':
      return withRows({ group }, readRows(files, streamRowShape));
    case 'policy':
      return withRows({ group }, readRows(files, policyRowShape));
    case 'tls':
      return withRows({ group }, readRows(files, tlsRowShape));
    case 'scale':
      return withRows({ group }, readRows(files, scaleRowShape));
    case 'other':
      return kindOf(files.cell) === 'tcp'
        ? withRows({ group, kind: 'tcp' }, readRows(files, tcpRowShape))
        : withRows({ group, kind: 'train' }, readRows(files, trainRowShape));
  }
}

/** What an experiment of the group `other` is about, by its description; undefined: something that is not compared. */
export function kindOf({ text }: SourceFile): 'tcp' | 'train' | undefined {
  if (/^tcp:/m.test(text)) return 'tcp';
  return /^repeat:/m.test(text) ? 'train' : undefined;
}

function withRows<F extends object, T>(fields: F, rows: Result<readonly T[]>): Result<F & { rows: readonly T[] }> {
  return rows.ok ? ok({ ...fields, rows: rows.value }) : rows;
}

type Description = Omit<CellFields, 'writes' | 'repeat'> & { readonly writes: readonly CellWrite[] };

function readDescription({ cell }: CellFiles, before: ManifestSet): Result<Description> {
  const text = new SourceText(cell);
  const { documents, errors } = readYaml(text);
  if (errors.length > 0) return fail(...errors);
  const [document] = documents;
  const source = new ObjectSource(
    text,
    (document?.value ?? {}) as ObjectSource['value'],
    document?.offsetOf ?? (() => 0),
  );
  const checked = checkShape(cellShape, source);
  if ('errors' in checked) return fail(...checked.errors.map(ofCell));
  const writes = readWrites(text, source, checked.value, before);
  return writes.ok ? ok({ ...checked.value, writes: writes.value }) : writes;
}

function readRows<T>({ measured }: CellFiles, shape: z.ZodType<T>): Result<readonly T[]> {
  const text = new SourceText(measured);
  const rows: T[] = [];
  const errors: UserError[] = [];
  let offset = 0;
  for (const line of text.text.split('\n')) {
    const start = offset;
    offset += line.length + 1;
    if (line.trim() === '') continue;
    const parsed = parseJson(text, line, start);
    if (!parsed.ok) {
      errors.push(...parsed.errors);
      continue;
    }
    const checked = checkShape(shape, new ObjectSource(text, parsed.value as ObjectSource['value'], () => start));
    if ('errors' in checked) errors.push(...checked.errors.map((error) => shortened(ofCell(error))));
    else rows.push(checked.value);
  }
  if (errors.length === 0 && rows.length === 0) errors.push(noRows(measured.path));
  return errors.length > 0 ? fail(...errors) : ok(rows);
}

function parseJson(text: SourceText, line: string, start: number): Result<unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ok(value);
    return fail(badRow(text, start, 'the row is not an object'));
  } catch (thrown) {
    // Engines word this differently; where a position is given, it points into the line.
    const at = /position (\d+)/.exec(String(thrown))?.[1];
    return fail(badRow(text, start + Math.min(Number(at ?? 0), line.length), 'the row is not JSON'));
  }
}

function badRow(text: SourceText, offset: number, message: string): UserError {
  const position = text.positionAt(offset);
  const hint = 'measured.ndjson has one JSON object a line; an unfinished last line is a run that was cut off.';
  return shortened({ code: 'XDS-CELL-ROW', message, position, excerpt: text.excerpt(position.line), hint });
}

const EXCERPT_MAX = 160;

/** Rows have thousands of characters. */
function shortened(error: UserError): UserError {
  const { excerpt, position } = error;
  if (excerpt === undefined || excerpt.length <= EXCERPT_MAX) return error;
  return { ...error, excerpt: (position?.column ?? 0) > EXCERPT_MAX ? undefined : `${excerpt.slice(0, EXCERPT_MAX)}…` };
}

/** The checks are those of manifests; what they find here is a mistake in a cell. */
function ofCell(error: UserError): UserError {
  const message = error.message.startsWith(' ') ? `a cell${error.message}` : error.message;
  return { ...error, code: error.code.replace('XDS-MANIFEST', 'XDS-CELL'), message };
}

function noRows(file: string): UserError {
  const hint = 'A cell without measurements proves nothing; leave the folder out.';
  return { code: 'XDS-CELL-ROW', message: `${file} has no rows`, position: { file, line: 1, column: 1 }, hint };
}

function unknownVersion(istio: string, file: string): UserError {
  const known = `${ISTIO_VERSIONS[0].version} to ${ISTIO_VERSIONS.at(-1)?.version}`;
  return {
    code: 'XDS-CELL-ISTIO',
    message: `Istio ${JSON.stringify(istio)} is not modelled`,
    position: { file, line: 1, column: 1 },
    hint: `Rows have the version under \`istio\`, or the cell under \`mesh.istio\`: ${known}, with any patch or suffix.`,
  };
}
