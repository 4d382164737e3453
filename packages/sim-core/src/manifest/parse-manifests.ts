import type { Result, UserError, Warning } from '../errors.js';
import { fail, ok, unreachable } from '../errors.js';
import { readObjects } from './file-objects.js';
import { checkVersion, groupOf, kindOf } from './object-kinds.js';
import { readMeta } from './object-meta.js';
import type { ObjectSource } from './object-source.js';
import { SourceText } from './source-text.js';
import type {
  DestinationRule,
  Gateway,
  InterpretedObject,
  ManifestSet,
  ObjectMeta,
  PeerAuthentication,
  ServiceObject,
  SidecarResource,
  SourceFile,
  VirtualService,
  Workload,
} from './types.js';

/** Reads all files of one state of the cluster. On failure every error of every file is given, in file order. */
export function parseManifests(files: readonly SourceFile[]): Result<ManifestSet> {
  const reading = new Reading();
  const errors = files.flatMap((file) => {
    const found = readObjects(new SourceText(file));
    return [...found.errors, ...found.objects.flatMap((source) => reading.read(source))].sort(byPlace);
  });
  if (errors.length === 0 && reading.isEmpty()) errors.push(noObjects(files));
  return errors.length > 0 ? fail(...errors) : ok(reading.set(files));
}

/** What has been read so far. */
class Reading {
  private readonly virtualServices: VirtualService[] = [];
  private readonly destinationRules: DestinationRule[] = [];
  private readonly gateways: Gateway[] = [];
  private readonly sidecars: SidecarResource[] = [];
  private readonly peerAuthentications: PeerAuthentication[] = [];
  private readonly services: ServiceObject[] = [];
  private readonly workloads: Workload[] = [];
  private readonly others: ObjectMeta[] = [];
  private readonly seen = new Map<string, ObjectMeta>();

  /** Takes an object in; returns what is wrong with it. */
  read(source: ObjectSource): readonly UserError[] {
    const named = readMeta(source);
    if ('errors' in named) return named.errors;
    const { meta } = named;
    const errors = this.noteDuplicate(source, meta);
    const kind = kindOf(meta.apiVersion, meta.kind);
    if (kind === undefined) {
      this.others.push(meta);
      return errors;
    }
    const interpreted = kind.interpret(source, meta);
    if ('object' in interpreted) this.keep(interpreted.object);
    return [...errors, ...checkVersion(kind, source, meta), ...('errors' in interpreted ? interpreted.errors : [])];
  }

  isEmpty(): boolean {
    return this.seen.size === 0;
  }

  set(files: readonly SourceFile[]): ManifestSet {
    const { virtualServices, destinationRules, gateways, sidecars, peerAuthentications } = this;
    const { services, workloads, others } = this;
    const warnings = othersWarning(others);
    const config = { virtualServices, destinationRules, gateways, sidecars, peerAuthentications };
    return { ...config, services, workloads, others, files, warnings };
  }

  private noteDuplicate(source: ObjectSource, meta: ObjectMeta): UserError[] {
    const identity = `${groupOf(meta.apiVersion)}/${meta.key}`;
    const first = this.seen.get(identity);
    if (first === undefined) {
      this.seen.set(identity, meta);
      return [];
    }
    const { file, line, column } = first.position;
    const message = `${meta.key} is given twice; the first is at ${file}:${line}:${column}`;
    const hint = 'Remove one of them: only the last that is applied would count.';
    return [source.problem('XDS-MANIFEST-DUPLICATE', [], message, hint)];
  }

  private keep(object: InterpretedObject): void {
    switch (object.type) {
      case 'VirtualService':
        this.virtualServices.push(object);
        return;
      case 'DestinationRule':
        this.destinationRules.push(object);
        return;
      case 'Gateway':
        this.gateways.push(object);
        return;
      case 'Sidecar':
        this.sidecars.push(object);
        return;
      case 'PeerAuthentication':
        this.peerAuthentications.push(object);
        return;
      case 'Service':
      case 'ServiceEntry':
        this.services.push(object);
        return;
      case 'Deployment':
      case 'StatefulSet':
      case 'Pod':
      case 'WorkloadEntry':
      case 'EndpointSlice':
        this.workloads.push(object);
        return;
      default:
        unreachable(object);
    }
  }
}

function byPlace(left: UserError, right: UserError): number {
  const lines = (left.position?.line ?? 0) - (right.position?.line ?? 0);
  return lines === 0 ? (left.position?.column ?? 0) - (right.position?.column ?? 0) : lines;
}

function noObjects(files: readonly SourceFile[]): UserError {
  const names = files.map(({ path }) => path).join(', ');
  return {
    code: 'XDS-MANIFEST-EMPTY',
    message: files.length === 0 ? 'no manifest files were given' : `no manifest object in ${names}`,
    position: files.length === 0 ? undefined : { file: files[0].path, line: 1, column: 1 },
    excerpt: files.length === 0 ? undefined : new SourceText(files[0]).excerpt(1),
    hint: 'Give at least one VirtualService or DestinationRule, with what it routes to.',
  };
}

function othersWarning(others: readonly ObjectMeta[]): Warning[] {
  if (others.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { kind } of others) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, times]) => (times === 1 ? kind : `${kind} (${times})`)).sort();
  const message = `not simulated, and only watched for changes: ${kinds.join(', ')}`;
  return [{ code: 'XDS-MANIFEST-NOT-INTERPRETED', message, position: others[0].position }];
}
