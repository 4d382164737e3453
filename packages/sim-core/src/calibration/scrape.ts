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

/** A sample, and which istiod it is of. */
type IstiodSample = Sample & { readonly istiod: string };

const START_TIME = 'process_start_time_seconds';
/** What may fall: a counter that does was set back. */
export const GAUGES: ReadonlySet<string> = new Set(['pilot_xds', 'pilot_services', START_TIME]);
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
  START_TIME,
];

/** Labels by which a Prometheus server tells the istiods apart, the surest first. */
const ISTIOD_LABELS = ['pod', 'kubernetes_pod_name', 'instance'];

interface Span {
  /** How many istiods the samples are of. */
  readonly istiods: number;
  /** Over which the counters have grown, in seconds; undefined: not known. */
  readonly seconds: number | undefined;
  /** They have grown since each istiod started. */
  readonly isSinceStart: boolean;
}

export class Metrics {
  constructor(
    readonly source: string,
    private readonly samples: readonly IstiodSample[],
    readonly span: Span,
  ) {}

  /** Sum over the series of a counter or gauge whose labels hold; undefined: there are none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const matching = this.samples.filter((sample) => sample.name === name && hasLabels(sample, labels));
    return matching.length === 0 ? undefined : matching.reduce((total, { value }) => total + value, 0);
  }

  /** The largest that any istiod has, of a gauge that each of them has in full. */
  largest(name: string): number | undefined {
    const found = this.samples.flatMap((sample) => (sample.name === name ? sample.value : []));
    return found.length === 0 ? undefined : Math.max(...found);
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

/**
 * Of each istiod one scrape: everything since it started. Or two: what has come between them. One scrape may be of several
 * istiods as well, where its labels tell them apart.
 */
export function metricsOf(istiods: readonly (readonly Scrape[])[]): Result<Metrics> {
  const read = istiods.map((scrapes) => scrapes.map(onlyRead));
  const errors = read.flat().flatMap((scrape) => [...missingIn(scrape), ...repeatedIn(scrape)]);
  if (errors.length > 0) return fail(...errors);
  const samples: IstiodSample[] = [];
  for (const [at, [first, second]] of read.entries()) {
    const grown = second === undefined ? ok(first.samples) : growthOf(first, second);
    if (!grown.ok) errors.push(...grown.errors);
    else samples.push(...grown.value.map((sample) => ({ ...sample, istiod: `${at} ${istiodOf(sample)}` })));
  }
  if (errors.length > 0) return fail(...errors);
  const [[first, second]] = read;
  const isTimed = first.atSeconds !== undefined && second?.atSeconds !== undefined;
  return ok(
    new Metrics(read.map((scrapes) => scrapes.map(({ source }) => source).join(' → ')).join(', '), samples, {
      istiods: countIstiods(samples),
      seconds: isTimed ? second.atSeconds - first.atSeconds : undefined,
      isSinceStart: second === undefined,
    }),
  );
}

/** Those that have proxies to tell of: an istiod that is gone since has none, but its events count. */
function countIstiods(samples: readonly IstiodSample[]): number {
  const namesOf = (some: readonly IstiodSample[]): number => new Set(some.map(({ istiod }) => istiod)).size;
  return namesOf(samples.filter(({ name }) => name === 'pilot_xds')) || namesOf(samples);
}

function istiodOf({ labels }: Sample): string {
  return ISTIOD_LABELS.map((name) => labels[name]).find((value) => value !== undefined) ?? '';
}

function growthOf(first: Scrape, second: Scrape): Result<readonly Sample[]> {
  const before = new Map(first.samples.map((sample) => [keyOf(sample), sample.value]));
  const grown: Sample[] = [];
  for (const sample of second.samples) {
    const earlier = before.get(keyOf(sample));
    const isRestart = sample.name === START_TIME && earlier !== undefined && earlier !== sample.value;
    const growth = GAUGES.has(sample.name) ? sample.value : sample.value - (earlier ?? 0);
    if (isRestart || growth < 0) return fail(wasReset(first, second, sample, isRestart));
    grown.push({ ...sample, value: growth });
  }
  return ok(grown);
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

/** Added up they would be a mesh twice as large. */
function repeatedIn({ source, samples }: Scrape): UserError[] {
  const seen = new Set<string>();
  for (const sample of samples) {
    const key = keyOf(sample);
    if (seen.has(key)) {
      const hint =
        'Scrapes of several istiods in one file need a label that tells them apart (pod, instance); else give a file each, and --istiods N.';
      return [{ code: 'XDS-METRICS-TWICE', message: `${source} has ${seriesOf(sample)} twice`, hint }];
    }
    seen.add(key);
  }
  return [];
}

function seriesOf({ name, labels }: Sample): string {
  const list = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return list.length === 0 ? name : `${name}{${list.join(',')}}`;
}

function wasReset(first: Scrape, second: Scrape, sample: Sample, isRestart: boolean): UserError {
  return {
    code: 'XDS-METRICS-RESET',
    message: `${seriesOf(sample)} ${isRestart ? 'is another' : 'is smaller'} in ${second.source} than in ${first.source}`,
    hint: 'istiod has restarted in between, or the two are of different pods or in the wrong order. Give the earlier one first, both of one process; of several istiods say so with --istiods N.',
  };
}

function hasLabels(sample: Sample, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([name, value]) => sample.labels[name] === value);
}

function keyOf({ name, labels }: Sample): string {
  return `${name}|${Object.entries(labels).sort().join('|')}`;
}
