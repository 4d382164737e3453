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
export function upstreamsOf(model: MeshModel): Upstream[] {
  const usual = newSampler(model.scenario.traffic.requestDurationMs);
  const { endpoints } = model.endpoints;
  const known = new Map<EndpointTraits, Omit<Upstream, 'id'>>();
  return traitsOf(model).map((traits, number) => {
    const { id } = endpoints[number].endpoint;
    if (traits === undefined) return { id, durationMs: usual };
    const { durationMs, errorShare, errorCode } = traits;
    const ways = known.get(traits) ?? {
      durationMs: durationMs === undefined ? usual : newSampler(durationMs),
      ...(errorShare > 0 && { errors: { ending: ENDING_OF_CODE[errorCode], share: errorShare } }),
    };
    known.set(traits, ways);
    return { id, ...ways };
  });
}

type EndpointTraits = MeshModel['scenario']['traffic']['endpoints'][string];

/** What the scenario says of each endpoint; undefined: it is like the others. */
export function traitsOf({ scenario, endpoints }: MeshModel): (EndpointTraits | undefined)[] {
  const traits = Object.entries(scenario.traffic.endpoints);
  return endpoints.endpoints.map(({ endpoint }) => traits.find(([selector]) => selects(selector, endpoint))?.[1]);
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
