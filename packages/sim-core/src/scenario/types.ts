/**
 * A scenario with every default filled in: what the mesh, the traffic and the study read. The YAML that a user writes
 * is checked in schema.ts and resolved to this.
 */
import type { Distribution } from '../kernel/distribution.js';

export type MeshSizeName = 'laptop' | 'small' | 'medium' | 'large';

export interface MeshSize {
  /** Istio version, e.g. `1.32`. */
  readonly istio: string;
  /** Where those of the next five numbers come from that nobody has set (mesh-sizes.ts); undefined: nobody has named one. */
  readonly size?: MeshSizeName;
  readonly sidecars: number;
  readonly gateways: number;
  /** All services of the mesh, the changed hosts included. */
  readonly services: number;
  readonly istiodReplicas: number;
  /** GOMAXPROCS of each istiod. */
  readonly istiodCores: number;
  /** PILOT_PUSH_THROTTLE; `auto` is min(15 + 5 · cores, 100) (istiod.md 3.4). */
  readonly pushThrottle: number | 'auto';
  /** Envoy worker threads of each proxy. */
  readonly workersPerProxy: number;
  /**
   * How a sidecar catches traffic, which decides its listeners: `redirect` (iptables) or `none` (HTTP proxy port).
   */
  readonly interception: 'redirect' | 'none';
  /** Relative share of the sidecars per namespace; empty: all in the namespace of the change. */
  readonly namespaces: Readonly<Record<string, number>>;
  /** Relative share of the proxies of each group per `region/zone/subzone`; empty: nobody has a locality. */
  readonly localities: Readonly<Record<string, number>>;
  /** PILOT_FILTER_GATEWAY_CLUSTER_CONFIG: gateways get only clusters that their VirtualServices name (istiod.md 6). */
  readonly filterGatewayClusters: boolean;
  /** istiod ends each connection at this age, ± 10 % (istiod.md 1.11). */
  readonly maxConnectionAgeMin: number | 'never';
  /** How long a cluster waits for its first endpoints before it goes on without (envoy.md 2.4); 0: for ever. */
  readonly initialFetchTimeoutMs: number;
  /** How long replaced filter chains of a listener keep their connections (envoy.md 11.4). */
  readonly drainTimeS: number;
}

/** Pods that come and go during the rollout. */
interface WorkloadShape {
  /** Whether changed Deployments and StatefulSets have settled before the first write, or are part of the rollout. */
  readonly rollout: 'before' | 'with-change';
  /** Pod created → containers run; and from there until the application serves. */
  readonly startMs: Distribution;
  readonly startupMs: Distribution;
  readonly drainMs: number;
  /** A sidecar hears of the end after the other containers (deploy-tools.md 9.2). */
  readonly nativeSidecars: boolean;
  readonly acceptsWhileDraining: boolean;
  readonly flapping: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly everyMs: Distribution;
    readonly downMs: Distribution;
    readonly untilMs: number;
  }[];
}

/** Events that have nothing to do with the rollout. */
interface Churn {
  readonly endpointEventsPerSecond: number;
  readonly configEventsPerSecond: number;
}

interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What breaks during the rollout; proxies by id, times from the first write. */
export interface Faults {
  /** Proxy → ms that its link holds each response, one after another. */
  readonly slowProxies: Readonly<Record<string, number>>;
  readonly partitions: readonly ({ readonly proxies: readonly string[] } & TimeSpan)[];
  readonly streamResets: readonly { readonly proxies: readonly string[]; readonly atMs: number }[];
  /** `replica` counts from 1. */
  readonly istiodRestarts: readonly {
    readonly replica: number;
    readonly atMs: Distribution;
    readonly downMs: Distribution;
  }[];
  readonly nacks: readonly ({
    readonly proxies: readonly string[];
    readonly types: readonly ('CDS' | 'EDS' | 'LDS' | 'RDS')[];
  } & TimeSpan)[];
}

