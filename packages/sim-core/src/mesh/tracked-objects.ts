/** The configuration objects that a rollout can touch, with every revision that they go through. */
import { isRoot } from '../manifest/delegates.js';
import { destinationsOf } from '../manifest/destination-hosts.js';
import { hostMatches } from '../manifest/hosts.js';
import { needsPush } from '../manifest/needs-push.js';
import { secures } from '../manifest/peer-authentication.js';
import type {
  DestinationRule,
  Gateway,
  PeerAuthentication,
  ServiceObject,
  SidecarResource,
  VirtualService,
} from '../manifest/types.js';
import type { HostEndpoint, RolloutPlan, WrittenObject } from '../rollout/plan.js';

export type ConfigObject =
  | VirtualService
  | DestinationRule
  | Gateway
  | ServiceObject
  | SidecarResource
  | PeerAuthentication;

/** A configuration object and all that it will be during the rollout; undefined: it does not exist. */
export interface TrackedObject {
  readonly key: string;
  readonly kind: ConfigObject['type'];
  readonly revisions: (ConfigObject | undefined)[];
  /** Name of each revision: `before`, then as the plan calls them. */
  readonly revisionNames: string[];
  /** Revision after each of its writes, in the plan's order; one that istiod would not push for makes no new one. */
  readonly written: number[];
}

export function trackedObjects(plan: RolloutPlan): TrackedObject[] {
  const { initial } = plan;
  const allWrites = plan.groups.flatMap((group) => group.writes);
  const writes = allWrites.filter(({ object: { type } }) => type !== 'Endpoint' && type !== 'Rollout');
  const written = new Set(writes.map((write) => write.key));
  const isWritten = ({ meta }: ConfigObject): boolean => written.has(meta.key);
  const { virtualServices, destinationRules, sidecars, peerAuthentications, gateways, services } = initial;
  const standing = [
    ...[...virtualServices, ...destinationRules, ...sidecars, ...peerAuthentications],
    ...[...gateways, ...services].filter(isWritten),
  ];
  const objectsWritten = allWrites.map((write) => write.object);
  const serverHosts = changingEndpoints(plan).flatMap((endpoint) => endpoint.hosts);
  const changed: readonly WrittenObject[] = [...objectsWritten, ...standing.filter(isWritten)];
  const hosts = new Set([...changed.flatMap(hostsOf), ...securedHosts(plan, objectsWritten), ...serverHosts]);
  const writtenGateways = objectsWritten.filter((object) => object.type === 'Gateway');
  const gatewayNames = new Set(writtenGateways.map(({ meta: { namespace, name } }) => `${namespace}/${name}`));
  const isTouched = (service: VirtualService): boolean =>
    routesToAny(service, hosts) || isVirtualServiceBoundTo(service, gatewayNames);
  const objects = new Map<string, TrackedObject>();
  for (const object of standing) {
    // Where a root's routes lead depends on its delegates' revisions.
    const isBystander = object.type === 'VirtualService' && object.hosts.length > 0 && !isRoot(object);
    if (isBystander && !written.has(object.meta.key) && !isTouched(object)) continue;
    objects.set(object.meta.key, newTracked(object.meta.key, object.type, object));
  }
  for (const write of writes) {
    const object = write.object as ConfigObject;
    let tracked = objects.get(write.key);
    if (tracked === undefined) {
      tracked = newTracked(write.key, object.type, undefined);
      objects.set(write.key, tracked);
    }
    const content = write.action === 'delete' ? undefined : object;
    if (needsPush(tracked.revisions.at(-1), content)) {
      tracked.revisions.push(content);
      tracked.revisionNames.push(write.revision);
    }
    tracked.written.push(tracked.revisions.length - 1);
  }
  return [...objects.values()];
}

function newTracked(key: string, kind: ConfigObject['type'], before: ConfigObject | undefined): TrackedObject {
  return { key, kind, revisions: [before], revisionNames: ['before'], written: [] };
}

/** Unwritten VirtualServices count when a written object or endpoint touches a host that they route to. */
function routesToAny(service: VirtualService, hosts: ReadonlySet<string>): boolean {
  return hostsOf(service).some((host) => [...hosts].some((pattern) => pattern === host || hostMatches(pattern, host)));
}

export function hostsOf(object: WrittenObject): readonly string[] {
  switch (object.type) {
    case 'VirtualService':
      return destinationsOf(object).map(({ host }) => host);
    case 'DestinationRule':
      return [object.host];
    case 'Service':
    case 'ServiceEntry':
    case 'Endpoint':
      return object.hosts;
    case 'Rollout':
      return [...object.added, ...object.removed].flatMap(({ hosts }) => hosts);
    case 'Gateway':
    case 'Sidecar':
    case 'PeerAuthentication':
      return [];
  }
}

/** Endpoints that change without a write: they become ready, or take other connections. */
export function changingEndpoints({ readiness, serverChanges, initial }: RolloutPlan): HostEndpoint[] {
  const servers = new Set(serverChanges?.map(({ endpoint }) => endpoint));
  return [
    ...readiness.map(({ target }) => target),
    ...initial.endpoints.filter(({ endpoint }) => servers.has(endpoint.id)),
  ];
}

/** Hosts whose servers or clients a written PeerAuthentication changes. */
export function securedHosts({ initial }: RolloutPlan, written: readonly WrittenObject[]): string[] {
  const policies = written.filter((object) => object.type === 'PeerAuthentication');
  const secured = initial.services.filter((service) => policies.some((policy) => secures(policy, service)));
  return secured.flatMap((service) => service.hosts);
}

export function revisionsOf<T extends ConfigObject>(
  objects: readonly TrackedObject[],
  kinds: readonly T['type'][],
): T[] {
  return objects
    .filter((object) => kinds.includes(object.kind))
    .flatMap((object) => object.revisions.filter((content) => content !== undefined)) as T[];
}

export function isVirtualServiceBoundTo(content: ConfigObject | undefined, gateways: ReadonlySet<string>): boolean {
  return content?.type === 'VirtualService' && content.gateways.some((gateway) => gateways.has(gateway));
}

export function concernsHost(revisions: readonly (ConfigObject | undefined)[], host: string): boolean {
  return revisions.some((content) => {
    if (content?.type === 'DestinationRule') return content.host === host || hostMatches(content.host, host);
    if (content?.type === 'Service' || content?.type === 'ServiceEntry') return content.hosts.includes(host);
    return false;
  });
}

/** The rules that each host can have at one time: every revision of its DestinationRules with each of the others. */
export function ruleCombinations(objects: readonly TrackedObject[], hosts: readonly string[]): DestinationRule[][] {
  return hosts.flatMap((host) => {
    const rules = objects.filter(({ kind, revisions }) => kind === 'DestinationRule' && concernsHost(revisions, host));
    return rules.reduce<DestinationRule[][]>(
      (combinations, { revisions }) =>
        combinations.flatMap((chosen) =>
          revisions.map((content) => (content?.type === 'DestinationRule' ? [...chosen, content] : chosen)),
        ),
      [[]],
    );
  });
}
