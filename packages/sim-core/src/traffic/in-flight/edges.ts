/** Moments between which the rates of requests that are in flight are smooth in time: the panels of an integral. */
import { tailEdges } from '../../kernel/distribution.js';
import { connectionEnd } from '../endpoint-kinds.js';
import type { Outcomes } from '../outcomes.js';
import { retryRules } from '../retries.js';
import type { Forward } from '../routing.js';
import type { View } from '../views.js';
import type { EndpointCourses } from './endpoint-courses.js';
import { isQuiet, type QueuePoint } from './endpoint-queues.js';

export interface InFlightEdges {
  /** In ns, ascending; fewer than two: nothing befalls requests of this view. */
  readonly edges: readonly number[];
  /** Request classes of the group that are sent to endpoints with a course. */
  readonly classes: readonly number[];
  /** When pods stop that the view sends requests to, ascending. */
  readonly stopsNs: readonly number[];
}

const NS_PER_MS = 1e6;

/** @param range in which workers of the group have the view */
export function edgesOf(
  outcomes: Outcomes,
  courses: EndpointCourses,
  group: number,
  view: View,
  [fromNs, toNs]: readonly [fromNs: number, toNs: number],
): InFlightEdges {
  const edges = new Set<number>();
  const classes: number[] = [];
  const stopsNs = new Set<number>();
  outcomes.decisionsOf(view.routes).forEach((decision, index) => {
    if (decision.kind !== 'forward' || outcomes.classes[group][index].perSecond === 0) return;
    const concerning = decision.parts.flatMap(({ cluster }) =>
      servingWithCourse(outcomes, courses, view, cluster).flatMap((endpoint) => {
        const durations = tailEdges(outcomes.upstreams[endpoint].durationMs);
        const limits = limitsOf(outcomes, decision, view.spec[cluster]);
        const stop = courses.stopOf(endpoint);
        const queue = courses.queueOf(endpoint);
        const edgesOfQueue = queueEdges(queue, limits, durations);
        if (stop === undefined) return edgesOfQueue;
        stopsNs.add(stop.atNs);
        const longestMs = Math.max(0, ...queue.map(({ waitMs }) => waitMs));
        const waited = longestMs > 0 ? durations.map((ms) => ms + longestMs) : [];
        const ages = agesMs(limits, [...durations, ...waited]);
        return [...ages.map((age) => stop.atNs - age * NS_PER_MS), ...edgesOfQueue];
      }),
    );
    const isConcerned = concerning.length > 0 && Math.min(...concerning) < toNs && Math.max(...concerning) > fromNs;
    if (isConcerned) for (const atNs of concerning) edges.add(Math.min(toNs, Math.max(fromNs, atNs)));
    if (isConcerned) classes.push(index);
  });
  const ascending = (a: number, b: number): number => a - b;
  return { edges: [...edges].sort(ascending), classes, stopsNs: [...stopsNs].sort(ascending) };
}

function servingWithCourse(outcomes: Outcomes, courses: EndpointCourses, view: View, cluster: number): number[] {
  const { model } = outcomes;
  if (cluster < 0 || view.spec[cluster] === 0) return [];
  return model.endpoints.sets
    .members(view.endpoints[cluster])
    .filter(
      (endpoint) =>
        courses.has(endpoint) &&
        connectionEnd(model, view.spec[cluster], endpoint, view.conditions).ending === 'served',
    );
}

/** What ends tries of a route early. */
interface Limits {
  /** How many of them may come before the last, each after a timeout of its own. */
  readonly retries: number;
  /** Infinity: none. */
  readonly perTryMs: number;
  readonly timeoutMs: number;
}

function limitsOf({ model, istio }: Outcomes, { retries: policy, timeoutMs }: Forward, spec: number): Limits {
  const isHashed = model.clusters.policyOf(spec).hashKey !== undefined;
  const { retries, perTryTimeoutMs } = retryRules(policy, istio, isHashed);
  return { retries, perTryMs: perTryTimeoutMs, timeoutMs };
}

/** How long after the start of a request its tries can begin that follow timeouts. */
function startsMs({ retries, perTryMs }: Limits): number[] {
  return perTryMs === Infinity ? [0] : Array.from({ length: retries + 1 }, (_, before) => before * perTryMs);
}

/**
 * How old a request can be when the pod of one of its tries stops, as far as that makes a difference: what a try takes, or
 * its timeout, with the tries before it that have timed out; and what a retry has left of the request's timeout.
 */
function agesMs(limits: Limits, durations: readonly number[]): number[] {
  const { retries, perTryMs, timeoutMs } = limits;
  const ofTry = perTryMs === Infinity ? durations : [...durations.filter((ms) => ms < perTryMs), perTryMs];
  const ages = startsMs(limits).flatMap((startMs) =>
    ofTry.flatMap((ms) => [startMs + ms, ...(retries > 0 && timeoutMs < Infinity ? [timeoutMs - startMs - ms] : [])]),
  );
  const within = ages.filter((ms) => ms > 0 && ms < timeoutMs);
  return [0, ...within, ...(within.length < ages.length && timeoutMs < Infinity ? [timeoutMs] : [])];
}

/** Moments at which the wait of a queue begins to change otherwise, or leaves as much of a limit as a request may take. */
function queueEdges(points: readonly QueuePoint[], limits: Limits, durations: readonly number[]): number[] {
  const left = startsMs(limits).map((startMs) => limits.timeoutMs - startMs);
  const crossed = [limits.perTryMs, ...left]
    .filter((ms) => ms > 0 && ms < Infinity)
    .flatMap((limit) => [0, ...durations].map((ms) => limit - ms));
  return points.flatMap((point, at) => {
    const next = points[at + 1];
    if (next === undefined || (isQuiet(point) && isQuiet(next))) return [];
    // Without a limit a wait makes no difference.
    if (crossed.length === 0 && point.refusedShare === 0) return [];
    const slope = (next.waitMs - point.waitMs) / (next.atNs - point.atNs);
    const [low, high] = [point, next].map(({ waitMs }) => waitMs).sort((a, b) => a - b);
    const inside = crossed.filter((waitMs) => waitMs > low && waitMs < high);
    return [point.atNs, ...inside.map((waitMs) => point.atNs + (waitMs - point.waitMs) / slope), next.atNs];
  });
}
