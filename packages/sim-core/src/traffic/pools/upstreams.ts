/** The endpoints of a rollout as requests meet them: alike, but for those that the scenario sets apart. */
import { newSampler } from '../../kernel/distribution.js';
import { podName } from '../../manifest/pod-name.js';
import { type Labels, labelsContain } from '../../manifest/service-endpoints.js';
import type { EndpointObject } from '../../manifest/types.js';
import type { MeshModel } from '../../mesh/model.js';
import type { Upstream } from './setting.js';

/** By number of the endpoint; where several selectors mean it, the first one counts. */
export function upstreamsOf({ scenario, endpoints }: MeshModel): Upstream[] {
  const { requestDurationMs, endpoints: traits } = scenario.traffic;
  const selectors = Object.keys(traits);
  const usual = newSampler(requestDurationMs);
  return endpoints.endpoints.map(({ endpoint }) => {
    const selector = selectors.find((candidate) => selects(candidate, endpoint));
    const { durationMs, errorShare = 0, errorCode = 500 } = selector === undefined ? {} : traits[selector];
    const duration = durationMs === undefined ? usual : newSampler(durationMs);
    return { id: endpoint.id, durationMs: duration, errorShare, errorCode };
  });
}

/** Selectors of the scenario that mean no endpoint of the rollout. */
export function unmatchedSelectors({ scenario, endpoints }: MeshModel): string[] {
  return Object.keys(scenario.traffic.endpoints).filter(
    (selector) => !endpoints.endpoints.some(({ endpoint }) => selects(selector, endpoint)),
  );
}

/** `version=v2,track=canary`, or a name. */
function selects(selector: string, { id, labels }: EndpointObject): boolean {
  if (!selector.includes('=')) return selector === id || selector === podName(id);
  const wanted: Labels = Object.fromEntries(selector.split(',').map((pair) => pair.trim().split('=')));
  return labelsContain(labels, wanted);
}
