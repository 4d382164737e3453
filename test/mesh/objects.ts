/** Configuration objects and plans in few words, as the mesh takes them: no YAML between a test and what it says. */
import type {
  DestinationRule,
  Gateway,
  GatewayServer,
  HttpRoute,
  Layer4Match,
  MtlsMode,
  ObjectMeta,
  PeerAuthentication,
  RetryPolicy,
  RouteDestination,
  ServiceObject,
  SidecarResource,
  VirtualService,
} from '../../packages/sim-core/src/manifest/types.js';
import type {
  HostEndpoint,
  InitialState,
  PlannedWrite,
  RolloutPlan,
  WriteGroup,
} from '../../packages/sim-core/src/rollout/plan.js';

const POSITION = { file: 'test.yaml', line: 1, column: 1 };

function newMeta(kind: string, name: string): ObjectMeta {
  return {
    key: `${kind}/shop/${name}`,
    apiVersion: 'networking.istio.io/v1',
    kind,
    namespace: 'shop',
    name,
    labels: {},
    annotations: {},
    position: POSITION,
    raw: {},
    positionOf: () => POSITION,
  };
}

/** A destination as `subset` or `subset@host`; an empty subset is the host's default cluster. */
export type Weights = Readonly<Record<string, number>>;

export interface RouteOptions {
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly retries?: RetryPolicy;
  readonly timeoutMs?: number;
}

function destinations(host: string, weights: Weights): RouteDestination[] {
  return Object.entries(weights).map(([target, weight]) => {
    const [subset, other = host] = target.split('@');
    return { host: other, subset: subset === '' ? undefined : subset, weight, position: POSITION };
  });
}

/** A VirtualService with one route for everything; its name is its host's. */
export function virtualService(host: string, weights: Weights, options: RouteOptions = {}): VirtualService {
  const { hosts = [host], gateways = ['mesh'], retries, timeoutMs } = options;
  const to = destinations(host, weights);
  const route: HttpRoute = { matches: [], destinations: to, retries, timeoutMs, position: POSITION };
  return {
    type: 'VirtualService',
    meta: newMeta('VirtualService', host),
    hosts,
    exportTo: ['*'],
    gateways,
    http: [route],
    tls: [],
    tcp: [],
  };
}

/** The same with one TCP route, or with one TLS route for these server names. */
export function layer4Service(
  host: string,
  weights: Weights,
  { hosts = [host], gateways = ['mesh'], match = {} }: Omit<RouteOptions, 'retries'> & { match?: Partial<Layer4Match> },
): VirtualService {
  const given = { sniHosts: [], destinationSubnets: [], sourceLabels: {}, ...match };
  const matches = Object.keys(match).length === 0 ? [] : [given];
  const route = { matches, destinations: destinations(host, weights), position: POSITION };
  const layer = given.sniHosts.length > 0 ? { tls: [route] } : { tcp: [route] };
  return { ...virtualService(host, {}, { hosts, gateways }), http: [], ...layer };
}

/** Each subset selects `version: <label>`; its own name where no label is given. */
export function destinationRule(
  host: string,
  subsets: readonly string[] | Readonly<Record<string, string>>,
  trafficPolicy?: DestinationRule['trafficPolicy'],
): DestinationRule {
  const labels = Array.isArray(subsets) ? subsets.map((name) => [name, name]) : Object.entries(subsets);
  return {
    type: 'DestinationRule',
    meta: newMeta('DestinationRule', host),
    host,
    exportTo: ['*'],
    subsets: labels.map(([name, version]) => ({ name, labels: { version }, position: POSITION })),
    trafficPolicy,
  };
}

export const HTTP_SERVER: GatewayServer = { port: 80, portName: 'http', protocol: 'HTTP', hosts: ['*'] };

export function gateway(
  name: string,
  selector: Readonly<Record<string, string>> = { app: name },
  servers: readonly GatewayServer[] = [HTTP_SERVER],
): Gateway {
  return { type: 'Gateway', meta: newMeta('Gateway', name), selector, servers };
}

export function service(host: string, ports: readonly number[] = [80], protocol = 'HTTP'): ServiceObject {
  return {
    type: 'Service',
    meta: newMeta('Service', host),
    hosts: [host],
    exportTo: ['*'],
    ports: ports.map((number) => ({ name: `${protocol.toLowerCase()}-${number}`, number, protocol })),
    resolution: 'EDS',
    endpoints: [],
  };
}

export function serviceEntry(host: string, ports: readonly number[] = [80]): ServiceObject {
  const meta = { ...newMeta('ServiceEntry', host), raw: { spec: { hosts: [host], ports } } };
  return { ...service(host, ports), type: 'ServiceEntry', meta, resolution: 'STATIC' };
}

export interface EndpointOptions {
  readonly ready?: boolean;
  readonly takes?: number;
  readonly hasSidecar?: boolean;
}

export function endpoint(
  id: string,
  host: string,
  version: string,
  { ready = true, takes, hasSidecar = false }: EndpointOptions = {},
): HostEndpoint {
  const labels = { version };
  return { hosts: [host], takes, endpoint: { id, labels, namespace: 'shop', address: '', ready, hasSidecar } };
}

export function peerAuthentication(
  mode: MtlsMode,
  { name = 'default', ...rest }: { readonly name?: string; readonly selector?: Readonly<Record<string, string>> } = {},
): PeerAuthentication {
  return { type: 'PeerAuthentication', meta: newMeta('PeerAuthentication', name), mode, portModes: {}, ...rest };
}

type Config = VirtualService | DestinationRule | Gateway | ServiceObject | SidecarResource | PeerAuthentication;

export function apply(object: Config, revision = 'after'): PlannedWrite {
  return { action: 'apply', kind: object.type, key: object.meta.key, object, revision };
}

/** The same object with other fields, in another namespace where one is given. */
export function changed<T extends Config>(object: T, fields: Partial<T>, namespace = object.meta.namespace): T {
  const meta = { ...object.meta, namespace, key: `${object.type}/${namespace}/${object.meta.name}` };
  return { ...object, meta, ...fields };
}

export function sidecar(egressHosts: readonly string[]): SidecarResource {
  return { type: 'Sidecar', meta: newMeta('Sidecar', 'default'), egressHosts };
}

export function remove(object: Config): PlannedWrite {
  return { ...apply(object, 'deleted'), action: 'delete' };
}

export function endpointWrite(target: HostEndpoint, action: 'apply' | 'delete'): PlannedWrite {
  const key = `Endpoint/shop/${target.endpoint.id}`;
  return { action, kind: 'Endpoint', key, object: { type: 'Endpoint', ...target }, revision: action };
}

/** Writes one after another, so long after the group before. */
export function group(afterPreviousMs: number, ...writes: readonly PlannedWrite[]): WriteGroup {
  return { label: 'writes', start: { afterPreviousMs }, order: 'given', writes };
}

export function groupAt(atMs: number, ...writes: readonly PlannedWrite[]): WriteGroup {
  return { label: 'writes', start: { atMs }, order: 'given', writes };
}

export function plan(
  initial: Partial<InitialState>,
  groups: readonly WriteGroup[],
  readiness: RolloutPlan['readiness'] = [],
): RolloutPlan {
  const config = { virtualServices: [], destinationRules: [], gateways: [], sidecars: [], peerAuthentications: [] };
  const none = { ...config, services: [], endpoints: [] };
  return { strategy: 'test', initial: { ...none, ...initial }, groups, readiness };
}
