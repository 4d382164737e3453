/**
 * What a group of proxies can see of one state of the configuration (istiod.md 4.6, 6): the services in its scope, and the
 * VirtualServices and DestinationRules that apply to it. A `Sidecar` resource, `exportTo` and the filter of gateways'
 * clusters narrow it.
 */
import { hostMatches } from '../manifest/hosts.js';
import { ROOT_NAMESPACE } from '../manifest/peer-authentication.js';
import type { DestinationRule, ObjectMeta, ServiceObject, SidecarResource, VirtualService } from '../manifest/types.js';
import { clusterPorts, ruleFor } from './cluster-table.js';
import type { ProxyGroup } from './proxies.js';
import {
  type ConfigObject,
  concernsHost,
  hostsOf,
  isVirtualServiceBoundTo,
  type TrackedObject,
} from './tracked-objects.js';

/** Indexes into the model's objects, and their revisions. */
export interface ObjectRevision {
  readonly object: number;
  readonly revision: number;
}

export interface GroupScope {
  /** VirtualServices bound to the group and imported by it. */
  readonly virtualServices: readonly ObjectRevision[];
  /** These, and those that are so in another revision: their revisions are what the group acts on. */
  readonly boundVirtualServices: readonly ObjectRevision[];
  /** touched host → DestinationRules (objects) that apply to it; none out of scope. */
  readonly rulesOfHost: readonly (readonly number[])[];
  /** DestinationRules that apply to some host, and those that would but do not exist at this revision. */
  readonly boundRules: readonly ObjectRevision[];
  /** The `Sidecar` resource that applies, as an index into the objects; −1: none. */
  readonly sidecar: number;
  /** touched host → there, and in scope. */
  readonly hosts: readonly boolean[];
  /** touched host → its ports, where a manifest defines the service that is there now. */
  readonly ports: readonly (readonly number[] | undefined)[];
  /** Something narrows the scope: services that no manifest defines are out of it. */
  readonly isLimited: boolean;
  /** All services in scope. */
  readonly services: number;
  /** Clusters of those of them that the rollout does not touch. */
  readonly otherClusters: number;
}

/** What scopes are made from. */
export interface ScopeInput {
  readonly objects: readonly TrackedObject[];
  /** Touched hosts. */
  readonly hosts: readonly string[];
  /** Services that the rollout does not write. */
  readonly services: readonly ServiceObject[];
  /** Hosts that the manifests define in some revision: only of them it is known when they are there. */
  readonly definedHosts: ReadonlySet<string>;
  /** Services that no manifest defines and no object names. */
  readonly anonymousServices: number;
  readonly filtersGatewayClusters: boolean;
}

/** @param revisions object → revision */
export function groupScope(input: ScopeInput, group: ProxyGroup, revisions: readonly number[]): GroupScope {
  const { objects, hosts } = input;
  const at = (object: number): ConfigObject | undefined => objects[object].revisions[revisions[object]];
  const services = [...input.services, ...servicesNow(objects, at)];
  const byHost = new Map(
    services.flatMap((service) => service.hosts.map((host) => [host, service] as const)).reverse(),
  );
  const egress = group.kind === 'sidecar' ? sidecarOf(objects, at, group.namespace) : NO_SIDECAR;
  const isSeen = (meta: ObjectMeta, exportTo: readonly string[]): boolean =>
    isExported(exportTo, meta.namespace, group.namespace);
  const isImported = (content: ConfigObject | undefined): boolean => {
    if (content?.type !== 'VirtualService' || !isSeen(content.meta, content.exportTo)) return false;
    if (content.hosts.length === 0) return true;
    return (
      isVirtualServiceBoundTo(content, group.gateways) &&
      content.hosts.some((host) => egress.imports(content.meta, host))
    );
  };
  const chosen = (holds: (object: number) => boolean): ObjectRevision[] =>
    [...objects.keys()]
      .filter(holds)
      // Not there before it came or after it went is the same: nobody is pushed the difference.
      .map((object) => ({ object, revision: objects[object].revisions.indexOf(at(object)) }));
  const virtualServices = chosen((object) => isImported(at(object)));
  const routed = new Set(virtualServices.flatMap(({ object }) => hostsOf(at(object) as VirtualService)));
  const isFiltered = group.kind === 'gateway' && input.filtersGatewayClusters;
  const isLimited = isFiltered || egress.isLimited;
  const isInScope = (host: string): boolean => {
    const service = byHost.get(host);
    if (service === undefined && input.definedHosts.has(host)) return false;
    if (service !== undefined && !isSeen(service.meta, service.exportTo)) return false;
    // A host that an imported VirtualService routes to comes into scope with it.
    return routed.has(host) || (!isFiltered && egress.imports(service?.meta, host));
  };
  const inScope = hosts.map(isInScope);
  const others = othersOf(input.services, hosts).filter(isInScope);
  const anonymous = isLimited ? 0 : input.anonymousServices;
  const rulesOf = (host: string) => rulesFor(host, byHost.get(host)?.meta.namespace, objects, at, group.namespace);
  const rulesOfHost = hosts.map((host, h) => (inScope[h] ? rulesOf(host) : []));
  const clustersOf = (host: string): number => {
    const rule = ruleFor(
      rulesOf(host).map((object) => at(object) as DestinationRule),
      host,
    );
    return clusterPorts(byHost.get(host) as ServiceObject).length * (1 + (rule?.subsets.length ?? 0));
  };
  const isAbsentRule = (object: number): boolean =>
    at(object) === undefined &&
    objects[object].kind === 'DestinationRule' &&
    hosts.some((host, h) => inScope[h] && concernsHost(objects[object].revisions, host));
  return {
    virtualServices,
    boundVirtualServices: chosen((object) => objects[object].revisions.some(isImported)),
    rulesOfHost,
    boundRules: chosen((object) => isAbsentRule(object) || rulesOfHost.some((rules) => rules.includes(object))),
    sidecar: egress.object,
    hosts: inScope,
    ports: hosts.map((host) => {
      const service = byHost.get(host);
      return service === undefined ? undefined : clusterPorts(service);
    }),
    isLimited,
    services: anonymous + others.length + inScope.filter(Boolean).length,
    otherClusters: others.reduce((sum, host) => sum + clustersOf(host), anonymous),
  };
}

