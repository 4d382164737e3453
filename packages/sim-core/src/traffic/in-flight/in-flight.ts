/**
 * Requests whose end depends on what happens after they were sent: exact. A worker's view is constant between two events,
 * what endpoints do to a request is not, so that the rates at which requests end are integrated over time (for each view,
 * once for all workers that have it). Gives the difference to the integral that knows views alone (exposure.ts).
 */
import { type AddComponent, Antiderivative } from '../../kernel/antiderivative.js';
import type { Moments } from '../endpoint-kinds.js';
import type { IntervalListener } from '../exposure.js';
import { type Bucket, isFailure, type Outcomes } from '../outcomes.js';
import { BIN_NS, type Span, TimeBins, type TimedFailures } from '../time-bins.js';
import type { View } from '../views.js';
import { edgesOf } from './edges.js';
import type { EndpointCourses } from './endpoint-courses.js';

/** Requests of a class at a worker that were in flight to a pod when it stopped, and failed of it. */
export interface CutRequests {
  readonly atNs: number;
  readonly proxy: number;
  readonly worker: number;
  /** Request class of the proxy's group. */
  readonly index: number;
  readonly bucket: Bucket;
  readonly expected: number;
}

export interface InFlightTotals {
  /** By how much the expected requests of a bucket differ; they add up to 0. */
  readonly differences: readonly { readonly bucket: Bucket; readonly expected: number }[];
  readonly cut: readonly CutRequests[];
  /** Failures that go on for a time. */
  readonly timed: readonly TimedFailures[];
  /** While there are more than a few of them. */
  readonly failingSpans: readonly Span[];
  /** To the end of the rollout. */
  readonly lasts: boolean;
}

export const NOTHING_IN_FLIGHT: InFlightTotals = {
  differences: [],
  cut: [],
  timed: [],
  failingSpans: [],
  lasts: false,
};

/** Times in which workers of a group had the same view. */
interface Stretches {
  readonly group: number;
  readonly view: number;
  /** proxy, worker, fromNs, toNs of one after the other. */
  readonly numbers: number[];
}

/** What a component of the integral counts. */
interface Component {
  readonly index: number;
  readonly bucket: Bucket;
}

export class InFlight {
  /** By outcome. */
  private readonly stretches = new Map<number, Stretches>();

  constructor(private readonly outcomes: Outcomes) {}

  /** Only pods that go and endpoints with a capacity do anything that views do not show. */
  static isNeeded({ model: { scenario, writes } }: Outcomes): boolean {
    const hasCapacity = scenario.traffic.endpointCapacityPerSecond !== undefined;
    return hasCapacity || writes.some(({ rollout }) => rollout !== undefined && rollout.removed.length > 0);
  }

  readonly onInterval: IntervalListener = (proxy, worker, view, fromNs, toNs) => {
    const group = this.outcomes.model.proxies.groupOf[proxy];
    const id = this.outcomes.idOf(group, view);
    const known = this.stretches.get(id);
    // What was sent before the first write is in flight as well; as much is when the horizon comes, and does not count.
    const sinceNs = fromNs === 0 ? Number.NEGATIVE_INFINITY : fromNs;
    if (known === undefined) this.stretches.set(id, { group, view, numbers: [proxy, worker, sinceNs, toNs] });
    else known.numbers.push(proxy, worker, sinceNs, toNs);
  };

  /** After the last interval. */
  finish(courses: EndpointCourses, horizonNs: number): InFlightTotals {
    const sums = new Map<string, { readonly bucket: Bucket; expected: number }>();
    const cut: CutRequests[] = [];
    const timed = new Map<string, TimedFailures>();
    if (courses.isEmpty) return NOTHING_IN_FLIGHT;
    for (const { group, view: id, numbers } of this.stretches.values()) {
      const view = this.outcomes.views.view(id);
      const { edges, classes, stopsNs } = edgesOf(this.outcomes, courses, group, view, rangeOf(numbers));
      if (edges.length < 2) continue;
      const components: Component[] = [];
      const rates = new Antiderivative(edges, this.differenceAt(courses, group, view, classes, components));
      const inAll: number[] = [];
      const binsAt: TimeBins[] = [];
      for (let at = 0; at < numbers.length; at += 4) {
        const [proxy, worker, fromNs, toNs] = numbers.slice(at, at + 4);
        rates.between(fromNs, toNs, (component, perSecondNs) => {
          const { index, bucket } = components[component];
          const expected = perSecondNs / NS_PER_SECOND;
          inAll[component] = (inAll[component] ?? 0) + expected;
          if (bucket.cause !== 'pod-killed' || !isFailure(bucket)) return;
          // Clients see that a pod takes nothing any more by the time it stops.
          const atNs = stopsNs.find((stopNs) => stopNs >= toNs) ?? toNs;
          cut.push({ atNs, proxy, worker, index, bucket, expected });
        });
      }
      inAll.forEach((expected, component) => {
        add(sums, components[component].bucket, expected);
      });
      forEachBin(numbers, edges, (fromNs, toNs, count) => {
        rates.between(fromNs, toNs, (component, perSecondNs) => {
          const { bucket } = components[component];
          if (!isFailure(bucket) || bucket.cause === 'pod-killed') return;
          binsAt[component] ??= binsOf(timed, bucket);
          binsAt[component].add(fromNs, (count * perSecondNs) / NS_PER_SECOND);
        });
      });
    }
    const ignored = IGNORED * this.outcomes.model.scenario.traffic.requestsPerSecond;
    const all = new TimeBins();
    for (const { bins } of timed.values()) all.addAll(bins);
    const clear = all.above(2 * ignored);
    return {
      differences: [...sums.values()],
      cut,
      timed: [...timed.values()],
      failingSpans: clear.spansUpTo(horizonNs),
      lasts: clear.lastsTo(horizonNs),
    };
  }

