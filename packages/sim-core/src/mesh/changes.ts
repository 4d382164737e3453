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
  PeerAuthentication: 64,
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
  PeerAuthentication: Kind.PeerAuthentication,
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
  private readonly unrelatedKindsOfSet: number[] = [0];
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

  /** Bits of the kinds of what has nothing to do with the rollout. */
  unrelatedKinds(set: number): number {
    this.unrelatedKindsOfSet[set] ??= this.members(set).reduce(
      (kinds, { type, kind }) => (type === 'unrelated' ? kinds | kind : kinds),
      0,
    );
    return this.unrelatedKindsOfSet[set];
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

/**
 * CDS of a push (istiod.md 4.3; istio:pilot/pkg/xds/cds.go, cdsNeedsPush, and networking/core/cluster.go,
 * deltaConfigTypes, in the releases).
 */
export function cdsExtent(kinds: number, { kind, isFiltered }: PushedProxy, istio: IstioBehaviour): Extent {
  const own = kinds & ~Kind.Endpoints;
  if (own === 0) return Extent.None;
  const hasGateway = (own & Kind.Gateway) !== 0;
  if (isFiltered && (hasGateway || istio.filteredGatewayCds === 'full')) return Extent.Full;
  if (istio.virtualServiceCds === 'delta') return hasGateway ? Extent.Full : Extent.Affected;
  const passedOver =
    kind === 'sidecar' ? 0 : Kind.Gateway | (istio.virtualServiceCds === 'full' ? 0 : Kind.VirtualService);
  const asking = own & ~passedOver;
  if (asking === 0) return Extent.None;
  // Of what is passed over, the oldest still see that it is no kind for a delta.
  const decisive = istio.virtualServiceCds === 'full' ? own : asking;
  return (decisive & ~(Kind.Service | Kind.DestinationRule)) === 0 ? Extent.Affected : Extent.Full;
}

/** Kinds that EDS can be narrowed to the affected services by. */
const EDS_PARTIAL = Kind.Endpoints | Kind.Service | Kind.DestinationRule | Kind.PeerAuthentication;

/** EDS of a push: a VirtualService alone sends none, beside others it makes EDS cover everything (since 1.30). */
export function edsExtent(kinds: number, istio: IstioBehaviour): Extent {
  const skipped = Kind.VirtualService | Kind.Gateway | (istio.sidecarEds === 'none' ? Kind.Sidecar : 0);
  const asking = kinds & ~skipped;
  if (asking === 0) return Extent.None;
  if ((asking & ~EDS_PARTIAL) !== 0) return Extent.Full;
  if ((asking & Kind.DestinationRule) !== 0 && istio.destinationRuleEds === 'full') return Extent.Full;
  return kinds !== asking && istio.mergedEds === 'full' ? Extent.Full : Extent.Affected;
}

/** Kinds of a batch as istiod sees them: up to 1.30 endpoints are a Service that asks for less, and in company for all. */
export function seenKinds(kinds: number, istio: IstioBehaviour): number {
  const isMixed = (kinds & Kind.Endpoints) !== 0 && !isEndpointsOnly(kinds);
  return isMixed && istio.mergedEndpoints === 'service' ? (kinds & ~Kind.Endpoints) | Kind.Service : kinds;
}

/** Listeners are sent whole whenever configuration has changed. */
export function sendsListeners(kinds: number): boolean {
  return (kinds & ~Kind.Endpoints) !== 0;
}

/** So are routes, but for what only concerns connections (rds.go, skippedRdsConfigs). */
export function sendsRoutes(kinds: number): boolean {
  return (kinds & ~(Kind.Endpoints | Kind.PeerAuthentication)) !== 0;
}
