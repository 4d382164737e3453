/** The plans of the bundled cases, and what their manifests say about endpoints. */
import { expect, it } from 'vitest';
import { planHorizonMs } from '../../packages/sim-core/src/rollout/plan-horizon.js';
import { CASES, errorLine, planLines, readCase } from './support.js';

it('every folder is a case', () => {
  expect(CASES).toEqual([
    'blue-green',
    'calibration',
    'canary-weights',
    'case-a-vs-first',
    'case-b-dr-first',
    'churn',
    'early-scale-down',
    'first-dr',
    'flapping-readiness',
    'istiod-restart',
    'label-not-on-pods',
    'late-readiness',
    'lb-change',
    'listener-drain',
    'long-lived-tcp',
    'many-gateways',
    'missing-subset',
    'mtls-permissive-bridge',
    'mtls-strict',
    'nack',
    'nearest-zone',
    'one-gateway',
    'outlier-forgotten',
    'policy-with-release',
    'pool-limits',
    'retries-hide',
    'rolling-update',
    'slow-proxy',
    'traffic-skew',
    'zero-endpoints-at-switch',
  ]);
});

it.each(CASES)('%s', (name) => {
  const { plans, input } = readCase(name);
  expect(input.scenario.name).toBe(name);
  const [plan] = plans.values();
  const endpoints = plan.initial.endpoints.map(
    ({ endpoint }) => `${endpoint.id} ${endpoint.labels.version ?? '-'}${endpoint.ready ? '' : ' unready'}`,
  );
  const readiness = plan.readiness.map(({ target, atMs }) => `${target.endpoint.id} ${JSON.stringify(atMs)}`);
  const warnings = [...plans.values()].flatMap(({ warnings: own = [] }) => own.map(errorLine));
  const horizonMs = planHorizonMs([...plans.values()], input.scenario.mesh.drainTimeS, input.scenario.horizonMs);
  const steps = Object.fromEntries([...plans].map(([strategy, own]) => [strategy, planLines(own)]));
  expect({ horizonMs, endpoints, readiness, warnings: [...new Set(warnings)], steps }).toMatchSnapshot();
});