export interface TrafficShape {
  /** In total over the mesh, before retries. */
  readonly requestsPerSecond: number;
  /** Relative share per fully qualified VirtualService host; a host that is not named has 1. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Relative share per kind of source proxy; 1 where not named, counted per proxy. */
  readonly sources: Readonly<Partial<Record<'gateway' | 'sidecar', number>>>;
  /** Relative share per match rule, named `<VirtualService name>/<route name or http[i]>`; 1 where not named. */
  readonly matches: Readonly<Record<string, number>>;
  /** TCP connections by TCP and TLS routes, and HTTP streams that stay open: websockets, gRPC streams. */
  readonly tcpConnections: LongLivedLoad;
  readonly streams: LongLivedLoad;
  /** Relative share per HTTP method, where the match rule leaves it open. */
  readonly methods: Readonly<Record<string, number>>;
  /** Request sent → answer begins, at an endpoint that serves it. */
  readonly requestDurationMs: Distribution;
  /** Share of tries that end as UC, rollout or not. */
  readonly backgroundResetShare: number;
  /** Endpoints unlike the others, by labels (`version=v2`, several with commas) or by name (`reviews-v2-0`). */
  readonly endpoints: Readonly<Record<string, EndpointTraits>>;
  /** Requests that one endpoint can work off; undefined: any number. And how long one waits there at most. */
  readonly endpointCapacityPerSecond?: number;
  readonly endpointQueueMs: number;
  readonly callers: Callers;
  readonly chains: readonly Chain[];
}

/** What sets some endpoints apart; what is left out is as everywhere. */
interface EndpointTraits {
  readonly durationMs?: Distribution;
  /** Share of requests that the application answers with an error of its own. */
  readonly errorShare: number;
  readonly errorCode: 500 | 503;
}

/** Who sends the requests, and how they retry on their own. */
export interface Callers {
  readonly retries: number;
  /** Conditions and status codes as in a VirtualService, separated by commas. */
  readonly retryOn: string;
  readonly delayMs: Distribution;
  /** Each further delay is so many times longer. */
  readonly delayFactor: number;
  readonly retriesAllMethods: boolean;
  readonly protocol: 'http' | 'grpc';
}

/** A user request that passes several proxies, one after another. */
export interface Chain {
  readonly name: string;
  readonly hops: readonly ChainHop[];
  /** undefined: that of all traffic. */
  readonly requestsPerSecond?: number;
}

export interface ChainHop {
  readonly proxy: 'gateway' | 'sidecar';
  /** Fully qualified host of a VirtualService. */
  readonly host: string;
  readonly protocol: 'http' | 'grpc';
  /** undefined: as the host's route before the rollout says. */
  readonly retries?: number;
  readonly retryOn?: string;
}

/** Connections that outlive a rollout, in a steady state before it. */
export interface LongLivedLoad {
  /** Open at any time, over the mesh. */
  readonly total: number;
  /** How long each is wanted by those who use it. */
  readonly lifetimeMs: Distribution;
  /** Longest time without a byte in either direction. */
  readonly quietMs: number;
}

/** Delays between the parts, in ms, each drawn on its own. */
export interface Latencies {
  /** One write: request sent → committed and answered. */
  readonly apiRequestMs: Distribution;
  /** Commit → event handled in istiod. */
  readonly watchMs: Distribution;
  /** What a VirtualService event takes longer inside istiod (istiod.md 1.4). */
  readonly virtualServiceExtraMs: Distribution;
  /** Pod ready → EndpointSlice committed. */
  readonly endpointSliceMs: Distribution;
  /** Debounce timer due → its goroutine runs. */
  readonly timerLateMs: Distribution;
  /** Between istiod and a proxy, agent hop included, each way; drawn per push, since one stream carries it all. */
  readonly xdsOneWayMs: Distribution;
  /** Envoy's main thread has drained its messages → its requests are on the wire. */
  readonly requestFlushMs: Distribution;
  /** A thread that sleeps until input comes: input there → it runs. */
  readonly wakeMs: Distribution;
  /** Main thread posts → a worker runs the closure. */
  readonly workerPostMs: Distribution;
  /** Connecting to an endpoint; and what TLS adds to that. */
  readonly tcpHandshakeMs: Distribution;
  readonly tlsHandshakeMs: Distribution;
}

