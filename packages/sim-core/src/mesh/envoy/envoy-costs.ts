/** CPU time of Envoy's main thread, in ns (envoy.md 14, 15, lab). */
import { usToNs } from '../../kernel/time.js';
import { XdsType } from '../../trace/events.js';
import type { Content } from '../istiod/push-content.js';
import type { MeshModel } from '../model.js';

export class EnvoyCosts {
  constructor(private readonly model: MeshModel) {}

  /**
   * To work off a message.
   * @param changed clusters that CDS adds or changes
   * @param isSame RDS brings the routes that are there
   */
  messageNs({ type, resources, removed, routes }: Content, changed: number, isSame: boolean): number {
    const { envoy } = this.model.scenario.costs;
    switch (type) {
      case XdsType.CDS:
        return usToNs(
          envoy.cdsUs + envoy.cdsPerUnchangedUs * (resources - changed) + envoy.cdsPerChangedUs * (changed + removed),
        );
      case XdsType.EDS:
        return usToNs(envoy.edsUs + envoy.edsPerClusterUs * resources);
      case XdsType.LDS:
        return usToNs(envoy.ldsUs + envoy.ldsPerListenerUs * resources);
      case XdsType.RDS: {
        const perService = isSame ? envoy.rdsPerUnchangedServiceUs : envoy.rdsPerServiceUs;
        return usToNs(envoy.rdsUs + perService * this.model.snapshots.routeTables[routes].services);
      }
    }
  }
}
