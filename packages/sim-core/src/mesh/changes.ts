/**
 * Sets of changed configs, as istiod's ConfigsUpdated (istiod.md 2): which objects changed, whose endpoints, and what
 * changed that has nothing to do with the rollout. Requests merge by union.
 */
import type { IstioBehaviour } from '../scenario/istio-behaviour.js';
import { InternedSets } from './interned-sets.js';
import type { TrackedObject } from './tracked-objects.js';

/** Kinds of configs, as bits. */
export const Kind = {
  VirtualService: 1,
  DestinationRule: 2,
  /** Service or ServiceEntry. */
  Service: 4,
  Gateway: 8,
  Sidecar: 16,
  Endpoints: 32,
} as const;

/** Kinds of configs of which the mesh has more than the rollout touches. */
export const UNRELATED = ['VirtualService', 'DestinationRule', 'Service', 'Endpoints'] as const;
export type UnrelatedKind = (typeof UNRELATED)[number];

const KIND_OF = {
  VirtualService: Kind.VirtualService,
  DestinationRule: Kind.DestinationRule,
  Service: Kind.Service,
  ServiceEntry: Kind.Service,
  Gateway: Kind.Gateway,
  Sidecar: Kind.Sidecar,
} as const;

/** One element of a set of changes. */
export type Change =
  | { readonly type: 'object'; readonly kind: number; readonly object: number }
  /** Endpoints of a host; as a Service where more than its endpoints has changed by them. */
  | { readonly type: 'host'; readonly kind: number; readonly host: number }
  | { readonly type: 'unrelated'; readonly kind: number };

export class Changes {
  readonly sets = new InternedSets();
  private readonly elements: readonly Change[];
  private readonly kindsOfSet: number[] = [0];
  private readonly firstHost: number;
  private readonly firstService: number;
  private readonly firstUnrelated: number;

  constructor(objects: readonly TrackedObject[], hosts: number) {
    this.firstHost = objects.length;
    this.firstService = this.firstHost + hosts;
    this.firstUnrelated = this.firstService + hosts;
    const eachHost = (kind: number) =>
      Array.from({ length: hosts }, (_, host): Change => ({ type: 'host', kind, host }));
    this.elements = [
      ...objects.map(({ kind }, object): Change => ({ type: 'object', kind: KIND_OF[kind], object })),
      ...eachHost(Kind.Endpoints),
      ...eachHost(Kind.Service),
      ...UNRELATED.map((kind): Change => ({ type: 'unrelated', kind: Kind[kind] })),
    ];
  }

  ofObject(object: number): number {
    return this.sets.of([object]);
  }

  ofEndpoints(hosts: readonly number[]): number {
    return this.sets.of(hosts.length === 0 ? [this.unrelated('Endpoints')] : hosts.map((h) => this.firstHost + h));
  }

  ofServices(hosts: readonly number[]): number {
    return this.sets.of(hosts.length === 0 ? [this.unrelated('Service')] : hosts.map((h) => this.firstService + h));
  }

  ofUnrelated(kind: UnrelatedKind): number {
    return this.sets.of([this.unrelated(kind)]);
  }

  members(set: number): readonly Change[] {
    return this.sets.members(set).map((element) => this.elements[element]);
  }

  /** Bits of the kinds in a set. */
  kinds(set: number): number {
    this.kindsOfSet[set] ??= this.members(set).reduce((kinds, { kind }) => kinds | kind, 0);
    return this.kindsOfSet[set];
  }

  private unrelated(kind: UnrelatedKind): number {
    return this.firstUnrelated + UNRELATED.indexOf(kind);
  }
}

/** Only endpoints: EDS alone, without a look at the rest of the proxy's configuration. */
export function isEndpointsOnly(kinds: number): boolean {
  return kinds === Kind.Endpoints;
}

/** What a push context rebuilds of an object's kind; kinds that no event names stay as they were (istiod.md 3.2). */
export function rebuilds(kinds: number, kind: TrackedObject['kind']): boolean {
  return (kinds & KIND_OF[kind]) !== 0;
}

/** How much of a type a push sends. */
export const Extent = { None: 0, Affected: 1, Full: 2 } as const;
export type Extent = (typeof Extent)[keyof typeof Extent];

/** A proxy that is asked about, as far as the extent of its push depends on it. */
export interface PushedProxy {
  readonly kind: 'sidecar' | 'gateway';
  /** PILOT_FILTER_GATEWAY_CLUSTER_CONFIG is on, and the proxy is a gateway. */
  readonly isFiltered: boolean;
}

/** CDS of a push (istiod.md 4.3, version matrix). */
export function cdsExtent(kinds: number, { kind, isFiltered }: PushedProxy, istio: IstioBehaviour): Extent {
  if ((kinds & ~Kind.Endpoints) === 0) return Extent.None;
  if ((kinds & Kind.Gateway) !== 0) return Extent.Full;
  if (isFiltered && istio.filteredGatewayCds === 'full') return Extent.Full;
  if (istio.virtualServiceCds === 'delta') return Extent.Affected;
  if (kind === 'sidecar') return (kinds & (Kind.VirtualService | Kind.Sidecar)) !== 0 ? Extent.Full : Extent.Affected;
  return (kinds & ~(Kind.VirtualService | Kind.Endpoints)) === 0 ? Extent.None : Extent.Affected;
}

/** Kinds that EDS can be narrowed to the affected services by. */
const EDS_PARTIAL = Kind.Endpoints | Kind.Service | Kind.DestinationRule;
/** Kinds that do not concern EDS by themselves. */
const EDS_SKIPPED = Kind.VirtualService | Kind.Gateway;

/** EDS of a push: a VirtualService alone sends none, beside others it makes EDS cover everything (since 1.30). */
export function edsExtent(kinds: number, istio: IstioBehaviour): Extent {
  const asking = kinds & ~EDS_SKIPPED;
  if (asking === 0) return Extent.None;
  if ((asking & ~EDS_PARTIAL) !== 0) return Extent.Full;
  if ((asking & Kind.DestinationRule) !== 0 && istio.destinationRuleEds === 'full') return Extent.Full;
  return kinds !== asking && istio.mergedEds === 'full' ? Extent.Full : Extent.Affected;
}

/** Listeners and routes are sent whole whenever configuration has changed. */
export function sendsListenersAndRoutes(kinds: number): boolean {
  return (kinds & ~Kind.Endpoints) !== 0;
}
