/**
 * Istio's versions: what each minor changed in what the model does, with its source. A version behaves as the one before
 * it, but for its own changes.
 */
import type { IstioBehaviour } from './istio-behaviour.js';

interface Difference {
  readonly behaviour: Partial<IstioBehaviour>;
  readonly source: string;
}

export const OLDEST_ISTIO_MINOR = 22;
export const NEWEST_ISTIO_MINOR = 32;

/** Istio 1.22, the oldest that is known: delta xDS is the default since then (istiod.md 4.2). */
const OLDEST: IstioBehaviour = {
  virtualServiceCds: 'full-or-none',
  destinationRuleEds: 'full',
  mergedEds: 'partial',
  filteredGatewayCds: 'full',
  endpointPushContext: false,
  virtualServiceController: false,
  pushThrottle: 'by-cores',
};

/** Minor → what it changed. */
const DIFFERENCES: Readonly<Record<number, readonly Difference[]>> = {
  30: [
    {
      behaviour: {
        virtualServiceCds: 'delta',
        destinationRuleEds: 'partial',
        mergedEds: 'full',
        filteredGatewayCds: 'delta',
      },
      source: 'istio d77b79ccc8a (2026-04-09)',
    },
    { behaviour: { virtualServiceController: true }, source: 'istio 856df4da337 (2026-03-15)' },
  ],
  31: [{ behaviour: { endpointPushContext: true }, source: 'istio 3dcae099a42 (2026-05-04)' }],
};

/** Behaviour of a version such as `1.30`, `1.30.3` or `1.32-dev`. */
export function istioBehaviour(version: string): { readonly behaviour: IstioBehaviour } {
  const minor = Number(/^1\.(\d+)/.exec(version)?.[1]);
  const changes = Object.entries(DIFFERENCES).flatMap(([since, all]) => (Number(since) <= minor ? all : []));
  return { behaviour: changes.reduce((known, { behaviour }) => ({ ...known, ...behaviour }), OLDEST) };
}
