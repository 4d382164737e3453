/** What istiod's histograms would show of the model: pushes of the kinds that a mesh has seen, in their proportion. */
import { newRootKey } from '../kernel/random.js';
import { msToNs, nsToMs } from '../kernel/time.js';
import type { DestinationRule, ObjectMeta, ServiceObject, VirtualService } from '../manifest/types.js';
import { IstiodMetrics } from '../mesh/istiod-metrics.js';
import { MeshModel } from '../mesh/model.js';
import { newMeshRun } from '../mesh/run.js';
import type { HostEndpoint, PlannedWrite, RolloutPlan } from '../rollout/plan.js';
import type { Scenario } from '../scenario/types.js';

/** A push by what it is of; weights are shares of all pushes to proxies. */
export interface PushMix {
  readonly virtualService: number;
  readonly destinationRule: number;
  readonly endpoints: number;
}

/** Observations in ms, each with its weight. */
export type Weighted = readonly { readonly ms: number; readonly weight: number }[];

export interface ModelMetrics {
  /** CPU time of istiod per push to a proxy. */
  readonly cpuMs: number;
  readonly pushContextInit: Weighted;
  readonly proxyQueue: Weighted;
  readonly proxyConvergence: Weighted;
  readonly push: { readonly cds: Weighted; readonly eds: Weighted; readonly lds: Weighted; readonly rds: Weighted };
}

/** Per kind of push, to all proxies together: a few pushes that a time slice cuts make much of a mean. */
const PUSHES = 3_000;
const TRIALS = { min: 4, max: 50 };
const HORIZON_MS = 120_000;
/** Long enough for hundreds of batches of a busy mesh. */
const CHURN_MS = 600_000;
const HOST = 'calibration.default.svc.cluster.local';

export function modelMetrics(scenario: Scenario, mix: PushMix): ModelMetrics {
  const parts = (Object.entries(mix) as [keyof PushMix, number][]).filter(([, weight]) => weight > 0);
  const observed = parts.flatMap(([kind, weight]) => {
    const model = new MeshModel(scenario, planOf(kind));
    const trials = Math.min(TRIALS.max, Math.max(TRIALS.min, Math.ceil(PUSHES / model.proxies.count)));
    return Array.from({ length: trials }, (_, trial) => ({ weight: weight / trials, ...observe(model, trial) }));
  });
  const weighted = (pick: (metrics: IstiodMetrics) => readonly number[]): Weighted =>
    observed.flatMap(({ weight, metrics }) => pick(metrics).map((ms) => ({ ms, weight })));
  return {
    cpuMs: observed.reduce((sum, { weight, cpuMs }) => sum + weight * cpuMs, 0),
    pushContextInit: weighted((metrics) => metrics.pushContextInitMs),
    proxyQueue: weighted((metrics) => metrics.proxyQueueTimeMs),
    proxyConvergence: weighted((metrics) => metrics.proxyConvergenceTimeMs),
    push: {
      cds: weighted((metrics) => metrics.pushTimeMs[0]),
      eds: weighted((metrics) => metrics.pushTimeMs[1]),
      lds: weighted((metrics) => metrics.pushTimeMs[2]),
      rds: weighted((metrics) => metrics.pushTimeMs[3]),
    },
  };
}

/** pilot_debounce_time under the scenario's churn: how long the events of a batch wait does not depend on the proxies. */
export function debounceTimes(scenario: Scenario): Weighted {
  const quiet = { ...scenario, mesh: { ...scenario.mesh, sidecars: 1, gateways: 0 } };
  const plan = planOf('endpoints');
  const [first] = plan.groups;
  // Churn goes on until the last write has arrived.
  const last = { ...first, start: { afterPreviousMs: CHURN_MS }, writes: planOf('virtualService').groups[0].writes };
  const { metrics } = observe(new MeshModel(quiet, { ...plan, groups: [first, last] }), 0, CHURN_MS + HORIZON_MS);
  return metrics.debounceTimeMs.map((ms) => ({ ms, weight: 1 }));
}

export function meanMs(values: Weighted): number | undefined {
  const total = values.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? undefined : values.reduce((sum, { ms, weight }) => sum + ms * weight, 0) / total;
}

function observe(model: MeshModel, trial: number, horizonMs = HORIZON_MS): { metrics: IstiodMetrics; cpuMs: number } {
  const run = newMeshRun(model, { root: newRootKey('calibration'), trial, horizonNs: msToNs(horizonMs) });
  const metrics = new IstiodMetrics(model, run.contents);
  run.run(metrics);
  return { metrics, cpuMs: nsToMs(run.istiodWorkNs) / model.proxies.count };
}

function planOf(kind: keyof PushMix): RolloutPlan {
  const pod = (id: string): HostEndpoint => ({
    hosts: [HOST],
    endpoint: { id, labels: { version: 'v1' }, namespace: 'default', address: '', ready: true, hasSidecar: true },
  });
  const write: Record<keyof PushMix, PlannedWrite> = {
    virtualService: written(routes('v2')),
    destinationRule: written(rule(['v1', 'v2', 'v3'])),
    endpoints: {
      action: 'apply',
      kind: 'EndpointSlice',
      key: 'Endpoint/default/two',
      object: { type: 'Endpoint', ...pod('two') },
      revision: 'after',
    },
  };
  return {
    strategy: kind,
    initial: {
      virtualServices: [routes('v1')],
      destinationRules: [rule(['v1', 'v2'])],
      gateways: [],
      sidecars: [],
      peerAuthentications: [],
      services: [service()],
      endpoints: [pod('one')],
    },
    groups: [{ label: kind, start: { afterPreviousMs: 0 }, order: 'given', writes: [write[kind]] }],
    readiness: [],
  };
}

function written(object: VirtualService | DestinationRule): PlannedWrite {
  return { action: 'apply', kind: object.type, key: object.meta.key, object, revision: 'after' };
}

const POSITION = { file: 'calibration', line: 1, column: 1 };

function metaOf(kind: string): ObjectMeta {
  return {
    key: `${kind}/default/calibration`,
    apiVersion: 'networking.istio.io/v1',
    kind,
    namespace: 'default',
    name: 'calibration',
    labels: {},
    annotations: {},
    position: POSITION,
    raw: {},
    positionOf: () => POSITION,
  };
}

/** Bound to the mesh and to a gateway that no manifest defines: every proxy is concerned. */
function routes(subset: string): VirtualService {
  const destination = { host: HOST, subset, weight: 100, position: POSITION };
  return {
    type: 'VirtualService',
    meta: metaOf('VirtualService'),
    hosts: [HOST],
    exportTo: ['*'],
    gateways: ['mesh', 'default/any'],
    http: [{ matches: [], destinations: [destination], position: POSITION }],
    tls: [],
    tcp: [],
  };
}

function rule(subsets: readonly string[]): DestinationRule {
  return {
    type: 'DestinationRule',
    meta: metaOf('DestinationRule'),
    host: HOST,
    exportTo: ['*'],
    subsets: subsets.map((name) => ({ name, labels: { version: name }, position: POSITION })),
  };
}

function service(): ServiceObject {
  return {
    type: 'Service',
    meta: metaOf('Service'),
    hosts: [HOST],
    exportTo: ['*'],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    resolution: 'EDS',
    endpoints: [],
  };
}
