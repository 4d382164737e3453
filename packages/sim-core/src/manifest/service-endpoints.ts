/** Which endpoints a service has, as istiod selects them (istiod.md 7). */
import { fieldOf, isFields, listOf } from './object-source.js';
import type { EndpointObject, ManifestSet, ServiceObject, Workload } from './types.js';

export type Labels = Readonly<Record<string, string>>;

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

export function labelsContain(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** Endpoints of a service, ready or not. Empty also when no manifest says anything about them: see `hasWorkloads`. */
export function endpointsOfService(set: ManifestSet, service: ServiceObject): EndpointObject[] {
  const found = workloadsOf(set, service).flatMap((workload) =>
    workload.type === 'EndpointSlice' ? withPodLabels(set, workload) : workload.endpoints,
  );
  const byId = new Map([...service.endpoints, ...found].map((endpoint) => [endpoint.id, endpoint]));
  return [...byId.values()];
}

/** Whether the manifests tell what serves the host, be it zero replicas; if not, its endpoints must be assumed. */
export function hasWorkloads(set: ManifestSet, service: ServiceObject): boolean {
  return service.endpoints.length > 0 || workloadsOf(set, service).length > 0;
}

function workloadsOf(set: ManifestSet, service: ServiceObject): readonly Workload[] {
  const { namespace, name } = service.meta;
  const local = set.workloads.filter((workload) => workload.meta.namespace === namespace);
  const slices = local.filter(
    (workload) =>
      service.type === 'Service' &&
      workload.type === 'EndpointSlice' &&
      workload.meta.labels[SERVICE_NAME_LABEL] === name,
  );
  const { selector } = service;
  if (selector === undefined) return slices;
  const selected = local.filter(
    (workload) => workload.type !== 'EndpointSlice' && labelsContain(servingLabels(workload), selector),
  );
  // A slice lists the pods; WorkloadEntries that a Service selects (PILOT_ENABLE_K8S_SELECT_WORKLOAD_ENTRIES) come on top.
  if (slices.length > 0) return [...slices, ...selected.filter((workload) => workload.type === 'WorkloadEntry')];
  const keys = new Set(local.map((workload) => workload.meta.key));
  return selected.filter((workload) => !isOwned(workload, keys));
}

/** The labels by which a workload's endpoints are selected, known also when it has no endpoint. */
export function servingLabels(workload: Workload): Labels {
  if (workload.type === 'Pod') return workload.meta.labels;
  if (workload.type === 'WorkloadEntry') return workload.endpoints[0]?.labels ?? workload.meta.labels;
  const labels = fieldOf(workload.meta.raw, 'spec', 'template', 'metadata', 'labels');
  if (!isFields(labels)) return {};
  const texts = Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}

/** Whether a pod belongs to a Deployment or StatefulSet that is in the set too, and would count twice. */
function isOwned(workload: Workload, keys: ReadonlySet<string>): boolean {
  if (workload.type !== 'Pod') return false;
  return listOf(fieldOf(workload.meta.raw, 'metadata', 'ownerReferences')).some((owner) => {
    const name = String(fieldOf(owner, 'name'));
    const { namespace } = workload.meta;
    if (fieldOf(owner, 'kind') === 'StatefulSet') return keys.has(`StatefulSet/${namespace}/${name}`);
    // A Deployment names its ReplicaSets `<deployment>-<pod template hash>`.
    const deployment = name.slice(0, Math.max(0, name.lastIndexOf('-')));
    return fieldOf(owner, 'kind') === 'ReplicaSet' && keys.has(`Deployment/${namespace}/${deployment}`);
  });
}

/** A slice does not repeat the labels of its pods; they are known when the pods are in the set. */
function withPodLabels(set: ManifestSet, slice: Workload): EndpointObject[] {
  return slice.endpoints.map((endpoint) => {
    const pod = set.workloads.find((workload) => workload.type === 'Pod' && workload.meta.key === endpoint.id);
    return pod === undefined ? endpoint : { ...endpoint, labels: pod.meta.labels };
  });
}
