/** What must be known to read calibrated numbers rightly. */
import { rounded } from './findings.js';
import type { ModelMetrics } from './model-metrics.js';
import type { Metrics } from './scrape.js';

interface FitSetting {
  readonly proxyStateUs: number;
  /** The fit ran on so many proxies for lack of patience; undefined: on all of one istiod. */
  readonly proxiesMax: number | undefined;
}

export function notesOf(metrics: Metrics, model: ModelMetrics, { proxyStateUs, proxiesMax }: FitSetting): string[] {
  const notes = [
    'pilot_proxy_convergence_time starts when the push context is ready and ends at the last send: it holds neither the debounce nor what the proxy does.',
    'Most histograms begin at 0.1 s or 0.01 s: faster than that, only their means tell anything.',
    'Push times are wall time and include the wait for a core: the fit lets the model wait as well.',
    `What a proxy costs before its first type (${rounded(proxyStateUs)} µs) is in no metric, and left at its default.`,
    ...triggersNote(metrics),
    ...cpuNote(metrics, model),
  ];
  if (proxiesMax !== undefined)
    notes.push(`The fit ran on ${proxiesMax} proxies; its queue is shorter than the mesh's.`);
  if (metrics.span.isSinceStart) notes.push('Everything since istiod started counts, its first pushes included.');
  return notes;
}

/** Causes add up where pushes merge, so they do not tell what was pushed; they tell how much was merged. */
function triggersNote(metrics: Metrics): string[] {
  const name = 'pilot_push_triggers';
  const counts = metrics
    .labelValues(name, 'type')
    .map((type) => ({ type, count: metrics.sum(name, { type }) ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const pushes = metrics.histogram('pilot_proxy_queue_time')?.count ?? 0;
  if (total === 0 || pushes === 0) return [];
  const shares = counts.map(({ type, count }) => `${type} ${rounded((100 * count) / total)} %`);
  const causes = rounded(total / pushes);
  return [
    `A push to a proxy had ${causes} ${causes === 1 ? 'cause' : 'causes'} on average (${name}: ${shares.join(', ')}). What was sent, which costs depend on, is counted by pilot_xds_pushes.`,
  ];
}

function cpuNote(metrics: Metrics, model: ModelMetrics): string[] {
  const cpu = metrics.sum('process_cpu_seconds_total');
  const pushes = metrics.histogram('pilot_proxy_convergence_time')?.count ?? 0;
  if (cpu === undefined || pushes === 0) return [];
  const observed = rounded((cpu * 1000) / pushes);
  const own = rounded(model.cpuMs);
  const tooMuch = own > observed ? ', which is too much: its push times were mostly waiting' : '';
  return [
    `istiod has spent ${observed} ms of CPU per push to a proxy on everything it does; the model's pushes take ${own} ms${tooMuch}.`,
  ];
}