  /** Rates of a worker at a moment, less those that its view alone has; fills in what the components are. */
  private differenceAt(
    courses: EndpointCourses,
    group: number,
    view: View,
    classes: readonly number[],
    components: Component[],
  ): (timeNs: number, add: AddComponent) => void {
    const { outcomes } = this;
    const numbers = new Map<string, number>();
    const numberOf = (index: number, bucket: Bucket): number => {
      const key = `${index} ${JSON.stringify(bucket)}`;
      let number = numbers.get(key);
      if (number === undefined) {
        number = components.push({ index, bucket }) - 1;
        numbers.set(key, number);
      }
      return number;
    };
    const usual = classes.map((index) => outcomes.ratesAt(group, index, view));
    return (timeNs, tell) => {
      const moments: Moments = (endpoint) => courses.momentAt(endpoint, timeNs);
      const usually: Moments = (endpoint) => courses.usualMoment(endpoint);
      classes.forEach((index, at) => {
        for (const { bucket, perSecond } of usual[at]) tell(numberOf(index, bucket), -perSecond);
        for (const { bucket, perSecond } of outcomes.ratesAt(group, index, view, moments, usually)) {
          tell(numberOf(index, bucket), perSecond);
        }
      });
    };
  }
}

const NS_PER_SECOND = 1e9;

/** Share of all requests that may fail without being noticed as a time of failures. */
const IGNORED = 1e-6;

function rangeOf(numbers: readonly number[]): readonly [fromNs: number, toNs: number] {
  let [fromNs, toNs] = [Number.POSITIVE_INFINITY, 0];
  for (let at = 0; at < numbers.length; at += 4) {
    fromNs = Math.min(fromNs, numbers[at + 2]);
    toNs = Math.max(toNs, numbers[at + 3]);
  }
  return [fromNs, toNs];
}

function binsOf(timed: Map<string, TimedFailures>, bucket: Bucket): TimeBins {
  const key = JSON.stringify(bucket);
  let known = timed.get(key);
  if (known === undefined) {
    known = { bucket, bins: new TimeBins() };
    timed.set(key, known);
  }
  return known.bins;
}

function add(sums: Map<string, { readonly bucket: Bucket; expected: number }>, bucket: Bucket, expected: number): void {
  const key = JSON.stringify(bucket);
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { bucket, expected });
  else sum.expected += expected;
}

/** Parts of bins (TimeBins) within the edges, and how many of the stretches cover each: whole bins are told once. */
function forEachBin(
  numbers: readonly number[],
  edges: readonly number[],
  tell: (fromNs: number, toNs: number, stretches: number) => void,
): void {
  const [lowNs, highNs] = [Math.max(0, edges[0]), edges[edges.length - 1]];
  const [lowBin, bins] = [Math.floor(lowNs / BIN_NS), Math.ceil(highNs / BIN_NS)];
  if (!(lowNs < highNs)) return;
  /** Stretches that begin or cease to cover a bin. */
  const steps = new Int32Array(bins - lowBin + 1);
  for (let at = 0; at < numbers.length; at += 4) {
    const [fromNs, toNs] = [Math.max(lowNs, numbers[at + 2]), Math.min(highNs, numbers[at + 3])];
    if (!(fromNs < toNs)) continue;
    const [first, last] = [Math.ceil(fromNs / BIN_NS), Math.floor(toNs / BIN_NS)];
    if (first > last) {
      tell(fromNs, toNs, 1);
      continue;
    }
    if (fromNs < first * BIN_NS) tell(fromNs, first * BIN_NS, 1);
    if (last * BIN_NS < toNs) tell(last * BIN_NS, toNs, 1);
    steps[first - lowBin]++;
    steps[last - lowBin]--;
  }
  let covering = 0;
  for (let bin = lowBin; bin < bins; bin++) {
    covering += steps[bin - lowBin];
    if (covering > 0) tell(bin * BIN_NS, (bin + 1) * BIN_NS, covering);
  }
}
