/**
 * A mesh's own numbers from istiod's metrics (istiod.md 10): its size and version, churn where the time is known, and unit
 * costs under which the model's pushes take as long as the real ones.
 */
import { ISTIO_VERSIONS, istioBehaviour, istioVersionOf } from '../scenario/istio-versions.js';
import type { IstiodCosts, Scenario } from '../scenario/types.js';
import { type Distance, histogramDistances } from './histogram-distance.js';
import { type ModelMetrics, meanMs, modelMetrics, type PushMix } from './model-metrics.js';
import type { Metrics } from './scrape.js';

interface Taken {
  /** Path in the scenario file. */
  readonly field: string;
  readonly value: number | string;
  readonly from: string;
}

interface Left {
  readonly field: string;
  readonly why: string;
}

export interface Calibration {
  readonly source: string;
  readonly taken: readonly Taken[];
  readonly left: readonly Left[];
  readonly fit: readonly Distance[];
  /** What must be known to read the numbers rightly. */
  readonly notes: readonly string[];
}

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
/** Larger meshes are fitted on so many proxies: costs are per proxy, and the queue is not what is fitted. */
const PROXIES_MAX = 500;
const SERVICES_MAX = 100_000;

/** @param defaults the scenario that holds where the metrics say nothing */
export function calibrate(metrics: Metrics, defaults: Scenario): Calibration {
  const taken: Taken[] = [];
  const left: Left[] = [];
  const take = (field: string, value: number | string, from: string): void => {
    taken.push({ field, value, from });
  };
  const mesh = { ...defaults.mesh, ...sizeOf(metrics, defaults.mesh.gateways, take, left) };
  churnOf(metrics, take, left);
  const mix = mixOf(metrics);
  const proxies = mesh.sidecars + mesh.gateways;
  const shrink = Math.min(1, PROXIES_MAX / proxies);
  const sample = { ...mesh, sidecars: Math.max(1, Math.round(mesh.sidecars * shrink)), gateways: 0 };
  const scenario: Scenario = { ...defaults, mesh: { ...sample, maxConnectionAgeMin: 'never' } };
  const { istiod, model } = fitCosts(metrics, scenario, mix, take, left);
  left.push(
    { field: 'mesh.istiodCores', why: 'no metric tells how many cores istiod may use; push times depend on it' },
    {
      field: 'mesh.gateways',
      why: 'pilot_xds counts sidecars and gateways together: all others are taken as sidecars',
    },
    { field: 'costs.envoy', why: 'istiod does not see what its messages cost the proxies' },
    { field: 'latencies', why: 'istiod does not see the network and the API server' },
  );
  return {
    source: metrics.source,
    taken,
    left,
    fit: histogramDistances(metrics, model),
    notes: notesOf(metrics, shrink, istiod, model),
  };
}

function sizeOf(
  metrics: Metrics,
  gateways: number,
  take: (field: string, value: number | string, from: string) => void,
  left: Left[],
) {
  const size: { sidecars?: number; services?: number; istio?: string } = {};
  const proxies = metrics.sum('pilot_xds');
  if (proxies === undefined || proxies < 1)
    left.push({ field: 'mesh.sidecars', why: 'no proxy is connected (pilot_xds)' });
  else {
    size.sidecars = Math.max(0, Math.round(proxies) - gateways);
    take('mesh.sidecars', size.sidecars, 'pilot_xds');
  }
  const services = metrics.sum('pilot_services');
  if (services === undefined || services < 1)
    left.push({ field: 'mesh.services', why: 'pilot_services is missing or 0' });
  else {
    size.services = Math.min(SERVICES_MAX, Math.round(services));
    take('mesh.services', size.services, 'pilot_services');
  }
  const versions = metrics.labelValues('pilot_xds', 'version');
  const known = versions.filter((version) => istioVersionOf(version) !== undefined);
  if (versions.length === 1 && known.length === 1) {
    size.istio = known[0];
    take('mesh.istio', known[0], 'pilot_xds{version}');
  } else {
    const why =
      versions.length > 1
        ? `proxies are of several versions (${versions.join(', ')}), and one is modelled`
        : `no version from ${ISTIO_VERSIONS[0].version} on in pilot_xds{version}`;
    left.push({ field: 'mesh.istio', why });
  }
  return size;
}

