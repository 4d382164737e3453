/** Which share of a worker's requests overloaded endpoints fail, over time: what a caller's retry would meet there. */
import type { Moments } from '../endpoint-kinds.js';
import { isFailure, type Outcomes } from '../outcomes.js';
import type { FailingShare } from '../sampled/failing-shares.js';
import { BIN_NS } from '../time-bins.js';
import type { EndpointCourses } from './endpoint-courses.js';

/** A stretch of time in which a worker had a view. */
export interface ViewInterval {
  readonly fromNs: number;
  readonly toNs: number;
  readonly view: number;
}

const CAUSES: ReadonlySet<string> = new Set(['endpoint-overloaded', 'queued-too-long']);

/**
 * A list for each way to fail, in order of time, to a quarter of a second where waits change.
 * @param index of the class in its group
 */
export function overloadShares(
  outcomes: Outcomes,
  courses: EndpointCourses,
  group: number,
  index: number,
  intervals: readonly ViewInterval[],
): readonly (readonly FailingShare[])[] {
  const lists = new Map<string, FailingShare[]>();
  const perSecond = outcomes.classes[group][index].perSecond / outcomes.model.scenario.mesh.workersPerProxy;
  if (perSecond === 0) return [];
  const usually: Moments = (endpoint) => courses.usualMoment(endpoint);
  for (const { view, ...interval } of intervals) {
    for (const { fromNs, toNs } of busyParts(courses, interval.fromNs, interval.toNs)) {
      const moments: Moments = (endpoint) => courses.momentAt(endpoint, (fromNs + toNs) / 2);
      for (const rate of outcomes.ratesAt(group, index, outcomes.views.view(view), moments, usually)) {
        const { bucket } = rate;
        if (!CAUSES.has(bucket.cause) || !isFailure(bucket)) continue;
        const key = JSON.stringify(bucket);
        const list = lists.get(key) ?? [];
        list.push({ fromNs, toNs, bucket, share: rate.perSecond / perSecond });
        lists.set(key, list);
      }
    }
  }
  return [...lists.values()];
}

/** Parts of a time in which some endpoint has a queue or refuses, cut where any of them begins to do otherwise. */
function busyParts(courses: EndpointCourses, fromNs: number, toNs: number) {
  const bounds = new Set([fromNs, toNs]);
  for (const { fromNs: busyNs, toNs: quietNs } of courses.busySpans) {
    const [low, high] = [Math.max(fromNs, busyNs), Math.min(toNs, quietNs)];
    for (let atNs = low; atNs < high; atNs = (Math.floor(atNs / BIN_NS) + 1) * BIN_NS) bounds.add(atNs);
    if (low < high) bounds.add(high);
  }
  const ascending = [...bounds].sort((a, b) => a - b);
  return ascending.slice(1).flatMap((endNs, at) => {
    const part = { fromNs: ascending[at], toNs: endNs };
    const isBusy = courses.busySpans.some((span) => span.fromNs < part.toNs && span.toNs > part.fromNs);
    return isBusy ? [part] : [];
  });
}