/** CPU time of one istiod, in µs (istiod.md 12–13). */
export interface IstiodCosts {
  /** Rebuilding the push context for configuration; per service where services changed; for endpoints alone. */
  readonly pushContextUs: number;
  readonly pushContextPerServiceUs: number;
  readonly pushContextEndpointsUs: number;
  /** Scope of a namespace: once per proxy kind and push context, the other proxies wait for it. */
  readonly scopePerServiceUs: number;
  /** Dequeue, proxy state and the relevance check: every proxy, unless only endpoints changed. */
  readonly proxyStateUs: number;
  readonly proxyStatePerServiceUs: number;
  readonly cdsUs: number;
  readonly cdsPerClusterUs: number;
  readonly cdsPerServiceUs: number;
  readonly edsUs: number;
  /** Scan over the subscribed clusters. */
  readonly edsPerSubscribedUs: number;
  readonly edsPerResourceUs: number;
  readonly ldsUs: number;
  readonly ldsPerServiceUs: number;
  readonly rdsUs: number;
  /** Sidecars only: their route configurations carry every service; from the cache, or made anew. */
  readonly rdsPerServiceUs: number;
  readonly rdsPerMissedServiceUs: number;
  /** How long a goroutine runs before others that wait have their turn, in ms of CPU time. */
  readonly timeSliceMs: number;
}

/** CPU time of Envoy's main thread, in µs (envoy.md 14–15, lab). */
export interface EnvoyCosts {
  readonly cdsUs: number;
  readonly cdsPerUnchangedUs: number;
  readonly cdsPerChangedUs: number;
  readonly edsUs: number;
  readonly edsPerClusterUs: number;
  readonly ldsUs: number;
  readonly ldsPerListenerUs: number;
  readonly rdsUs: number;
  /** Per service in a changed route configuration. */
  readonly rdsPerServiceUs: number;
  /** Per service in an unchanged one (hashed, then skipped). */
  readonly rdsPerUnchangedServiceUs: number;
}

/** All parts on one machine, as in the lab: istiod and the Envoys then share its cores. */
export interface SharedHost {
  readonly cores: number;
  /** Cores' worth of time that everything else on the host takes (load generator, backends). */
  readonly backgroundCores: number;
  /** A thread that wakes runs for so long before it has to share, as fair schedulers favour short work. */
  readonly burstMs: number;
  /** Share of CPU steps that lose the core to another process, and for how long. */
  readonly preemptionShare: number;
  readonly preemptionMs: Distribution;
}

export interface Costs {
  readonly istiod: IstiodCosts;
  readonly envoy: EnvoyCosts;
  /** Sigma of the lognormal factor (median 1) on every single cost. */
  readonly spreadSigma: number;
  readonly sharedHost?: SharedHost;
}

export interface Debounce {
  readonly afterMs: number;
  readonly maxMs: number;
  /** PILOT_ENABLE_EDS_DEBOUNCE. */
  readonly endpoints: boolean;
}

export interface Preset {
  readonly latencies: Latencies;
  readonly costs: Costs;
}

export interface Scenario {
  readonly name: string;
  /** Path as the user gave it; undefined when built from flags. */
  readonly file?: string;
  readonly seed: string;
  readonly trials: number;
  readonly mesh: MeshSize;
  readonly traffic: TrafficShape;
  /** When the endpoints that only after has become ready, each drawn on its own; undefined: before the rollout. */
  readonly readinessMs?: Distribution;
  readonly workloads: WorkloadShape;
  readonly debounce: Debounce;
  readonly churn: Churn;
  readonly faults: Faults;
  readonly latencies: Latencies;
  readonly costs: Costs;
  /** Parameters per strategy, as written; the strategy checks its own. Only those named here are compared. */
  readonly strategies: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** undefined: computed from the plans (latest planned write + 120 s). */
  readonly horizonMs?: number;
  /** Paths (`mesh.services`) that the user set; everything else is a default. */
  readonly userSet: ReadonlySet<string>;
}
