/** `Deployment/shop/v2#0` → `v2-0`: the manifests do not say what the cluster calls its pods. */
export function podName(endpointId: string): string {
  return endpointId.slice(endpointId.lastIndexOf('/') + 1).replace('#', '-');
}
