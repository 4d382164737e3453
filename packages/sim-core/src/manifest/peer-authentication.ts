/** PeerAuthentication: which connections the sidecars of a workload take (istiod.md 8.2, envoy.md 7). */
import { type Labels, labelsContain } from './service-endpoints.js';
import type { MtlsMode, PeerAuthentication, ServiceObject } from './types.js';

/** Where Istio's own objects live; policies there are the mesh's. */
export const ROOT_NAMESPACE = 'istio-system';

/** Whether some workloads of a service may be under a policy. */
export function secures({ meta, selector }: PeerAuthentication, service: ServiceObject): boolean {
  if (selector !== undefined) return meta.namespace === service.meta.namespace;
  return meta.namespace === ROOT_NAMESPACE || meta.namespace === service.meta.namespace;
}

/** A workload as policies select it. */
export interface SecuredWorkload {
  readonly namespace: string;
  readonly labels: Labels;
  /** Port of the workload; undefined: any that no policy names. */
  readonly port?: number;
}

/**
 * The mode that a workload's sidecar takes: port before workload before namespace before mesh; UNSET asks the next, and in
 * the end it is PERMISSIVE. Of several policies of one reach the first counts.
 */
export function mtlsMode(
  policies: readonly PeerAuthentication[],
  { namespace, labels, port }: SecuredWorkload,
): Exclude<MtlsMode, 'UNSET'> {
  const here = policies.filter(({ meta }) => meta.namespace === namespace);
  const selecting = here.find(({ selector }) => selector !== undefined && labelsContain(labels, selector));
  const inNamespace = here.find(({ selector }) => selector === undefined);
  const inMesh = policies.find(({ meta, selector }) => selector === undefined && meta.namespace === ROOT_NAMESPACE);
  const ofPort = port === undefined ? undefined : selecting?.portModes[port];
  const modes = [ofPort, selecting?.mode, inNamespace?.mode, inMesh?.mode];
  return (
    modes.find((mode): mode is Exclude<MtlsMode, 'UNSET'> => mode !== undefined && mode !== 'UNSET') ?? 'PERMISSIVE'
  );
}
