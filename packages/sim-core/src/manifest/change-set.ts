/** What a user means to roll out: the objects that differ between the state before and the state after. */
import { changeDetails, contentDetails, pathDetails, specPaths } from './change-details.js';
import { deepEqual } from './deep-equal.js';
import { destinationHosts } from './destination-hosts.js';
import { pushingKeys } from './needs-push.js';
import { fieldOf } from './object-source.js';
import { secures } from './peer-authentication.js';
import { labelsContain, servingLabels } from './service-endpoints.js';
import { subsetWarnings } from './subset-warnings.js';
import type {
  ChangeSet,
  InterpretedObject,
  ManifestSet,
  ObjectChange,
  ObjectMeta,
  PeerAuthentication,
  Workload,
} from './types.js';
import { unmodelledWarnings } from './unmodelled-warnings.js';

export function changesBetween(before: ManifestSet, after: ManifestSet): ChangeSet {
  const old = new Map(objectsOf(before).map((object) => [object.meta.key, object]));
  const now = new Map(objectsOf(after).map((object) => [object.meta.key, object]));
  const changes: ObjectChange[] = [];
  for (const object of now.values()) {
    const former = old.get(object.meta.key);
    const change = former === undefined ? creation(object) : update(former, object);
    if (change !== undefined) changes.push(change);
  }
  for (const object of old.values()) if (!now.has(object.meta.key)) changes.push(deletion(object));
  const hosts = changedHosts(changes, [before, after]);
  return {
    changes,
    hosts,
    warnings: [...subsetWarnings(changes, after), ...unmodelledWarnings({ before, after, changes, hosts })],
  };
}

function objectsOf(set: ManifestSet): InterpretedObject[] {
  return [
    ...set.services,
    ...set.workloads,
    ...set.gateways,
    ...set.sidecars,
    ...set.peerAuthentications,
    ...set.destinationRules,
    ...set.virtualServices,
  ];
}

function creation(after: InterpretedObject): ObjectChange {
  return { ...named('create', after.meta), after, details: contentDetails(after, 'added') };
}

function deletion(before: InterpretedObject): ObjectChange {
  return { ...named('delete', before.meta), before, details: contentDetails(before, 'removed') };
}

function update(before: InterpretedObject, after: InterpretedObject): ObjectChange | undefined {
  const details = isChanged(before, after) ? changeDetails(before, after) : metadataDetails(before.meta, after.meta);
  if (details === undefined) return undefined;
  // Differences that mean nothing to the model, such as `{}` against an absent object, are named by their fields.
  const told = details.length > 0 ? details : pathDetails('changed', specPaths(before, after));
  return { ...named('update', after.meta), before, after, details: told };
}

function named(action: ObjectChange['action'], meta: ObjectMeta): Omit<ObjectChange, 'details'> {
  const { key, kind, namespace, name, position } = meta;
  return { action, key, kind, namespace, name, position };
}

function isChanged(before: InterpretedObject, after: InterpretedObject): boolean {
  if (specPaths(before, after).length > 0) return true;
  if (!('endpoints' in before)) return false;
  if (!deepEqual(before.meta.labels, after.meta.labels)) return true;
  // A status is what a cluster said, not what somebody wrote: it counts only where both sides have one.
  const hasStatus = [before, after].every(({ meta }) => fieldOf(meta.raw, 'status') !== undefined);
  return hasStatus && 'endpoints' in after && !deepEqual(before.endpoints, after.endpoints);
}

/** What differs only in metadata is a change where istiod pushes for it. */
function metadataDetails(before: ObjectMeta, after: ObjectMeta): string[] | undefined {
  if (!after.apiVersion.startsWith('networking.istio.io/')) return undefined;
  const isSame = deepEqual(before.labels, after.labels) && deepEqual(before.annotations, after.annotations);
  const istioKeys = pushingKeys(before, after);
  if (isSame || istioKeys.length === 0) return undefined;
  return [`metadata only, pushed all the same because of ${istioKeys.join(', ')}`];
}

function changedHosts(changes: readonly ObjectChange[], sets: readonly ManifestSet[]): string[] {
  const hosts = new Set<string>();
  for (const { before, after } of changes) {
    for (const object of [before, after]) {
      if (object?.type === 'DestinationRule') hosts.add(object.host);
      if (object?.type === 'PeerAuthentication') for (const host of securedHosts(object, sets)) hosts.add(host);
      if (object?.type === 'VirtualService') for (const host of destinationHosts(object)) hosts.add(host);
      if (object?.type === 'Deployment' || object?.type === 'StatefulSet')
        for (const host of servedHosts(object, sets)) hosts.add(host);
    }
  }
  return [...hosts].sort();
}

/** Hosts of the services that select a workload: they have a route of their own where no VirtualService gives one. */
function servedHosts(workload: Workload, sets: readonly ManifestSet[]): string[] {
  const labels = servingLabels(workload);
  const services = sets.flatMap((set) => set.services);
  return services
    .filter(
      ({ meta, selector }) => meta.namespace === workload.meta.namespace && selector && labelsContain(labels, selector),
    )
    .flatMap((service) => service.hosts);
}

/** Hosts whose workloads a policy may concern. */
function securedHosts(policy: PeerAuthentication, sets: readonly ManifestSet[]): string[] {
  const services = sets.flatMap((set) => set.services);
  return services.filter((service) => secures(policy, service)).flatMap((service) => service.hosts);
}
