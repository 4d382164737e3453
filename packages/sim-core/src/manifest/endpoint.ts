import type { z } from 'zod';
import type { endpointSliceShape, podShape, replicatedShape, workloadEntryShape } from './other-shapes.js';
import type { EndpointObject, ObjectMeta, Workload } from './types.js';

/** What injection puts on a pod that has a sidecar, and who registers a machine with one gives its WorkloadEntry. */
const TLS_MODE_LABEL = 'security.istio.io/tlsMode';
/** As a label or an annotation it keeps the sidecar away. */
const INJECT = 'sidecar.istio.io/inject';

function isInjected(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>): boolean {
  return labels[INJECT] !== 'false' && annotations[INJECT] !== 'false';
}
/** On pods and WorkloadEntries, with dots for slashes; it goes before what the node is labelled with. */
const LOCALITY_LABEL = 'istio-locality';

function localityOf(labels: Readonly<Record<string, string>>, written?: string): Pick<EndpointObject, 'locality'> {
  const locality = labels[LOCALITY_LABEL]?.replaceAll('.', '/') ?? written;
  return locality === undefined || locality === '' ? {} : { locality };
}

/** Of a pod that names none. */
const DEFAULT_ACCOUNT = 'default';

type EndpointFields = z.infer<typeof workloadEntryShape>['spec'];

/** An address is the identity: the order of a list changes from one state to the next, and addresses stay. */
export function inlineEndpoints(meta: ObjectMeta, fields: readonly EndpointFields[]): EndpointObject[] {
  return withUniqueIds(
    fields.map(({ address = '', labels = {}, serviceAccount, locality }) => ({
      id: `${meta.key}#${address}`,
      labels,
      namespace: meta.namespace,
      address,
      ready: true,
      hasSidecar: labels[TLS_MODE_LABEL] === 'istio',
      serviceAccount,
      ...localityOf(labels, locality),
    })),
  );
}

export function newWorkloadEntry(meta: ObjectMeta, { spec }: z.infer<typeof workloadEntryShape>): Workload {
  // "with precedence to the metadata": ConvertWorkloadEntry, pilot/pkg/serviceregistry/serviceentry.
  const labels = { ...spec.labels, ...meta.labels };
  const endpoint: EndpointObject = {
    id: meta.key,
    labels,
    namespace: meta.namespace,
    address: spec.address ?? '',
    ready: true,
    hasSidecar: labels[TLS_MODE_LABEL] === 'istio',
    serviceAccount: spec.serviceAccount,
    ...localityOf(labels, spec.locality),
  };
  return { type: 'WorkloadEntry', meta, endpoints: [endpoint] };
}

export function newReplicatedWorkload(
  type: 'Deployment' | 'StatefulSet',
  meta: ObjectMeta,
  { spec, status }: z.infer<typeof replicatedShape>,
): Workload {
  const replicas = spec.replicas ?? 1;
  // A status leaves out a count of zero; only one that counts no replicas at all says nothing.
  const ready = status?.readyReplicas ?? (status?.replicas === undefined ? replicas : 0);
  const { labels = {}, annotations = {} } = spec.template?.metadata ?? {};
  const endpoints = Array.from({ length: replicas }, (_, at) => ({
    id: `${meta.key}#${at}`,
    labels,
    namespace: meta.namespace,
    address: '',
    ready: at < ready,
    hasSidecar: isInjected(labels, annotations),
    serviceAccount: spec.template?.spec?.serviceAccountName ?? DEFAULT_ACCOUNT,
    ...localityOf(labels),
  }));
  return { type, meta, endpoints };
}

export function newPod(meta: ObjectMeta, { spec, status }: z.infer<typeof podShape>): Workload {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  const endpoint: EndpointObject = {
    id: meta.key,
    labels: meta.labels,
    namespace: meta.namespace,
    address: status?.podIP ?? '',
    ready: condition === undefined || condition.status === 'True',
    hasSidecar: isInjected(meta.labels, meta.annotations),
    serviceAccount: spec?.serviceAccountName ?? DEFAULT_ACCOUNT,
    ...localityOf(meta.labels),
  };
  return { type: 'Pod', meta, endpoints: [endpoint] };
}

export function newEndpointSlice(meta: ObjectMeta, fields: z.infer<typeof endpointSliceShape>): Workload {
  const endpoints = (fields.endpoints ?? []).map(({ addresses = [], conditions, targetRef, zone }) => {
    const address = addresses[0] ?? '';
    const isPod = targetRef?.kind === 'Pod' && targetRef.name !== undefined;
    return {
      // A pod keeps its identity when it moves from one slice to another.
      id: isPod ? `Pod/${targetRef.namespace ?? meta.namespace}/${targetRef.name}` : `${meta.key}#${address}`,
      labels: {},
      namespace: meta.namespace,
      address,
      ready: conditions?.ready ?? true,
      hasSidecar: isPod,
      ...localityOf({}, zone === undefined ? undefined : `/${zone}`),
    };
  });
  return { type: 'EndpointSlice', meta, endpoints: withUniqueIds(endpoints) };
}

function withUniqueIds(endpoints: readonly EndpointObject[]): EndpointObject[] {
  const seen = new Map<string, number>();
  return endpoints.map((endpoint) => {
    const times = (seen.get(endpoint.id) ?? 0) + 1;
    seen.set(endpoint.id, times);
    return times === 1 ? endpoint : { ...endpoint, id: `${endpoint.id}#${times}` };
  });
}
