/**
 * Kubernetes and Istio objects as checked data. Every field of the source is kept in `raw`; the typed part is
 * what the simulator interprets.
 */
import type { SourcePosition, Warning } from '../errors.js';
import type { TrafficPolicyFields } from './destination-rule-shape.js';
import type { ServerTlsFields } from './other-shapes.js';

export interface ObjectMeta {
  /** `Kind/namespace/name`, unique within a manifest set. */
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly position: SourcePosition;
  /** The whole object as parsed, all fields kept. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** Place of a field by its path (`['spec','http',0,'route']`); the object's own place when the path is absent. */
  readonly positionOf: (path: readonly (string | number)[]) => SourcePosition;
}

/** Istio StringMatch; exactly one is set. */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

export interface HttpMatch {
  readonly name?: string;
  readonly uri?: StringMatch;
  readonly ignoreUriCase: boolean;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly scheme?: StringMatch;
  readonly headers: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders: Readonly<Record<string, StringMatch>>;
  readonly queryParams: Readonly<Record<string, StringMatch>>;
  readonly port?: number;
  /** Bound gateways of this match (qualified `ns/name` or `mesh`); undefined: those of the VirtualService. */
  readonly gateways?: readonly string[];
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace?: string;
}

export interface RouteDestination {
  /** Fully qualified host, short names resolved in the VirtualService's namespace. */
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  /** Weight as written; a single destination without weight has 100. */
  readonly weight: number;
  readonly position: SourcePosition;
}

export interface RetryPolicy {
  /** 0 switches retries off. */
  readonly attempts: number;
  /** Envoy `retry_on` conditions; undefined: Istio's default set. */
  readonly retryOn?: readonly string[];
  /** Of each try; undefined: none. */
  readonly perTryTimeoutMs?: number;
  /** A retry avoids endpoints already tried; undefined: it does unless the cluster hashes. */
  readonly ignorePreviousHosts?: boolean;
}

export interface HttpRoute {
  readonly name?: string;
  /** Alternatives; empty means "every request". */
  readonly matches: readonly HttpMatch[];
  readonly destinations: readonly RouteDestination[];
  readonly redirect?: { readonly code: number };
  readonly directResponse?: { readonly status: number };
  readonly rewrite?: { readonly uri?: string; readonly authority?: string };
  /** undefined: Istio's default policy. */
  readonly retries?: RetryPolicy;
  /** Of the request with all its retries; undefined: none. */
  readonly timeoutMs?: number;
  /** The VirtualService without hosts whose routes take this one's place (istiod.md 1.7). */
  readonly delegate?: { readonly namespace: string; readonly name: string };
  readonly position: SourcePosition;
}

/** What a connection must be like, and the proxy that it comes to: all that is given must hold. */
export interface Layer4Match {
  /** Server names, with or without a leading `*`; none in a TCP route. */
  readonly sniHosts: readonly string[];
  readonly destinationSubnets: readonly string[];
  readonly port?: number;
  /** Bound gateways of this match (qualified `ns/name` or `mesh`); undefined: those of the VirtualService. */
  readonly gateways?: readonly string[];
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace?: string;
}

/** A TCP or TLS route: it is in listeners, and carries connections where they were sent first. */
export interface Layer4Route {
  /** Alternatives; empty means "every connection". */
  readonly matches: readonly Layer4Match[];
  readonly destinations: readonly RouteDestination[];
  readonly position: SourcePosition;
}

/** Namespaces that may use an object: `*`, `.` (its own), `~` (none) or names; `['*']` when absent. */
type ExportTo = readonly string[];

export interface VirtualService {
  readonly type: 'VirtualService';
  readonly meta: ObjectMeta;
  /** Fully qualified hosts; `*` and `*.example.com` stay as written. None: a delegate. */
  readonly hosts: readonly string[];
  readonly exportTo: ExportTo;
  /** Qualified `namespace/name`, or `mesh`; `['mesh']` when absent. */
  readonly gateways: readonly string[];
  readonly http: readonly HttpRoute[];
  readonly tls: readonly Layer4Route[];
  readonly tcp: readonly Layer4Route[];
}

export interface Subset {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As written; undefined when absent. */
  readonly trafficPolicy?: TrafficPolicyFields;
  readonly position: SourcePosition;
}

export interface DestinationRule {
  readonly type: 'DestinationRule';
  readonly meta: ObjectMeta;
  /** Fully qualified; wildcards stay as written. */
  readonly host: string;
  readonly exportTo: ExportTo;
  readonly subsets: readonly Subset[];
  readonly trafficPolicy?: TrafficPolicyFields;
}

export interface GatewayServer {
  readonly port: number;
  readonly portName: string;
  /** In capitals. */
  readonly protocol: string;
  /** `host`, or `namespace/host`. */
  readonly hosts: readonly string[];
  readonly bind?: string;
  /** As written. */
  readonly tls?: ServerTlsFields;
}

