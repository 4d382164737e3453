/** The service of the stories: one host behind one gateway, v1 and v2 with an endpoint each. */
import type { InitialState } from '../../packages/sim-core/src/rollout/plan.js';
import { apply, destinationRule, endpoint, gateway, service, virtualService, type Weights } from './objects.js';
import type { Observed } from './runs.js';

export const APP = 'app.shop.svc.cluster.local';

function routes(weights: Weights) {
  return virtualService(APP, weights, { gateways: ['shop/edge'] });
}

/** Routed to v1, which exists; `subsets` are those that the DestinationRule has. */
export function appWith(subsets: readonly string[], versions: readonly string[] = ['v1', 'v2']): Partial<InitialState> {
  return {
    virtualServices: [routes({ v1: 1 })],
    destinationRules: [destinationRule(APP, subsets)],
    gateways: [gateway('edge')],
    services: [service(APP)],
    endpoints: versions.map((version) => endpoint(`pod-${version}`, APP, version)),
  };
}

export const ADD_V2 = apply(destinationRule(APP, ['v1', 'v2']));
export const DROP_V1 = apply(destinationRule(APP, ['v2']));
export const SWITCH = apply(routes({ v2: 1 }));

/** Expected failures by flag and cause, at 1,000 requests/s: one for each ms. */
export function failuresOf({ totals }: Observed): Record<string, number> {
  const failed = totals.buckets.filter(({ bucket }) => bucket.flag !== '-');
  return Object.fromEntries(
    failed.map(({ bucket, expected }) => [`${bucket.flag} ${bucket.cause}`, Number(expected.toFixed(3))]),
  );
}
