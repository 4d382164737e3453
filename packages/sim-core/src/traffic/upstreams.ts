/** The endpoints of a rollout as requests meet them: alike, but for those that the scenario sets apart. */
import { newSampler, type Sampler } from '../kernel/distribution.js';
import { podName } from '../manifest/pod-name.js';
import { type Labels, labelsContain } from '../manifest/service-endpoints.js';
import type { EndpointObject } from '../manifest/types.js';
import type { MeshModel } from '../mesh/model.js';
import type { EndingName } from './response-flags.js';

export interface Upstream {
  readonly id: string;
  /** Request sent → response over. */
  readonly durationMs: Sampler;
  /** What it answers with an error of its own; undefined: nothing. */
  readonly errors?: { readonly ending: EndingName; readonly share: number };
}

const ENDING_OF_CODE = { 500: 'error-upstream', 503: 'unavailable-upstream' } as const;

/** By number of the endpoint; where several selectors mean it, the first one counts. */
export function upstreamsOf({ scenario, endpoints }: MeshModel): Upstream[] {
  const { requestDurationMs, endpoints: traits } = scenario.traffic;
  const usual = newSampler(requestDurationMs);
  const bySelector = Object.entries(traits).map(([selector, { durationMs, errorShare, errorCode }]) => ({
    selector,
    durationMs: durationMs === undefined ? usual : newSampler(durationMs),
    ...(errorShare > 0 && { errors: { ending: ENDING_OF_CODE[errorCode], share: errorShare } }),
  }));
  return endpoints.endpoints.map(({ endpoint }) => {
    const { durationMs = usual, errors } = bySelector.find(({ selector }) => selects(selector, endpoint)) ?? {};
    return { id: endpoint.id, durationMs, ...(errors && { errors }) };
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