export interface Gateway {
  readonly type: 'Gateway';
  readonly meta: ObjectMeta;
  readonly selector: Readonly<Record<string, string>>;
  readonly servers: readonly GatewayServer[];
}

/** Istio's `Sidecar` resource: what the sidecars of a namespace import. */
export interface SidecarResource {
  readonly type: 'Sidecar';
  readonly meta: ObjectMeta;
  /** Only for some pods of the namespace; undefined: for all of them. */
  readonly workloadSelector?: Readonly<Record<string, string>>;
  /** `namespace/host` of every egress listener, as written; everything when there is none. */
  readonly egressHosts: readonly string[];
}

export type MtlsMode = 'UNSET' | 'DISABLE' | 'PERMISSIVE' | 'STRICT';

/** What connections the sidecars of some workloads take. */
export interface PeerAuthentication {
  readonly type: 'PeerAuthentication';
  readonly meta: ObjectMeta;
  /** Only of some workloads of the namespace; undefined: of all, or of the mesh when it is in the root namespace. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly mode: MtlsMode;
  /** Workload port → mode. */
  readonly portModes: Readonly<Record<number, MtlsMode>>;
}

export interface ServicePort {
  readonly name: string;
  readonly number: number;
  /** In capitals; `AUTO`: the proxy finds out. */
  readonly protocol: string;
  /** Where it leads on the workload; undefined: to the same number, or to one that the manifests do not tell. */
  readonly targetPort?: number;
}

/** A Kubernetes Service or a host of a ServiceEntry. */
export interface ServiceObject {
  readonly type: 'Service' | 'ServiceEntry';
  readonly meta: ObjectMeta;
  /** Fully qualified hosts: one for a Service, any number for a ServiceEntry. */
  readonly hosts: readonly string[];
  readonly exportTo: ExportTo;
  readonly ports: readonly ServicePort[];
  /** Labels that select its workloads; undefined when it selects none. */
  readonly selector?: Readonly<Record<string, string>>;
  /** ServiceEntry resolution (`STATIC`, `DNS`, `NONE` …); `EDS` for a Service, `NONE` for a headless one. */
  readonly resolution: string;
  /** Inline endpoints of a ServiceEntry. */
  readonly endpoints: readonly EndpointObject[];
}

/** One address that can serve requests. */
export interface EndpointObject {
  /** Stable identity across before and after, e.g. `WorkloadEntry/lab/blue-1` or `Deployment/shop/v2#0`. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly address: string;
  readonly ready: boolean;
  /** A sidecar takes its connections; without one the application does. */
  readonly hasSidecar: boolean;
  /** In its namespace; undefined: it has none, as a machine without a name of its own. */
  readonly serviceAccount?: string;
  /** `region/zone/subzone`, or `/zone` where no more is known; undefined: the manifests do not say. */
  readonly locality?: string;
}

/** Deployment, StatefulSet, Pod, WorkloadEntry or EndpointSlice: what brings endpoints. */
export interface Workload {
  readonly type: 'Deployment' | 'StatefulSet' | 'Pod' | 'WorkloadEntry' | 'EndpointSlice';
  readonly meta: ObjectMeta;
  /** Replicas unrolled; an EndpointSlice carries its service in the label `kubernetes.io/service-name`. */
  readonly endpoints: readonly EndpointObject[];
}

export type InterpretedObject =
  | VirtualService
  | DestinationRule
  | Gateway
  | SidecarResource
  | PeerAuthentication
  | ServiceObject
  | Workload;

export interface SourceFile {
  /** As the user would name it, relative to where the command ran. */
  readonly path: string;
  readonly text: string;
}

/** All objects of one state (before or after), in file order. */
export interface ManifestSet {
  readonly virtualServices: readonly VirtualService[];
  readonly destinationRules: readonly DestinationRule[];
  readonly gateways: readonly Gateway[];
  readonly sidecars: readonly SidecarResource[];
  readonly peerAuthentications: readonly PeerAuthentication[];
  readonly services: readonly ServiceObject[];
  readonly workloads: readonly Workload[];
  /** Objects that the simulator does not interpret, kept so that a change to them can be named. */
  readonly others: readonly ObjectMeta[];
  readonly files: readonly SourceFile[];
  readonly warnings: readonly Warning[];
}

type ChangeAction = 'create' | 'update' | 'delete';

/** One object that differs between before and after. */
export interface ObjectChange {
  readonly action: ChangeAction;
  readonly key: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly before?: InterpretedObject;
  readonly after?: InterpretedObject;
  /** Where to look: in after, or in before for a deletion. */
  readonly position: SourcePosition;
  /** Short statements, e.g. `subset v2 added`, `http[0] moves v1 → v2`. */
  readonly details: readonly string[];
}

export interface ChangeSet {
  readonly changes: readonly ObjectChange[];
  /** Fully qualified hosts that a changed VirtualService routes to or a changed DestinationRule rules, sorted. */
  readonly hosts: readonly string[];
  /** What touches a changed host and is not modelled yet (several VS for a host, delegates, exportTo, TCP …). */
  readonly warnings: readonly Warning[];
}
