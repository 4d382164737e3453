/** Moments between which the rates of requests that are in flight are smooth in time: the panels of an integral. */
import { tailEdges } from '../../kernel/distribution.js';
import { connectionEnd } from '../endpoint-kinds.js';
import type { Outcomes } from '../outcomes.js';
import { retryRules } from '../retries.js';
import type { Forward } from '../routing.js';
import type { View } from '../views.js';
import type { EndpointCourses } from './endpoint-courses.js';

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
    let isConcerned = false;
    for (const { cluster } of decision.parts) {
      for (const endpoint of servingWithCourse(outcomes, courses, view, cluster)) {
        const stop = courses.stopOf(endpoint);
        if (stop === undefined) continue;
        const ages = agesMs(outcomes, decision, view.spec[cluster], tailEdges(outcomes.upstreams[endpoint].durationMs));
        if (stop.atNs - ages[ages.length - 1] * NS_PER_MS >= toNs || stop.atNs <= fromNs) continue;
        isConcerned = true;
        stopsNs.add(stop.atNs);
        for (const age of [0, ...ages]) edges.add(Math.min(toNs, Math.max(fromNs, stop.atNs - age * NS_PER_MS)));
      }
    }
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
        courses.stopOf(endpoint) !== undefined &&
        connectionEnd(model, view.spec[cluster], endpoint, view.conditions).ending === 'served',
    );
}

/**
 * How old a request can be when the pod of one of its tries stops, as far as that makes a difference: what a try takes, or
 * its timeout, with the tries before it that have timed out; and what a retry has left of the request's timeout.
 */
function agesMs(
  { model, istio }: Outcomes,
  { retries, timeoutMs }: Forward,
  spec: number,
  durations: readonly number[],
): number[] {
  const { retries: most, perTryTimeoutMs } = retryRules(
    retries,
    istio,
    model.clusters.policyOf(spec).hashKey !== undefined,
  );
  const isTimed = perTryTimeoutMs < Number.POSITIVE_INFINITY;
  const ofTry = isTimed ? [...durations.filter((ms) => ms < perTryTimeoutMs), perTryTimeoutMs] : durations;
  const ages: number[] = [];
  for (let before = 0; before <= (isTimed ? most : 0); before++) {
    const beforeMs = isTimed ? before * perTryTimeoutMs : 0;
    for (const ms of ofTry) {
      ages.push(beforeMs + ms);
      if (most > 0 && timeoutMs < Number.POSITIVE_INFINITY) ages.push(timeoutMs - beforeMs - ms);
    }
  }
  const within = ages.filter((ms) => ms > 0 && ms < timeoutMs);
  if (within.length < ages.length && timeoutMs < Number.POSITIVE_INFINITY) within.push(timeoutMs);
  return [...new Set(within)].sort((a, b) => a - b);
}
