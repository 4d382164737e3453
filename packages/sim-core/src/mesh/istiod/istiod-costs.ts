/** CPU time of one istiod's work, in ns (istiod.md 12–13, lab). */
import { usToNs } from '../../kernel/time.js';
import { XdsType } from '../../trace/events.js';
import { isEndpointsOnly, Kind } from '../changes.js';
import type { MeshModel } from '../model.js';

export class IstiodCosts {
  constructor(private readonly model: MeshModel) {}

  /** Rebuilding the push context: only what the kinds of the batch ask for. */
  pushContextNs(kinds: number): number {
    const { istiod } = this.model.scenario.costs;
    if (isEndpointsOnly(kinds)) return usToNs(istiod.pushContextEndpointsUs);
    const services = (kinds & Kind.Service) === 0 ? 0 : this.model.scenario.mesh.services;
    return usToNs(istiod.pushContextUs + istiod.pushContextPerServiceUs * services);
  }

  /** Sidecar scope or gateway state of a namespace with so many services in scope. */
  scopeNs(services: number): number {
    return usToNs(this.model.scenario.costs.istiod.scopePerServiceUs * services);
  }

  proxyStateNs(services: number): number {
    const { istiod } = this.model.scenario.costs;
    return usToNs(istiod.proxyStateUs + istiod.proxyStatePerServiceUs * services);
  }

  /**
   * To make and encode a response.
   * @param subscribed all of the proxy's EDS subscriptions
   * @param services that it goes through: those in the proxy's scope, of RDS those that its routes carry
   * @param isCached routes of these VirtualServices have been made before
   */
  responseNs(type: XdsType, resources: number, subscribed: number, services: number, isCached: boolean): number {
    const { istiod } = this.model.scenario.costs;
    switch (type) {
      case XdsType.CDS:
        return usToNs(istiod.cdsUs + istiod.cdsPerClusterUs * resources + istiod.cdsPerServiceUs * services);
      case XdsType.EDS:
        return usToNs(istiod.edsUs + istiod.edsPerSubscribedUs * subscribed + istiod.edsPerResourceUs * resources);
      case XdsType.LDS:
        return usToNs(istiod.ldsUs + istiod.ldsPerServiceUs * services);
      case XdsType.RDS:
        return usToNs(istiod.rdsUs + (isCached ? istiod.rdsPerServiceUs : istiod.rdsPerMissedServiceUs) * services);
    }
  }
}
