/** The listeners of each group of proxies at one state of the configuration. */
import { hostMatches } from '../../manifest/hosts.js';
import type {
  DestinationRule,
  Gateway,
  ObjectMeta,
  ServiceObject,
  ServicePort,
  VirtualService,
} from '../../manifest/types.js';
import { type ClusterTable, ruleFor } from '../cluster-table.js';
import type { GroupScope, ObjectRevision } from '../group-scope.js';
import type { ProxyGroup } from '../proxies.js';
import type { ConfigObject, TrackedObject } from '../tracked-objects.js';
import { assumedHttpPort, gatewayListeners } from './gateway-listeners.js';
import { type ListenerDraft, ListenerTables } from './listener-tables.js';
import { sidecarListeners } from './sidecar-listeners.js';
import { TcpProxies } from './tcp-proxy.js';

/** What stands as it is, or is written as one of the tracked objects. */
export interface StandingObjects {
  readonly gateways: readonly Gateway[];
  readonly services: readonly ServiceObject[];
}

export class GroupListeners {
  readonly tables = new ListenerTables();
  private readonly standing: StandingObjects;
  /** Per group. */
  private readonly assumedPorts: readonly (number | undefined)[];

  constructor(
    private readonly objects: readonly TrackedObject[],
    standing: StandingObjects,
    private readonly clusters: ClusterTable,
    private readonly groups: readonly ProxyGroup[],
  ) {
    const tracked = new Set(objects.map(({ key }) => key));
    this.standing = {
      gateways: standing.gateways.filter(({ meta }) => !tracked.has(meta.key)),
      services: standing.services.filter(({ meta }) => !tracked.has(meta.key)),
    };
    const written = objects.flatMap(({ revisions }) => revisions.filter(isGateway));
    const first = objects.map(({ revisions }) => revisions[0]).filter(isGateway);
    this.assumedPorts = groups.map((group) => {
      const served = (gateways: readonly Gateway[]): Gateway[] =>
        [...this.standing.gateways, ...gateways].filter((gateway) => isServedBy(group, gateway));
      return group.kind === 'gateway' ? assumedHttpPort(served(first), served(written)) : undefined;
    });
  }

  /** @param revisions object → revision */
  idOf(scope: GroupScope, group: number, revisions: readonly number[]): number {
    const { objects } = this;
    const at = (object: number): ConfigObject | undefined => objects[object].revisions[revisions[object]];
    const contents = [...objects.keys()].map(at);
    const drafts = this.draftsOf(scope, group, contents);
    const acting = [...objects.keys()].filter((object) => this.isActedOn(object, scope, this.groups[group]));
    const canonical = acting.map((object): ObjectRevision => {
      // Not there before it came or after it went is the same.
      return { object, revision: objects[object].revisions.indexOf(at(object)) };
    });
    const { fixedListeners: fixed } = this.groups[group];
    return this.tables.idOf({ group, listeners: drafts, fixed, revisions: canonical });
  }

  private draftsOf(
    scope: GroupScope,
    number: number,
    contents: readonly (ConfigObject | undefined)[],
  ): ListenerDraft[] {
    const group = this.groups[number];
    const virtualServices = scope.virtualServices
      .map(({ object }) => contents[object] as VirtualService)
      .filter(({ tls, tcp }) => tls.length + tcp.length > 0);
    const proxies = new TcpProxies(this.clusters, (host) => {
      const h = this.clusters.hosts.indexOf(host);
      return h < 0
        ? undefined
        : ruleFor(
            scope.rulesOfHost[h].map((rule) => contents[rule] as DestinationRule),
            host,
          );
    });
    if (group.kind === 'gateway') {
      const written = contents.filter(isGateway);
      const gateways = [...this.standing.gateways, ...written].filter((gateway) => isServedBy(group, gateway));
      const assumedPort = this.assumedPorts[number];
      return gatewayListeners({ gateways, assumed: group.assumedGateways, virtualServices, assumedPort, proxies });
    }
    const defined = [...this.standing.services, ...contents.filter(isService)];
    return sidecarListeners({
      namespace: group.namespace,
      ports: defined.flatMap(({ ports }) => ports),
      services: this.hostsWithListeners(scope, virtualServices, defined).map((host) => ({
        host,
        ports: this.portsOf(host, defined, virtualServices),
      })),
      virtualServices,
      proxies,
    });
  }

  /** Touched hosts in scope, and the services whose connections a TCP or TLS route takes. */
  private hostsWithListeners(
    scope: GroupScope,
    routes: readonly VirtualService[],
    defined: readonly ServiceObject[],
  ): string[] {
    const known = defined.flatMap(({ hosts }) => hosts);
    const routed = routes.flatMap(({ hosts }) =>
      hosts.flatMap((host) => (host.includes('*') ? known.filter((one) => hostMatches(host, one)) : [host])),
    );
    return [...new Set([...this.clusters.hosts.filter((_, h) => scope.hosts[h]), ...routed])].sort();
  }

  /** A service that no manifest defines has the ports that TCP and TLS routes for it name. */
  private portsOf(host: string, defined: readonly ServiceObject[], routes: readonly VirtualService[]): ServicePort[] {
    const service = defined.find(({ hosts }) => hosts.includes(host));
    if (service !== undefined) return [...service.ports];
    if (this.objects.some(({ revisions }) => isServiceOf(revisions, host))) return [];
    const own = routes.filter(({ hosts }) => hosts.some((pattern) => hostMatches(pattern, host)));
    const named = (layer: 'tls' | 'tcp'): number[] =>
      own
        .flatMap((service) => service[layer])
        .flatMap(({ matches, destinations }) => {
          const matched = matches.flatMap(({ port }) => port ?? []);
          return matched.length > 0 ? matched : destinations.flatMap(({ port }) => port ?? []).slice(0, 1);
        });
    const port = (number: number, protocol: string): ServicePort => ({ name: '', number, protocol });
    return [
      ...[...new Set(named('tcp'))].map((number) => port(number, 'TCP')),
      ...[...new Set(named('tls'))].map((number) => port(number, 'TLS')),
    ];
  }

  /** DestinationRules count where their clusters do. */
  private isActedOn(object: number, scope: GroupScope, group: ProxyGroup): boolean {
    const { kind, revisions } = this.objects[object];
    if (kind === 'VirtualService') {
      return hasLayer4(revisions) && scope.boundVirtualServices.some((bound) => bound.object === object);
    }
    return kind === 'Gateway' && revisions.some((content) => content !== undefined && isServedBy(group, content));
  }
}

function isServedBy({ gateways }: ProxyGroup, { meta }: { readonly meta: ObjectMeta }): boolean {
  return gateways.has(`${meta.namespace}/${meta.name}`);
}

function isGateway(content: ConfigObject | undefined): content is Gateway {
  return content?.type === 'Gateway';
}

function isService(content: ConfigObject | undefined): content is ServiceObject {
  return content?.type === 'Service' || content?.type === 'ServiceEntry';
}

function isServiceOf(revisions: TrackedObject['revisions'], host: string): boolean {
  return revisions.some((content) => isService(content) && content.hosts.includes(host));
}

function hasLayer4(revisions: TrackedObject['revisions']): boolean {
  return revisions.some((content) => content?.type === 'VirtualService' && content.tls.length + content.tcp.length > 0);
}

/** A VirtualService that no route configuration has anything of. */
export function isLayer4Only(revisions: TrackedObject['revisions']): boolean {
  const contents = revisions.filter((content) => content?.type === 'VirtualService');
  return hasLayer4(contents) && contents.every(({ http, hosts }) => http.length === 0 && hosts.length > 0);
}