/** Events per second, from what has come in between two scrapes. */
function churnOf(metrics: Metrics, take: (field: string, value: number, from: string) => void, left: Left[]): void {
  const { seconds } = metrics;
  const kinds = { endpointEventsPerSecond: 'eds', configEventsPerSecond: 'config' } as const;
  for (const [name, type] of Object.entries(kinds)) {
    const field = `churn.${name}`;
    const from = `pilot_inbound_updates{type="${type}"}`;
    const events = metrics.sum('pilot_inbound_updates', { type });
    if (seconds === undefined || seconds <= 0) left.push({ field, why: 'the time between two scrapes is not known' });
    else if (events === undefined) left.push({ field, why: `${from} is missing` });
    else take(field, rounded(events / seconds), from);
  }
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

/** Each type's costs go by the ratio of its mean times, again and again, since what one type takes delays the others. */
function fitCosts(
  metrics: Metrics,
  scenario: Scenario,
  mix: PushMix,
  take: (field: string, value: number, from: string) => void,
  left: Left[],
): { readonly istiod: IstiodCosts; readonly model: ModelMetrics } {
  const observed = new Map<PushType, number>();
  for (const type of TYPES) {
    const histogram = metrics.histogram('pilot_xds_push_time', { type });
    if (histogram !== undefined && histogram.count > 0) observed.set(type, (histogram.sum / histogram.count) * 1000);
    else left.push({ field: `costs.istiod.${type}Us`, why: `pilot_xds_push_time{type="${type}"} has no observation` });
  }
  const factors: Record<PushType, number> = { cds: 1, eds: 1, lds: 1, rds: 1 };
  // Before 1.31 endpoint pushes made no push context.
  const { endpointPushContext } = istioBehaviour(scenario.mesh.istio);
  const context = contextUs(metrics, scenario.costs.istiod, endpointPushContext ? mix.endpoints : 0, take, left);
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
    istiod = scaled(base, factors);
    model = modelMetrics(withIstiod(scenario, istiod), mix);
  }
  for (const type of observed.keys()) {
    for (const cost of COSTS_OF[type]) {
      take(`costs.istiod.${cost}`, rounded(istiod[cost]), `pilot_xds_push_time{type="${type}"}`);
    }
  }
  return { istiod, model };
}

/** One mean for both kinds of push contexts: they keep the proportion that they have to each other. */
function contextUs(
  metrics: Metrics,
  { pushContextUs, pushContextEndpointsUs }: IstiodCosts,
  endpoints: number,
  take: (field: string, value: number, from: string) => void,
  left: Left[],
): Partial<IstiodCosts> {
  const from = 'pilot_pushcontext_init_seconds';
  const histogram = metrics.histogram(from);
  if (histogram === undefined || histogram.count === 0) {
    left.push({ field: 'costs.istiod.pushContextUs', why: `${from} has no observation` });
    return {};
  }
  const expected = endpoints * pushContextEndpointsUs + (1 - endpoints) * pushContextUs;
  const factor = ((histogram.sum / histogram.count) * 1e6) / expected;
  const fitted = {
    pushContextUs: rounded(pushContextUs * factor),
    pushContextEndpointsUs: rounded(pushContextEndpointsUs * factor),
  };
  for (const [name, value] of Object.entries(fitted)) take(`costs.istiod.${name}`, value, from);
  return fitted;
}

function scaled(costs: IstiodCosts, factors: Readonly<Record<PushType, number>>): IstiodCosts {
  const changed: Partial<Record<keyof IstiodCosts, number>> = {};
  for (const type of TYPES) for (const cost of COSTS_OF[type]) changed[cost] = costs[cost] * factors[type];
  return { ...costs, ...changed };
}

function withIstiod(scenario: Scenario, istiod: IstiodCosts): Scenario {
  return { ...scenario, costs: { ...scenario.costs, istiod } };
}

function notesOf(metrics: Metrics, shrink: number, { proxyStateUs }: IstiodCosts, model: ModelMetrics): string[] {
  const notes = [
    'pilot_proxy_convergence_time starts when the push context is ready and ends at the last send: it holds neither the debounce nor what the proxy does.',
    'Most histograms begin at 0.1 s or 0.01 s: faster than that, only their means tell anything.',
    'Push times are wall time and include the wait for a core: the fit lets the model wait as well.',
    `What a proxy costs before its first type (${rounded(proxyStateUs)} µs) is in no metric, and left at its default.`,
  ];
  const cpu = metrics.sum('process_cpu_seconds_total');
  const pushes = metrics.histogram('pilot_proxy_convergence_time')?.count ?? 0;
  if (cpu !== undefined && pushes > 0) {
    const observed = rounded((cpu * 1000) / pushes);
    const own = rounded(model.cpuMs);
    notes.push(
      `istiod has spent ${observed} ms of CPU per push to a proxy on everything it does; the model's pushes take ${own} ms${own > observed ? ', which is too much: its push times were mostly waiting' : ''}.`,
    );
  }
  if (shrink < 1) notes.push(`The fit ran on ${PROXIES_MAX} proxies; its queue is shorter than the mesh's.`);
  if (metrics.seconds === undefined) notes.push('Everything since istiod started counts, its first pushes included.');
  return notes;
}

/** Three digits: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
