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
  readonly warnings: readonly Warning[];
}

export function rolloutEndpoints(before: ManifestSet, after: ManifestSet, changes: ChangeSet): RolloutEndpoints {
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
  return {
    standing: [...now.values()].filter((target) => !isNew(target)),
    added: [...now.values()].filter(isNew),
    deleted: [...old.values()].filter(({ endpoint }) => !now.has(endpoint.id) && !stays(before, endpoint)),
    warnings: assumedWarning(assumedHosts),
  };
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
