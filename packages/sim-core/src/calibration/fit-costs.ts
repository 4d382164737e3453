/** Unit costs under which the model's pushes take as long as the real ones did on average. */
import { istioBehaviour } from '../scenario/istio-versions.js';
import type { IstiodCosts, Scenario } from '../scenario/types.js';
import { type Findings, rounded } from './findings.js';
import { type ModelMetrics, meanMs, modelMetrics, type PushMix } from './model-metrics.js';
import type { Metrics } from './scrape.js';

/** Costs per type, and the istiod costs that make it up. */
const COSTS_OF = {
  cds: ['cdsUs', 'cdsPerClusterUs', 'cdsPerServiceUs'],
  eds: ['edsUs', 'edsPerSubscribedUs', 'edsPerResourceUs'],
  lds: ['ldsUs', 'ldsPerServiceUs'],
  rds: ['rdsUs', 'rdsPerServiceUs', 'rdsPerMissedServiceUs'],
} as const satisfies Record<string, readonly (keyof IstiodCosts)[]>;
type PushType = keyof typeof COSTS_OF;
const TYPES = Object.keys(COSTS_OF) as PushType[];

const ROUNDS = 6;
/** One round moves a cost by so much at most; all together by FACTOR_MAX. */
const STEP_MAX = 4;
const FACTOR_MAX = 100;

interface Fitted {
  readonly istiod: IstiodCosts;
  readonly model: ModelMetrics;
}

/** Each type's costs go by the ratio of its mean times, again and again, since what one type takes delays the others. */
export function fitCosts(metrics: Metrics, scenario: Scenario, mix: PushMix, findings: Findings): Fitted {
  const observed = observedMs(metrics, findings);
  const factors: Record<PushType, number> = { cds: 1, eds: 1, lds: 1, rds: 1 };
  // Before 1.31 endpoint pushes made no push context.
  const { endpointPushContext } = istioBehaviour(scenario.mesh.istio);
  const context = contextUs(metrics, scenario.costs.istiod, endpointPushContext ? mix.endpoints : 0, findings);
  const base = { ...scenario.costs.istiod, ...context };
  let istiod = base;
  let model = modelMetrics(withIstiod(scenario, istiod), mix);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [type, ms] of observed) {
      const mean = meanMs(model.push[type]);
      if (mean === undefined || mean <= 0) continue;
      // Smaller steps towards the end: what one type takes changes what the others wait.
      const ratio = round < ROUNDS / 2 ? ms / mean : Math.sqrt(ms / mean);
      const step = Math.min(STEP_MAX, Math.max(1 / STEP_MAX, ratio));
      factors[type] = Math.min(FACTOR_MAX, Math.max(1 / FACTOR_MAX, factors[type] * step));
    }
    istiod = scaled(base, factors, findings);
    model = modelMetrics(withIstiod(scenario, istiod), mix);
  }
  for (const type of observed.keys()) {
    for (const cost of COSTS_OF[type]) {
      findings.take(`costs.istiod.${cost}`, rounded(istiod[cost]), `pilot_xds_push_time{type="${type}"}`);
    }
  }
  return { istiod, model };
}

function observedMs(metrics: Metrics, findings: Findings): Map<PushType, number> {
  const observed = new Map<PushType, number>();
  for (const type of TYPES) {
    const histogram = metrics.histogram('pilot_xds_push_time', { type });
    if (histogram !== undefined && histogram.count > 0) observed.set(type, (histogram.sum / histogram.count) * 1000);
    else findings.leave(`costs.istiod.${type}Us`, `pilot_xds_push_time{type="${type}"} has no observation`);
  }
  return observed;
}

/** One mean for both kinds of push contexts: they keep the proportion that they have to each other. */
function contextUs(metrics: Metrics, costs: IstiodCosts, endpoints: number, findings: Findings): Partial<IstiodCosts> {
  const from = 'pilot_pushcontext_init_seconds';
  const histogram = metrics.histogram(from);
  if (histogram === undefined || histogram.count === 0) {
    findings.leave('costs.istiod.pushContextUs', `${from} has no observation`);
    return {};
  }
  const expected = endpoints * costs.pushContextEndpointsUs + (1 - endpoints) * costs.pushContextUs;
  const factor = ((histogram.sum / histogram.count) * 1e6) / expected;
  const fitted: { pushContextUs?: number; pushContextEndpointsUs?: number } = {};
  for (const name of ['pushContextUs', 'pushContextEndpointsUs'] as const) {
    if (findings.isSet(`costs.istiod.${name}`)) continue;
    fitted[name] = rounded(costs[name] * factor);
    findings.take(`costs.istiod.${name}`, fitted[name], from);
  }
  return fitted;
}

/** What the user has set keeps its value. */
function scaled(costs: IstiodCosts, factors: Readonly<Record<PushType, number>>, findings: Findings): IstiodCosts {
  const changed: Partial<Record<keyof IstiodCosts, number>> = {};
  for (const type of TYPES) {
    for (const cost of COSTS_OF[type]) {
      if (!findings.isSet(`costs.istiod.${cost}`)) changed[cost] = costs[cost] * factors[type];
    }
  }
  return { ...costs, ...changed };
}

function withIstiod(scenario: Scenario, istiod: IstiodCosts): Scenario {
  return { ...scenario, costs: { ...scenario.costs, istiod } };
}
