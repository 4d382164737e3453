/**
 * The TCP proxy at the end of a filter chain: which clusters a connection goes to, and what limits it
 * (pilot/pkg/networking/core/networkfilter.go).
 */
import { durationMs } from '../../manifest/duration.js';
import { listenerPart } from '../../manifest/traffic-policy.js';
import type { DestinationRule, RouteDestination } from '../../manifest/types.js';
import type { ClusterTable } from '../cluster-table.js';

/** A cluster of a host that the rollout touches, which no revision of anything defines. */
export const NO_CLUSTER = -2;
/** The rollout does not touch the host: the cluster stands. */
const UNTOUCHED = -1;

interface TcpDestination {
  /** Tracked cluster, or NO_CLUSTER, or UNTOUCHED. */
  readonly cluster: number;
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  /** Share of the connections, adding up to 1. */
  readonly share: number;
}

export interface TcpProxy {
  /** The VirtualService's first host, or the service. */
  readonly host: string;
  /** `<VirtualService name>/<tcp[i] or tls[i]>`, or `default route`. */
  readonly rule: string;
  /** Made once per connection; destinations of weight 0 are left out. */
  readonly destinations: readonly TcpDestination[];
  /** A connection without bytes for so long is closed; Infinity: never. */
  readonly idleTimeoutMs: number;
  /** A connection of that age is closed; Infinity: never. */
  readonly maxDurationMs: number;
  /** All that it holds, as text: two that differ in nothing else are the same to Envoy. */
  readonly content: string;
}

/** Envoy closes a TCP connection that has been idle for an hour. */
const IDLE_TIMEOUT_MS = 3_600_000;

/** A destination as a route names it. */
export type Destination = Pick<RouteDestination, 'host' | 'subset' | 'port' | 'weight'>;

export interface TcpRoute {
  readonly host: string;
  readonly rule: string;
  readonly destinations: readonly Destination[];
  /** The VirtualService, whose name is in it where there are several destinations; empty for none. */
  readonly origin: string;
  /** Port of the listener: that of the destination, where it names none and has several. */
  readonly port: number;
}

export class TcpProxies {
  constructor(
    private readonly clusters: ClusterTable,
    /** host → the DestinationRule that applies to it. */
    private readonly ruleOf: (host: string) => DestinationRule | undefined,
  ) {}

  of({ host, rule, destinations: written, origin, port }: TcpRoute): TcpProxy {
    const total = written.reduce((sum, { weight }) => sum + weight, 0);
    const weighted = written
      .filter(({ weight }) => weight > 0)
      .map(({ host: to, subset = '', port: named, weight }) => ({
        destination: { host: to, subset, share: weight / total },
        port: named ?? this.onlyPortOf(to) ?? port,
        weight,
      }));
    const isSingle = written.length === 1;
    const limits = this.limitsOf(written);
    const content = JSON.stringify([
      weighted.map(({ destination: { host: to, subset }, port: at, weight }) => [to, at, subset, isSingle || weight]),
      isSingle ? '' : origin,
      limits,
      this.policyOf(written),
    ]);
    const destinations = weighted.map(({ destination, port: at }) => ({
      ...destination,
      port: at,
      cluster: this.clusterOf(destination.host, at, destination.subset),
    }));
    return { host, rule, destinations, ...limits, content };
  }

  /** Of the rule of the first destination as a whole, whatever a subset or a port says. */
  private limitsOf([first]: readonly Destination[]): Pick<TcpProxy, 'idleTimeoutMs' | 'maxDurationMs'> {
    const { idleTimeout, maxConnectionDuration } = listenerPart(this.ruleOf(first.host)?.trafficPolicy ?? {});
    return {
      idleTimeoutMs: limit(idleTimeout, IDLE_TIMEOUT_MS),
      maxDurationMs: limit(maxConnectionDuration, Number.POSITIVE_INFINITY),
    };
  }

  /** Tunnel and hash: a single destination has its subset's, several have the rule's. */
  private policyOf(destinations: readonly Destination[]): unknown {
    const [first] = destinations;
    const rule = this.ruleOf(first.host);
    const subset = destinations.length > 1 ? undefined : rule?.subsets.find(({ name }) => name === first.subset);
    const { tunnel, loadBalancer } = { ...rule?.trafficPolicy, ...subset?.trafficPolicy };
    return [tunnel, loadBalancer?.consistentHash?.useSourceIp === true];
  }

  private onlyPortOf(host: string): number | undefined {
    const { hosts, ofHost, clusters } = this.clusters;
    const h = hosts.indexOf(host);
    if (h < 0) return undefined;
    const ports = new Set(ofHost[h].map((cluster) => clusters[cluster].port));
    return ports.size === 1 ? [...ports][0] : undefined;
  }

  private clusterOf(host: string, port: number, subset: string): number {
    const cluster = this.clusters.indexOf(host, port, subset);
    if (cluster >= 0) return cluster;
    return this.clusters.hosts.includes(host) ? NO_CLUSTER : UNTOUCHED;
  }
}

/** 0 switches a limit off. */
function limit(written: string | undefined, otherwise: number): number {
  const ms = written === undefined ? undefined : durationMs(written);
  if (ms === undefined) return otherwise;
  return ms === 0 ? Number.POSITIVE_INFINITY : ms;
}
