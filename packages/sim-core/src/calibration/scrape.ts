/**
 * istiod's metrics as counted things: what one scrape shows since the process started, or what has come between two. The
 * text formats stay outside.
 */
import { fail, ok, type Result, type UserError } from '../errors.js';

/** One line of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scrape {
  /** As the user named it. */
  readonly source: string;
  readonly samples: readonly Sample[];
  /** When it was taken, in seconds; undefined: not known. */
  readonly atSeconds?: number;
}

export interface Histogram {
  /** Ascending; cumulative counts. The last is +Inf. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
}

/** Counters that a restart sets back are no growth. */
const GAUGES = new Set(['pilot_xds', 'pilot_services', 'process_start_time_seconds']);
const SUFFIXES = ['_bucket', '_sum', '_count', '_total'];

/** Metrics that calibration reads; the rest of an exposition is left alone. */
const READ = [
  'pilot_debounce_time',
  'pilot_pushcontext_init_seconds',
  'pilot_proxy_queue_time',
  'pilot_xds_push_time',
  'pilot_xds_send_time',
  'pilot_proxy_convergence_time',
  'pilot_xds_pushes',
  'pilot_push_triggers',
  'pilot_inbound_updates',
  'pilot_xds',
  'pilot_services',
  'process_cpu_seconds',
  'process_start_time_seconds',
];

export class Metrics {
  constructor(
    readonly source: string,
    private readonly samples: readonly Sample[],
    /** Over which the counters have grown, in seconds; undefined: not known. */
    readonly seconds: number | undefined,
  ) {}

  /** Sum over the series of a counter or gauge whose labels hold; undefined: there are none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const matching = this.samples.filter((sample) => sample.name === name && hasLabels(sample, labels));
    return matching.length === 0 ? undefined : matching.reduce((total, { value }) => total + value, 0);
  }

  /** Values of a label over the series of a metric. */
  labelValues(name: string, label: string): string[] {
    const found = this.samples.flatMap((sample) => (sample.name === name ? (sample.labels[label] ?? []) : []));
    return [...new Set(found)];
  }

  /** All series of a histogram whose labels hold, added up; undefined: there are none. */
  histogram(name: string, labels: Readonly<Record<string, string>> = {}): Histogram | undefined {
    const counts = new Map<number, number>();
    for (const sample of this.samples) {
      if (sample.name !== `${name}_bucket` || !hasLabels(sample, labels)) continue;
      const le = sample.labels.le === '+Inf' ? Infinity : Number(sample.labels.le);
      counts.set(le, (counts.get(le) ?? 0) + sample.value);
    }
    const count = this.sum(`${name}_count`, labels);
    const sum = this.sum(`${name}_sum`, labels);
    if (counts.size === 0 || count === undefined || sum === undefined) return undefined;
    const buckets = [...counts].map(([le, value]) => ({ le, count: value })).sort((a, b) => a.le - b.le);
    return { buckets, sum, count };
  }
}

/** One scrape: everything since the process started. Two: what has come between them. */
export function metricsOf(scrapes: readonly Scrape[]): Result<Metrics> {
  const [first, second] = scrapes.map(onlyRead);
  const missing = [first, second].flatMap((scrape) => (scrape === undefined ? [] : missingIn(scrape)));
  if (missing.length > 0) return fail(...missing);
  if (second === undefined) return ok(new Metrics(first.source, first.samples, undefined));
  const before = new Map(first.samples.map((sample) => [keyOf(sample), sample.value]));
  const grown: Sample[] = [];
  for (const sample of second.samples) {
    const isGauge = GAUGES.has(sample.name);
    const growth = isGauge ? sample.value : sample.value - (before.get(keyOf(sample)) ?? 0);
    if (growth < 0) return fail(wasReset(first, second, sample));
    grown.push({ ...sample, value: growth });
  }
  const seconds =
    first.atSeconds === undefined || second.atSeconds === undefined ? undefined : second.atSeconds - first.atSeconds;
  return ok(new Metrics(`${first.source} → ${second.source}`, grown, seconds));
}

function onlyRead(scrape: Scrape): Scrape {
  const isRead = ({ name }: Sample): boolean =>
    READ.includes(name) ||
    SUFFIXES.some((suffix) => name.endsWith(suffix) && READ.includes(name.slice(0, -suffix.length)));
  return { ...scrape, samples: scrape.samples.filter(isRead) };
}

function missingIn({ source, samples }: Scrape): UserError[] {
  const needed = ['pilot_xds_push_time', 'pilot_proxy_convergence_time', 'pilot_proxy_queue_time'];
  const absent = needed.filter((name) => !samples.some((sample) => sample.name === `${name}_bucket`));
  if (absent.length === 0) return [];
  return [
    {
      code: 'XDS-METRICS-MISSING',
      message: `${source} has no histogram ${absent.join(', ')}`,
      hint: 'Scrape istiod itself: kubectl -n istio-system exec deploy/istiod -- curl -s localhost:15014/metrics',
    },
  ];
}

function wasReset(first: Scrape, second: Scrape, { name, labels }: Sample): UserError {
  const series = `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;
  return {
    code: 'XDS-METRICS-RESET',
    message: `${series} is smaller in ${second.source} than in ${first.source}`,
    hint: 'istiod has restarted in between, or the two are of different pods or in the wrong order. Give the earlier one first, both of one process.',
  };
}

function hasLabels(sample: Sample, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([name, value]) => sample.labels[name] === value);
}

function keyOf({ name, labels }: Sample): string {
  return `${name}|${Object.entries(labels).sort().join('|')}`;
}
