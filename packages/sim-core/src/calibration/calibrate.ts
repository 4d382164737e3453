/**
 * A mesh's own numbers from istiod's metrics (istiod.md 10): its size and version, churn where the time is known, and unit
 * costs under which the model's pushes take as long as the real ones.
 */
import type { Scenario } from '../scenario/types.js';
import { Findings, type Left, rounded, type Taken } from './findings.js';
import { fitCosts } from './fit-costs.js';
import { type Distance, histogramDistances } from './histogram-distance.js';
import { withMeshFound } from './mesh-found.js';
import { debounceTimes, type PushMix } from './model-metrics.js';
import { notesOf } from './notes.js';
import type { Metrics } from './scrape.js';

export interface Calibration {
  readonly source: string;
  readonly taken: readonly Taken[];
  readonly left: readonly Left[];
  readonly fit: readonly Distance[];
  /** What must be known to read the numbers rightly. */
  readonly notes: readonly string[];
}

/** Larger meshes are fitted on so many proxies: costs are per proxy, and the queue is not what is fitted. */
const PROXIES_MAX = 500;

/** A bucket of pilot_xds_send_time that no send reaches unless the proxy is slow to read. */
const SLOW_SEND_SECONDS = 1;

/** @param defaults the scenario that holds where the metrics say nothing; what the user has set of it goes over them */
export function calibrate(metrics: Metrics, defaults: Scenario): Calibration {
  const findings = new Findings(defaults);
  const scenario = withMeshFound(defaults, metrics, findings);
  const sample = sampleOf(scenario, findings.isSet('mesh.gateways'));
  const { istiod, model } = fitCosts(metrics, sample.scenario, mixOf(metrics), findings);
  const debounce = isBusy(scenario)
    ? debounceTimes({ ...scenario, mesh: sample.scenario.mesh, costs: { ...scenario.costs, istiod } })
    : [];
  leaveUntold(metrics, findings, isBusy(scenario));
  return {
    source: metrics.source,
    taken: findings.taken,
    left: findings.left,
    fit: histogramDistances(metrics, model, debounce),
    notes: notesOf(metrics, model, {
      proxyStateUs: istiod.proxyStateUs,
      proxiesMax: sample.isSmaller ? PROXIES_MAX : undefined,
    }),
  };
}

/** One istiod in peace, with its own share of the proxies. */
function sampleOf(scenario: Scenario, areGatewaysKnown: boolean): { scenario: Scenario; isSmaller: boolean } {
  const { mesh } = scenario;
  const share = 1 / mesh.istiodReplicas;
  const shrink = Math.min(1, PROXIES_MAX / ((mesh.sidecars + mesh.gateways) * share));
  const ofOne = (count: number): number => Math.round(count * share * shrink);
  return {
    scenario: {
      ...scenario,
      churn: { endpointEventsPerSecond: 0, configEventsPerSecond: 0 },
      mesh: {
        ...mesh,
        sidecars: Math.max(1, ofOne(mesh.sidecars)),
        // Unless somebody knows how many there are, all are taken as sidecars.
        gateways: areGatewaysKnown ? ofOne(mesh.gateways) : 0,
        istiodReplicas: 1,
        maxConnectionAgeMin: 'never',
      },
    },
    isSmaller: shrink < 1,
  };
}

function isBusy({ churn }: Scenario): boolean {
  return churn.endpointEventsPerSecond + churn.configEventsPerSecond > 0;
}

/**
 * Of which kinds the pushes were, by the types that were sent: a VirtualService sends no EDS, endpoints nothing else. Of
 * both together, pilot_proxy_convergence_time counts each push once.
 */
function mixOf(metrics: Metrics): PushMix {
  const [cds, eds] = ['cds', 'eds'].map(
    (type) =>
      metrics.sum('pilot_xds_pushes', { type }) ?? metrics.histogram('pilot_xds_push_time', { type })?.count ?? 0,
  );
  const pushes = Math.max(cds, eds, metrics.histogram('pilot_proxy_convergence_time')?.count ?? 0);
  if (pushes === 0) return { virtualService: 0, destinationRule: 1, endpoints: 0 };
  const [virtualService, endpoints] = [pushes - eds, pushes - cds].map((count) => count / pushes);
  return { virtualService, destinationRule: Math.max(0, 1 - virtualService - endpoints), endpoints };
}

/** What no metric tells, or not well enough to take it. */
function leaveUntold(metrics: Metrics, findings: Findings, isBusy: boolean): void {
  findings.leave(
    'mesh.istiodCores',
    'no metric tells how many cores istiod may use; push and queue times depend on it',
  );
  findings.leave('debounce', debounceText(metrics, isBusy));
  findings.leave('costs.envoy', 'istiod does not see what its messages cost the proxies');
  findings.leave('latencies', 'istiod does not see the network and the API server');
  findings.leave('faults.slowProxies', slowSendsText(metrics));
}

function debounceText(metrics: Metrics, isBusy: boolean): string {
  const setting = 'PILOT_DEBOUNCE_AFTER and PILOT_DEBOUNCE_MAX are in no metric';
  if (metrics.histogram('pilot_debounce_time') === undefined) return setting;
  return isBusy
    ? `${setting}; what they make of the churn is compared with pilot_debounce_time`
    : `${setting}, and without churn there is nothing to compare pilot_debounce_time with`;
}

/** A send that blocks is a proxy that does not read; which one, no label says. */
function slowSendsText(metrics: Metrics): string {
  const metric = 'pilot_xds_send_time';
  const histogram = metrics.histogram(metric);
  if (histogram === undefined || histogram.count === 0) return `${metric} has no observation`;
  const within = histogram.buckets.find(({ le }) => le >= SLOW_SEND_SECONDS)?.count ?? histogram.count;
  const percent = rounded(100 * (1 - within / histogram.count));
  if (percent <= 0) return `every send was over within ${SLOW_SEND_SECONDS} s (${metric})`;
  return `${percent} % of sends took longer than ${SLOW_SEND_SECONDS} s (${metric}); to which proxies, no metric tells`;
}
