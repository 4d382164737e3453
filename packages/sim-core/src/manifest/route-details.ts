/** How the routes of a VirtualService changed, layer by layer. */
import { differingPaths } from './deep-equal.js';
import { fieldOf, listOf } from './object-source.js';
import type { RouteDestination, VirtualService } from './types.js';

/** The lists of routes that a VirtualService has. */
export const LAYERS = ['http', 'tls', 'tcp'] as const;
export type Layer = (typeof LAYERS)[number];

interface RoutePair {
  readonly before: number;
  readonly after: number;
}

export function routeDetails(before: VirtualService, after: VirtualService): string[] {
  return LAYERS.flatMap((layer) => layerDetails(before, after, layer));
}

function layerDetails(before: VirtualService, after: VirtualService, layer: Layer): string[] {
  const pairs = pairedRoutes(rawRoutes(before, layer), rawRoutes(after, layer));
  const kept = new Set(pairs.map((pair) => pair.before));
  const known = new Set(pairs.map((pair) => pair.after));
  const isReordered = pairs.some((pair, at) => at > 0 && pair.before < pairs[at - 1].before);
  return [
    ...pairs.flatMap((pair) => pairDetails(before, after, layer, pair)),
    ...after[layer].flatMap((_route, at) => (known.has(at) ? [] : [`${layer}[${at}] added`])),
    ...before[layer].flatMap((_route, at) => (kept.has(at) ? [] : [`${layer}[${at}] removed`])),
    ...(isReordered ? [`${layer} routes reordered`] : []),
  ];
}

/** The same route in both: by its name, else by what it matches, else by its place among those left over. */
function pairedRoutes(old: readonly unknown[], now: readonly unknown[]): RoutePair[] {
  const free = new Set(old.keys());
  const pairs: RoutePair[] = [];
  const isSame: ((left: unknown, right: unknown) => boolean)[] = [
    (left, right) => isNamed(left) && fieldOf(left, 'name') === fieldOf(right, 'name'),
    (left, right) =>
      !(isNamed(left) && isNamed(right)) &&
      differingPaths(fieldOf(left, 'match'), fieldOf(right, 'match')).length === 0,
  ];
  const open = new Set(now.keys());
  const pair = (source: number, target: number): void => {
    pairs.push({ before: source, after: target });
    free.delete(source);
    open.delete(target);
  };
  for (const same of isSame) {
    for (const target of [...open]) {
      const source = [...free].find((candidate) => same(old[candidate], now[target]));
      if (source !== undefined) pair(source, target);
    }
  }
  for (const target of [...open]) if (free.has(target)) pair(target, target);
  return pairs.sort((left, right) => left.after - right.after);
}

function pairDetails(before: VirtualService, after: VirtualService, layer: Layer, pair: RoutePair): string[] {
  const [old, now] = [rawRoutes(before, layer)[pair.before], rawRoutes(after, layer)[pair.after]];
  const route = `${layer}[${pair.after}]`;
  const moved = destinationDetails(before[layer][pair.before].destinations, after[layer][pair.after].destinations);
  // A destination is told in its own words; only what else it carries is left to the list of fields.
  const others = differingPaths(old, now).filter(
    (path) => !/^route(?:$|\[\d+\](?:$|\.weight|\.destination))/.test(path),
  );
  return [
    ...moved.map((detail) => `${route} ${detail}`),
    ...(others.length === 0 ? [] : [`${route} changed: ${others.join(', ')}`]),
  ];
}

function destinationDetails(before: readonly RouteDestination[], after: readonly RouteDestination[]): string[] {
  const hosts = new Set([...before, ...after].map(({ host }) => host));
  const ports = new Set([...before, ...after].map(({ port }) => port));
  const name = ({ host, port, subset }: RouteDestination): string => {
    const where = ports.size > 1 ? `${host}:${port ?? 'any'}` : host;
    if (hosts.size === 1 && ports.size === 1) return subset ?? 'no subset';
    return subset === undefined ? where : `${where}/${subset}`;
  };
  const weighted = (list: readonly RouteDestination[]): string =>
    list.map((destination) => `${name(destination)} ${destination.weight}`).join(' / ') || 'none';
  if (before.length === 1 && after.length === 1) {
    const [old, now] = [name(before[0]), name(after[0])];
    return old === now ? [] : [`${old} → ${now}`];
  }
  const [old, now] = [weighted(before), weighted(after)];
  return old === now ? [] : [`weights ${old} → ${now}`];
}

function rawRoutes(virtualService: VirtualService, layer: Layer): readonly unknown[] {
  return listOf(fieldOf(virtualService.meta.raw, 'spec', layer));
}

function isNamed(route: unknown): boolean {
  return fieldOf(route, 'name') !== undefined;
}
