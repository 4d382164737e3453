/** What istiod's histograms would show (istiod.md 10), of runs in which every delay is known; and who waits for whom. */
import { expect, test } from 'vitest';
import { IstiodMetrics } from '../../packages/sim-core/src/mesh/istiod-metrics.js';
import type { RolloutPlan } from '../../packages/sim-core/src/rollout/plan.js';
import type { MeshSize } from '../../packages/sim-core/src/scenario/types.js';
import { TraceKind, XDS_TYPE_NAMES } from '../../packages/sim-core/src/trace/events.js';
import { ADD_V2, appWith, SWITCH } from './app.js';
import { group, plan } from './objects.js';
import { type Observed, observe, steadyScenario } from './runs.js';

function metricsOf(mesh: Partial<MeshSize>, rollout: RolloutPlan): IstiodMetrics {
  let metrics: IstiodMetrics | undefined;
  observe(steadyScenario(mesh), rollout, {
    sinks: ({ model }, _, contents) => {
      metrics = new IstiodMetrics(model, contents);
      return [metrics];
    },
  });
  return metrics as IstiodMetrics;
}

const rounded = (values: readonly number[]): number[] => values.map((ms) => Number(ms.toFixed(3)));

test('debounce and push context are left out of the convergence time, proxy state of the push time', () => {
  const metrics = metricsOf({}, plan(appWith(['v1']), [group(0, ADD_V2, SWITCH)]));
  // Seen at 11 and 21.5 ms; quiet until 121.5; 0.4 ms of push context.
  expect(rounded(metrics.debounceTimeMs)).toEqual([110.9]);
  expect(rounded(metrics.pushContextInitMs)).toEqual([0.4]);
  expect(rounded(metrics.proxyQueueTimeMs)).toEqual([0]);
  // 0.5 ms of proxy state, and 0.1 ms for each type.
  expect(rounded(metrics.proxyConvergenceTimeMs)).toEqual([0.9]);
  expect(metrics.pushTimeMs.map(rounded)).toEqual([[0.1], [0.1], [0.1], [0.1]]);
});

test('with one slot the second proxy waits for the first, and the third for both', () => {
  const metrics = metricsOf({ gateways: 3, pushThrottle: 1 }, plan(appWith(['v1']), [group(0, ADD_V2, SWITCH)]));
  expect(rounded(metrics.proxyQueueTimeMs)).toEqual([0, 0.9, 1.8]);
  expect(rounded(metrics.proxyConvergenceTimeMs)).toEqual([0.9, 1.8, 2.7]);
});

test('a proxy that is skipped has its turn, and no convergence time', () => {
  // Bound to the gateway only.
  const metrics = metricsOf({ sidecars: 2 }, plan(appWith(['v1', 'v2']), [group(0, SWITCH)]));
  expect(metrics.proxyQueueTimeMs).toHaveLength(3);
  expect(metrics.proxyConvergenceTimeMs).toHaveLength(1);
  expect(metrics.pushTimeMs.map(({ length }) => length)).toEqual([1, 0, 1, 1]);
});

/** Responses of the first push in the order in which they are sent: `a CDS`, where a is the proxy whose turn is first. */
function sentOrder({ recording, contents }: Observed): string[] {
  const names = new Map<number, string>();
  return [...recording].flatMap(({ kind, proxy, a }) => {
    if (kind !== TraceKind.ResponseSent || contents.content(a).push !== 0) return [];
    if (!names.has(proxy)) names.set(proxy, names.size === 0 ? 'a' : 'b');
    return [`${names.get(proxy)} ${XDS_TYPE_NAMES[contents.content(a).type]}`];
  });
}

test('on one core a push goes through in one piece, unless a message fills the write quota of its stream', () => {
  const sent = (services: number) =>
    sentOrder(
      observe(
        steadyScenario({ gateways: 2, services, istiodCores: 1 }),
        plan(appWith(['v1']), [group(0, ADD_V2, SWITCH)]),
      ),
    );
  expect(sent(100)).toEqual(['a CDS', 'a EDS', 'a LDS', 'a RDS', 'b CDS', 'b EDS', 'b LDS', 'b RDS']);
  // 321 bytes a cluster: 300 are more than 64 KiB, and the next send waits until they are written.
  expect(sent(300)).toEqual(['a CDS', 'a EDS', 'b CDS', 'b EDS', 'a LDS', 'a RDS', 'b LDS', 'b RDS']);
});
