/** The model's histograms held against the real ones, bucket by bucket. */
import type { ModelMetrics, Weighted } from './model-metrics.js';
import type { Metrics } from './scrape.js';

export interface Distance {
  readonly metric: string;
  /** Real observations. */
  readonly count: number;
  readonly meanMs: number;
  readonly modelMeanMs: number | null;
  /** Share of the observations up to each bound, in seconds. */
  readonly buckets: readonly { readonly leSeconds: number | null; readonly observed: number; readonly model: number }[];
  /** Largest difference of the shares. */
  readonly largest: number;
}

/** @param debounce of the model; empty: there is nothing to compare pilot_debounce_time with */
export function histogramDistances(metrics: Metrics, model: ModelMetrics, debounce: Weighted): Distance[] {
  const all: [metric: string, labels: Record<string, string>, values: Weighted][] = [
    ...(debounce.length > 0
      ? [['pilot_debounce_time', {}, debounce] as [string, Record<string, string>, Weighted]]
      : []),
    ['pilot_pushcontext_init_seconds', {}, model.pushContextInit],
    ['pilot_proxy_queue_time', {}, model.proxyQueue],
    ['pilot_proxy_convergence_time', {}, model.proxyConvergence],
    ['pilot_xds_push_time', { type: 'cds' }, model.push.cds],
    ['pilot_xds_push_time', { type: 'eds' }, model.push.eds],
    ['pilot_xds_push_time', { type: 'lds' }, model.push.lds],
    ['pilot_xds_push_time', { type: 'rds' }, model.push.rds],
  ];
  return all.flatMap(([metric, labels, values]) => distance(metrics, metric, labels, values) ?? []);
}

function distance(
  metrics: Metrics,
  metric: string,
  labels: Readonly<Record<string, string>>,
  values: Weighted,
): Distance | undefined {
  const histogram = metrics.histogram(metric, labels);
  if (histogram === undefined || histogram.count === 0) return undefined;
  const total = values.reduce((sum, { weight }) => sum + weight, 0);
  const buckets = histogram.buckets.map(({ le, count }) => {
    const within = values.reduce((sum, { ms, weight }) => sum + (ms <= le * 1000 ? weight : 0), 0);
    return {
      leSeconds: le === Infinity ? null : le,
      observed: count / histogram.count,
      model: total === 0 ? 0 : within / total,
    };
  });
  const label = Object.entries(labels).map(([name, value]) => `{${name}="${value}"}`);
  return {
    metric: `${metric}${label.join('')}`,
    count: histogram.count,
    meanMs: (histogram.sum / histogram.count) * 1000,
    modelMeanMs: total === 0 ? null : values.reduce((sum, { ms, weight }) => sum + ms * weight, 0) / total,
    buckets,
    largest: Math.max(0, ...buckets.map(({ observed, model }) => Math.abs(observed - model))),
  };
}