function servicesNow(
  objects: readonly TrackedObject[],
  at: (object: number) => ConfigObject | undefined,
): readonly ServiceObject[] {
  return [...objects.keys()].flatMap((object) => {
    const content = at(object);
    return content?.type === 'Service' || content?.type === 'ServiceEntry' ? [content] : [];
  });
}

function othersOf(services: readonly ServiceObject[], hosts: readonly string[]): string[] {
  const touched = new Set(hosts);
  return [...new Set(services.flatMap((service) => service.hosts))].filter((host) => !touched.has(host));
}

/** `*`, `.`, or a namespace, as seen from a client's namespace. */
function isExported(exportTo: readonly string[], own: string, client: string): boolean {
  return exportTo.some((to) => to === '*' || to === client || (to === '.' && own === client));
}

interface Egress {
  readonly object: number;
  readonly isLimited: boolean;
  /** Whether a host of an object (its service or VirtualService, where one is known) is imported. */
  imports(meta: ObjectMeta | undefined, host: string): boolean;
}

const NO_SIDECAR: Egress = { object: -1, isLimited: false, imports: () => true };

/** The `Sidecar` without a selector of the namespace, else of the root namespace. */
function sidecarOf(
  objects: readonly TrackedObject[],
  at: (object: number) => ConfigObject | undefined,
  namespace: string,
): Egress {
  for (const owner of [namespace, ROOT_NAMESPACE]) {
    for (const object of objects.keys()) {
      const content = at(object);
      if (content?.type !== 'Sidecar' || content.workloadSelector !== undefined) continue;
      if (content.meta.namespace === owner) return egressOf(object, content, namespace);
    }
  }
  return NO_SIDECAR;
}

function egressOf(object: number, { egressHosts }: SidecarResource, client: string): Egress {
  const patterns = egressHosts.map((written) => {
    const [namespace, host] = written.split('/');
    return { namespace: namespace === '.' ? client : namespace, host };
  });
  return {
    object,
    isLimited: !patterns.some(({ namespace, host }) => namespace === '*' && host === '*'),
    imports: (meta, name) =>
      patterns.some(({ namespace, host }) => {
        // The namespace of a host that no manifest defines is not known: a pattern that names one leaves it out.
        const isOwner = namespace === '*' || (namespace !== '~' && namespace === meta?.namespace);
        return isOwner && (hostMatches(host, name) || hostMatches(name, host));
      }),
  };
}

/** Client namespace, service namespace, root namespace: the first that has a rule for a host decides (istiod.md 4.6). */
function rulesFor(
  host: string,
  service: string | undefined,
  objects: readonly TrackedObject[],
  at: (object: number) => ConfigObject | undefined,
  client: string,
): readonly number[] {
  const ruleAt = (object: number): DestinationRule => at(object) as DestinationRule;
  const visible = [...objects.keys()].filter((object) => {
    const rule = at(object);
    if (rule?.type !== 'DestinationRule' || !hostMatches(rule.host, host)) return false;
    return isExported(rule.exportTo, rule.meta.namespace, client);
  });
  const inNamespace = (namespace: string): number[] =>
    visible.filter((object) => ruleAt(object).meta.namespace === namespace);
  // Of a host that no manifest defines, the namespace is not known: any rule may be its own.
  const ofService = service === undefined ? visible : inNamespace(service);
  return [inNamespace(client), ofService, inNamespace(ROOT_NAMESPACE)].find((rules) => rules.length > 0) ?? [];
}
