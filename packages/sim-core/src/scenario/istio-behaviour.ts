/** What differs between Istio versions, as switches that the mesh reads; which version has what is in istio-versions.ts. */
export interface IstioBehaviour {
  /**
   * CDS for a VirtualService or Sidecar change (istiod.md 4.3): `delta` sends static clusters and what came into or left
   * scope; `full-or-none` sends sidecars every cluster, and gateways none; `full` sends everybody every cluster.
   */
  readonly virtualServiceCds: 'delta' | 'full-or-none' | 'full';
  /** CDS for a Gateway change, at gateways that are not filtered. */
  readonly gatewayCds: 'full' | 'none';
  /** EDS for a Sidecar change alone. */
  readonly sidecarEds: 'full' | 'none';
  /** What the changes of a batch that do not matter to a proxy do to the push of those that do. */
  readonly irrelevantChanges: 'left-out' | 'counted';
  /** EDS for a DestinationRule change: of the affected hosts, or of every subscribed cluster. */
  readonly destinationRuleEds: 'partial' | 'full';
  /** EDS of a batch that holds a VirtualService beside what sends EDS: every subscribed cluster, or as without it. */
  readonly mergedEds: 'full' | 'partial';
  /** EDS of a service alone that is gone: its clusters named as removed, or without endpoints. */
  readonly goneServiceEds: 'removed' | 'empty';
  /** CDS for gateways with PILOT_FILTER_GATEWAY_CLUSTER_CONFIG on. */
  readonly filteredGatewayCds: 'delta' | 'full';
  /** What a batch that holds configuration too takes the endpoints of a service for. */
  readonly mergedEndpoints: 'endpoints' | 'service';
  /** An endpoint-only push makes a push context of its own, and costs one. */
  readonly endpointPushContext: boolean;
  /** VirtualService events go through a controller of their own before the debounce (istiod.md 1.4). */
  readonly virtualServiceController: boolean;
  /** What Envoy takes for the endpoints of a cluster that has waited for mesh.initialFetchTimeoutMs (envoy.md 2.4). */
  readonly timedOutEds: 'none' | 'cached';
  /** Routes without `retries` of their own try an answer of 503 again (envoy.md 10.1). */
  readonly retriesStatus503: boolean;
  /** A sidecar tries a request to its own application again that was not on its way yet (envoy.md 10.1). */
  readonly retriesInboundResets: boolean;
}
