/** Rollouts over many clients, and what the lab logged of them: arrivals, spans, istiod's metrics. */
import { ok, type Result } from '../errors.js';
import { newRootKey } from '../kernel/random.js';
import { msToNs, nsToMs } from '../kernel/time.js';
import { IstiodMetrics } from '../mesh/istiod-metrics.js';
import { MeshModel } from '../mesh/model.js';
import { newMeshRun } from '../mesh/run.js';
import type { EnvoyCosts, Preset } from '../scenario/types.js';
import { TraceKind, type TraceSink, XDS_TYPE_NAMES } from '../trace/events.js';
import { FanOut } from '../trace/fan-out.js';
import type { Cell } from './cell.js';
import { lastWriteMs, newCellPlan } from './cell-plan.js';
import { newCellScenario } from './cell-scenario.js';
import type { ResponseShape } from './observation.js';
import { quantilesOf } from './quantiles.js';

/** Hundreds of proxies are a sample of their own. */
const SCALE_TRIALS = 12;
const SETTLE_MS = 30_000;

/** What a client does with a message: it decodes and acknowledges it. Fitted to the host's time beside istiod's. */
const CLIENT_COSTS: EnvoyCosts = {
  cdsUs: 60,
  cdsPerUnchangedUs: 5,
  cdsPerChangedUs: 5,
  edsUs: 30,
  edsPerClusterUs: 1.2,
  ldsUs: 60,
  ldsPerListenerUs: 5,
  rdsUs: 60,
  rdsPerServiceUs: 1,
  rdsPerUnchangedServiceUs: 1,
};

/** Name → value, of one trial; absent where nothing of the kind happened. */
export type ScaleFigures = Readonly<Record<string, number>>;

export interface SimulatedScale {
  /** What each proxy is sent; the same for all. */
  readonly responses: readonly (readonly ResponseShape[])[];
  readonly pushes: number;
  readonly figures: ScaleFigures;
}

export function simulateScale(cell: Cell, preset: Preset, seed: string): Result<readonly SimulatedScale[]> {
  const plan = newCellPlan(cell);
  if (!plan.ok) return plan;
  const costs = { ...preset.costs, envoy: CLIENT_COSTS };
  const scenario = newCellScenario(cell, { ...preset, costs }, seed, SCALE_TRIALS);
  const model = new MeshModel(scenario, plan.value);
  const horizonNs = msToNs(lastWriteMs(cell) + SETTLE_MS);
  const root = newRootKey(seed);
  return ok(
    Array.from({ length: SCALE_TRIALS }, (_, trial) => {
      const run = newMeshRun(model, { root, trial, horizonNs });
      const clients = new ClientLog(model.proxies.count, (id) => {
        const { type, resources, removed } = run.contents.content(id);
        return [XDS_TYPE_NAMES[type], resources, removed];
      });
      const metrics = new IstiodMetrics(model, run.contents);
      run.run(new FanOut([clients, metrics]));
      const cpuMs = nsToMs(run.istiodWorkNs) / model.proxies.count;
      return {
        responses: clients.responses,
        pushes: metrics.debounceTimeMs.length,
        figures: { ...clients.figures(), ...metricFigures(metrics), 'CPU per proxy': cpuMs },
      };
    }),
  );
}

/** Messages as the clients read them. */
class ClientLog implements TraceSink {
  readonly responses: ResponseShape[][];
  private readonly arrivalsMs: { readonly [type: string]: number[] } = { CDS: [], EDS: [], LDS: [], RDS: [] };
  private readonly firstNs: Float64Array;
  private readonly lastNs: Float64Array;

  constructor(
    proxies: number,
    private readonly shapeOf: (content: number) => ResponseShape,
  ) {
    this.responses = Array.from({ length: proxies }, () => []);
    this.firstNs = new Float64Array(proxies).fill(Number.NaN);
    this.lastNs = new Float64Array(proxies);
  }

  emit(kind: TraceKind, timeNs: number, p: number, a: number): void {
    if (kind !== TraceKind.ResponseStarted) return;
    const shape = this.shapeOf(a);
    this.responses[p].push(shape);
    this.arrivalsMs[shape[0]].push(nsToMs(timeNs));
    if (Number.isNaN(this.firstNs[p])) this.firstNs[p] = timeNs;
    this.lastNs[p] = timeNs;
  }

  figures(): Record<string, number> {
    const figures: Record<string, number> = {};
    for (const [type, times] of Object.entries(this.arrivalsMs)) {
      const quantiles = quantilesOf(times);
      if (quantiles === undefined) continue;
      figures[`${type} p50`] = quantiles.p50;
      figures[`${type} p90`] = quantiles.p90;
      figures[`${type} last`] = times.reduce((last, time) => Math.max(last, time), 0);
    }
    const spans = [...this.firstNs].flatMap((first, p) =>
      Number.isNaN(first) ? [] : [nsToMs(this.lastNs[p] - first)],
    );
    const span = quantilesOf(spans);
    return span === undefined ? figures : { ...figures, 'span p50': span.p50, 'span p90': span.p90 };
  }
}

function metricFigures(metrics: IstiodMetrics): Record<string, number> {
  const [cds, eds, lds, rds] = metrics.pushTimeMs;
  const all = {
    debounce_time: metrics.debounceTimeMs,
    pushcontext_init: metrics.pushContextInitMs,
    proxy_queue_time: metrics.proxyQueueTimeMs,
    proxy_convergence_time: metrics.proxyConvergenceTimeMs,
    push_cds: cds,
    push_eds: eds,
    push_lds: lds,
    push_rds: rds,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, values]) =>
      values.length === 0 ? [] : [[name, values.reduce((sum, value) => sum + value, 0) / values.length]],
    ),
  );
}
