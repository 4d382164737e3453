/** A report by hand: long names, nothing seen, ties, rollouts that do not settle, hostile text. */
import type { FailureCounts, Report, StrategyReport } from '../../packages/sim-core/src/study/report-schema.js';

type Distribution = StrategyReport['completeMs'];
type Estimate = StrategyReport['unsettledShare'];

export function newSampleReport(): Report {
  return {
    schema: 'xdsim.report/v1',
    tool: { name: 'xdsim', version: '0.0.0' },
    inputs: { hash: 'sha256:0', files: ['case/scenario.yaml', 'case/before/shop.yaml', 'case/after/shop.yaml'] },
    scenario: {
      name: 'shop <v2>',
      file: 'case/scenario.yaml',
      seed: '1',
      trials: 400,
      istio: '1.32',
      proxies: { sidecar: 1200, gateway: 2 },
      requestsPerSecond: 1000,
      horizonMs: 152_000,
    },
    change: {
      objects: [
        {
          kind: 'VirtualService',
          namespace: 'shop',
          name: 'shop',
          action: 'update',
          file: 'case/after/shop.yaml',
          line: 12,
          details: ['http[0] v1 → v2'],
        },
      ],
    },
    strategies: [
      newStrategy('simultaneous', [233, 66.54, 73.6, 73.5], seen(31.94, 0.11), { NC: 31, UH: 0.94 }),
      newStrategy('vs-first', [2204, 2041, 2063, 2062], seen(2002.4, 1.2), { NC: 2002.4 }),
      newStrategy('dr-first', [4200, 97.8, 108, 0], NONE, {}),
      newStrategy('readiness-gated', [null, 97.8, 1080, 0], NONE, {}, 0.25),
      newStrategy('weighted', [92_400, 184, 199, 0.42], { mean: 1.5, ci95: [0.2, 4], noneSeen: false }, { '-': 1.5 }),
    ],
    ranking: [
      { group: 1, names: ['dr-first', 'readiness-gated'] },
      { group: 2, names: ['weighted'] },
      { group: 3, names: ['simultaneous'] },
      { group: 4, names: ['vs-first'] },
    ],
    recommended: {
      strategy: 'dr-first',
      why: 'no 5xx in any trial, against 2,002 with vs-first; complete within 4.2 s',
    },
    sensitivity: [
      { parameter: 'traffic.requestsPerSecond', why: 'every count of errors is proportional to it' },
      {
        parameter: 'mesh.services',
        why: 'endpoints of every service stand between the removed cluster and the new route',
      },
    ],
    notModelled: ['retries by callers'],
    warnings: [{ code: 'XDS-X', message: 'host `a|b` has no workload', file: 'case/after/shop.yaml', line: 3 }],
  };
}

const NONE: Estimate = { mean: 0, ci95: [0, 0.0075], noneSeen: true };

function seen(mean: number, half: number): Estimate {
  return { mean, ci95: [mean - half, mean + half], noneSeen: false };
}

function scaled({ mean, ci95: [low, high], noneSeen }: Estimate, factor: number): Estimate {
  return { mean: mean * factor, ci95: [low * factor, high * factor], noneSeen };
}

function newStrategy(
  name: string,
  [complete, inconsistent, inconsistentP95, failing]: readonly [number | null, number, number, number],
  perRollout: Estimate,
  flags: Readonly<Record<string, number>>,
  unsettled = 0,
): StrategyReport {
  const errors = newCounts(perRollout, flags);
  return {
    name,
    label: `${name} in one line`,
    window: {
      propagationMs: newDistribution(inconsistent, inconsistentP95),
      skewMs: newDistribution(inconsistent, inconsistentP95),
      inconsistentMs: newDistribution(inconsistent, inconsistentP95),
      failingMs: newDistribution(failing, failing),
      addMs: newDistribution(null, null),
      removeMs: newDistribution(null, null),
      states: [],
    },
    completeMs: newDistribution(complete, complete),
    unsettledShare: unsettled === 0 ? NONE : seen(unsettled, 0.01),
    errors,
    failures: errors,
    noise: { perRollout: NONE, share: NONE, byFlag: {} },
    chains: [],
    traffic: {
      bySubset: {},
      peakRequestsPerSecondPerEndpoint: newDistribution(150, 160),
      sessionsMovedShare: NONE,
    },
    connections: {
      closedIdle: NONE,
      drained: NONE,
      cut: NONE,
      handshakes: NONE,
      peakHandshakesPerUpstream: newDistribution(0, 0),
      refused: {},
    },
    latency: { addedP99Ms: newDistribution(0, 0) },
    worst: {
      trial: 17,
      errors: perRollout.mean * 1.1,
      command: `xdsim run case --strategy ${name} --trial 17 --seed 1 --set 'traffic.hosts={"shop.shop.svc.cluster.local": 2}'`,
    },
  };
}

function newCounts(perRollout: Estimate, flags: Readonly<Record<string, number>>): FailureCounts {
  const any = perRollout.noneSeen ? NONE : seen(perRollout.mean > 1000 ? 1 : 0.99999, 0);
  return {
    share: scaled(perRollout, 1 / 152_000),
    sharePeakSecond: scaled(perRollout, 1 / 1000),
    perRollout,
    per1000Requests: scaled(perRollout, 1 / 152),
    anyProbability: any,
    byFlag: Object.fromEntries(Object.entries(flags).map(([flag, mean]) => [flag, seen(mean, 0.1)])),
    byCode: perRollout.noneSeen ? {} : { 503: perRollout },
    byHost: {},
    byCause: [],
    byProxyKind: {},
    caller: { perRollout, share: scaled(perRollout, 1 / 152_000), byFlag: {} },
  };
}

function newDistribution(p50: number | null, p95: number | null): Distribution {
  const unknown: [number | null, number | null] = [null, null];
  return {
    mean: p50,
    p50,
    p90: p95,
    p95,
    p99: p95,
    max: p95,
    ci95: { mean: unknown, p50: unknown, p95: unknown, p99: unknown },
    n: p50 === null ? 0 : 400,
  };
}
