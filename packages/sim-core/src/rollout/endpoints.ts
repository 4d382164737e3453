/**
 * The endpoints of every host that the manifests route to: those that both states have, those that only after has, and
 * those that go away with a workload that after does not have.
 */
import type { Warning } from '../errors.js';
import { deepEqual } from '../manifest/deep-equal.js';
import { destinationHosts } from '../manifest/destination-hosts.js';
import { endpointsOfService, hasWorkloads, hostMatches, serviceForHost } from '../manifest/hosts.js';
import type { ChangeSet, EndpointObject, ManifestSet, ServiceObject } from '../manifest/types.js';
import { assumedEndpoints } from './assumed-endpoints.js';
import type { HostEndpoint } from './plan.js';

export interface RolloutEndpoints {
  readonly standing: readonly HostEndpoint[];
  /** Only in after: settled before the rollout, or ready at the times that the scenario gives. */
  readonly added: readonly HostEndpoint[];
  /** Of workloads that after does not have: there until the last step. */
  readonly deleted: readonly HostEndpoint[];
  /** Pods of a workload that is rolled out with the change, by its key; none of them is in the lists above. */
  readonly podsOf: (key: string) => {
    readonly before: readonly HostEndpoint[];
    readonly after: readonly HostEndpoint[];
  };
  readonly warnings: readonly Warning[];
}

/** @param rolledOut keys of the workloads whose pods come and go during the rollout */
export function rolloutEndpoints(
  before: ManifestSet,
  after: ManifestSet,
  changes: ChangeSet,
  rolledOut: ReadonlySet<string>,
): RolloutEndpoints {
  const old = new Map<string, HostEndpoint>();
  const now = new Map<string, HostEndpoint>();
  const assumedHosts: string[] = [];
  for (const host of hostsOf(before, after, changes)) {
    const known = knownEndpoints(host, before, after);
    const found = known ?? assumedEndpoints(host, before, after);
    if (known === undefined && changes.hosts.includes(host)) assumedHosts.push(host);
    for (const endpoint of found.before) addHost(old, endpoint, host);
    for (const endpoint of found.after) addHost(now, endpoint, host);
  }
  const isNew = (target: HostEndpoint): boolean => {
    const former = old.get(target.endpoint.id);
    // The same replica with other labels is another pod.
    return former === undefined || !deepEqual(former.endpoint.labels, target.endpoint.labels);
  };
  const stays = workloadKeys(after);
  const settles = ({ endpoint }: HostEndpoint): boolean => !rolledOut.has(workloadOf(endpoint));
  const settled = [...now.values()].filter(settles);
  const podsIn = (pods: Map<string, HostEndpoint>, key: string): HostEndpoint[] =>
    [...pods.values()].filter(({ endpoint }) => workloadOf(endpoint) === key);
  return {
    standing: settled.filter((target) => !isNew(target)),
    added: settled.filter(isNew),
    deleted: [...old.values()]
      .filter(settles)
      .filter(({ endpoint }) => !now.has(endpoint.id) && !stays(before, endpoint)),
    podsOf: (key) => ({ before: podsIn(old, key), after: podsIn(now, key) }),
    warnings: assumedWarning(assumedHosts),
  };
}

/** Pods of a Deployment or StatefulSet are named after it. */
function workloadOf({ id }: EndpointObject): string {
  return id.slice(0, id.lastIndexOf('#'));
}

interface BothSides {
  readonly before: readonly EndpointObject[];
  readonly after: readonly EndpointObject[];
}

/** undefined when no workload of the host is in the folders. A Service that one side lacks is taken from the other. */
function knownEndpoints(host: string, before: ManifestSet, after: ManifestSet): BothSides | undefined {
  const old = serviceForHost(before, host);
  const now = serviceForHost(after, host);
  const [oldOrNow, nowOrOld] = [old ?? now, now ?? old];
  if (oldOrNow === undefined || nowOrOld === undefined) return undefined;
  if (!hasWorkloads(before, oldOrNow) && !hasWorkloads(after, nowOrOld)) return undefined;
  return { before: endpointsIn(before, old, oldOrNow), after: endpointsIn(after, now, nowOrOld) };
}

/** Endpoints written inside a ServiceEntry exist only where it does. */
function endpointsIn(set: ManifestSet, own: ServiceObject | undefined, service: ServiceObject): EndpointObject[] {
  return endpointsOfService(set, own ?? { ...service, endpoints: [] });
}

function addHost(targets: Map<string, HostEndpoint>, endpoint: EndpointObject, host: string): void {
  const hosts = targets.get(endpoint.id)?.hosts ?? [];
  targets.set(endpoint.id, { hosts: [...hosts, host], endpoint });
}

/** Hosts that a route or a rule of either state names. */
function hostsOf(before: ManifestSet, after: ManifestSet, changes: ChangeSet): string[] {
  const known = [before, after].flatMap((set) => set.services.flatMap((service) => service.hosts));
  const named = [before, after].flatMap((set) => [
    ...set.virtualServices.flatMap(destinationHosts),
    ...set.destinationRules.map((rule) => rule.host),
  ]);
  const hosts = [...named, ...changes.hosts].flatMap((host) =>
    host.startsWith('*') ? known.filter((candidate) => hostMatches(host, candidate)) : [host],
  );
  return [...new Set(hosts)].filter((host) => !host.startsWith('*')).sort();
}

/** Whether the workload that brings an endpoint is still there: it was then changed, not deleted, and has settled. */
function workloadKeys(after: ManifestSet): (before: ManifestSet, endpoint: EndpointObject) => boolean {
  const keys = new Set(after.workloads.map((workload) => workload.meta.key));
  return (before, { id }) =>
    before.workloads.some(({ meta, endpoints }) => keys.has(meta.key) && endpoints.some((own) => own.id === id));
}

function assumedWarning(hosts: readonly string[]): Warning[] {
  if (hosts.length === 0) return [];
  const message = `no workload of ${hosts.join(', ')} is in the manifests: 2 ready endpoints are assumed for each subset`;
  return [{ code: 'XDS-ENDPOINTS-ASSUMED', message }];
}
