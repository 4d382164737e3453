/**
 * A VirtualService between before and after: the destinations of each corresponding route, HTTP, TLS or TCP, take their
 * weights from both, `percent` of them from after. Everything else is before's until the last step.
 */
import { deepEqual } from '../manifest/deep-equal.js';
import { type Fields, fieldOf, isFields, listOf } from '../manifest/object-source.js';
import { LAYERS, type Layer } from '../manifest/route-details.js';
import type { RouteDestination, VirtualService } from '../manifest/types.js';

interface WeightedDestination {
  readonly destination: RouteDestination;
  /** The destination as written. */
  readonly raw: Fields;
}

/** before itself when no route can be weighted. */
export function virtualServiceAt(before: VirtualService, after: VirtualService, percent: number): VirtualService {
  let mixed = before;
  for (const layer of LAYERS) mixed = layerAt(mixed, before, after, layer, percent);
  return mixed;
}

/** `so far` with the routes of one more layer mixed. */
function layerAt(
  soFar: VirtualService,
  before: VirtualService,
  after: VirtualService,
  layer: Layer,
  percent: number,
): VirtualService {
  const rawRoutes = listOf(fieldOf(before.meta.raw, 'spec', layer));
  const pairs = correspondingRoutes(before[layer], after[layer]);
  const mixed = before[layer].map((_, at) => {
    const partner = pairs.get(at);
    if (partner === undefined) return undefined;
    return mixedDestinations(written(before, layer, at), written(after, layer, partner), percent);
  });
  if (mixed.every((destinations) => destinations === undefined)) return soFar;
  const routes = before[layer].map((route, at) => {
    const destinations = mixed[at]?.map(({ destination }) => destination);
    return destinations === undefined ? route : { ...route, destinations };
  });
  const rawMixed = rawRoutes.map((raw, at) => {
    const route = mixed[at]?.map((item) => item.raw);
    return route === undefined || !isFields(raw) ? raw : { ...raw, route };
  });
  const spec: Fields = isFields(soFar.meta.raw.spec) ? soFar.meta.raw.spec : {};
  const raw = { ...soFar.meta.raw, spec: { ...spec, [layer]: rawMixed } };
  return { ...soFar, meta: { ...soFar.meta, raw }, [layer]: routes };
}

/** A route of any layer, as far as two of them can correspond. */
interface Route {
  readonly name?: string;
  readonly matches: readonly unknown[];
}

/** before index → after index: the route of the same name, or else with the same match. */
function correspondingRoutes(before: readonly Route[], after: readonly Route[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  const pair = (isPartner: (route: Route, candidate: Route) => boolean) => {
    before.forEach((route, at) => {
      if (pairs.has(at)) return;
      const found = after.findIndex((candidate, index) => !taken.has(index) && isPartner(route, candidate));
      if (found < 0) return;
      pairs.set(at, found);
      taken.add(found);
    });
  };
  pair((route, candidate) => route.name !== undefined && route.name === candidate.name);
  pair((route, candidate) => deepEqual(route.matches, candidate.matches));
  return pairs;
}

function written(service: VirtualService, layer: Layer, at: number): WeightedDestination[] {
  const rawRoute = listOf(fieldOf(service.meta.raw, 'spec', layer))[at];
  const rawDestinations = listOf(fieldOf(rawRoute, 'route'));
  return service[layer][at].destinations.map((destination, index) => {
    const raw = rawDestinations[index];
    return { destination, raw: isFields(raw) ? raw : {} };
  });
}

/** undefined when there is nothing to weigh: a redirect, no weight at all, or the same shares on both sides. */
function mixedDestinations(
  before: readonly WeightedDestination[],
  after: readonly WeightedDestination[],
  percent: number,
): WeightedDestination[] | undefined {
  const sumBefore = sumOf(before);
  const sumAfter = sumOf(after);
  if (sumBefore === 0 || sumAfter === 0) return undefined;
  const keys = [...new Set([...before, ...after].map(({ destination }) => keyOf(destination)))];
  // Whole numbers in exact proportion: the weights of both sides on a common scale.
  const oldShares = keys.map((key) => weightOf(before, key) * sumAfter);
  const newShares = keys.map((key) => weightOf(after, key) * sumBefore);
  if (deepEqual(oldShares, newShares)) return undefined;
  const weights = inLowestTerms(oldShares.map((share, i) => share * (100 - percent) + newShares[i] * percent));
  return keys.flatMap((key, i) => {
    const origin = [...before, ...after].find(({ destination }) => keyOf(destination) === key);
    if (origin === undefined || weights[i] === 0) return [];
    const weight = weights[i];
    return [{ destination: { ...origin.destination, weight }, raw: { ...origin.raw, weight } }];
  });
}

/** Percent where whole percents are exact, as people write weights. */
function inLowestTerms(weights: readonly number[]): number[] {
  const divisor = weights.reduce(greatestCommonDivisor, 0);
  const lowest = weights.map((weight) => weight / divisor);
  const sum = lowest.reduce((total, weight) => total + weight, 0);
  return 100 % sum === 0 ? lowest.map((weight) => (weight * 100) / sum) : lowest;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function sumOf(items: readonly WeightedDestination[]): number {
  return items.reduce((sum, { destination }) => sum + destination.weight, 0);
}

function weightOf(items: readonly WeightedDestination[], key: string): number {
  return sumOf(items.filter(({ destination }) => keyOf(destination) === key));
}

function keyOf({ host, subset, port }: RouteDestination): string {
  return JSON.stringify([host, subset ?? '', port ?? 0]);
}
