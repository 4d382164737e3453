/** How the HTTP routes of a VirtualService changed. */
import { differingPaths } from './deep-equal.js';
import { fieldOf, listOf } from './object-source.js';
import type { RouteDestination, VirtualService } from './types.js';

interface RoutePair {
  readonly before: number;
  readonly after: number;
}

export function routeDetails(before: VirtualService, after: VirtualService): string[] {
  const pairs = pairedRoutes(before, after);
  const kept = new Set(pairs.map((pair) => pair.before));
  const known = new Set(pairs.map((pair) => pair.after));
  const isReordered = pairs.some((pair, at) => at > 0 && pair.before < pairs[at - 1].before);
  return [
    ...pairs.flatMap((pair) => pairDetails(before, after, pair)),
    ...after.http.flatMap((_route, at) => (known.has(at) ? [] : [`http[${at}] added`])),
    ...before.http.flatMap((_route, at) => (kept.has(at) ? [] : [`http[${at}] removed`])),
    ...(isReordered ? ['http routes reordered'] : []),
  ];
}

/** The same route in both: by its name, else by what it matches, else by its place among those left over. */
function pairedRoutes(before: VirtualService, after: VirtualService): RoutePair[] {
  const [old, now] = [rawRoutes(before), rawRoutes(after)];
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

function pairDetails(before: VirtualService, after: VirtualService, pair: RoutePair): string[] {
  const [old, now] = [rawRoutes(before)[pair.before], rawRoutes(after)[pair.after]];
  const route = `http[${pair.after}]`;
  const moved = destinationDetails(before.http[pair.before].destinations, after.http[pair.after].destinations);
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

function rawRoutes(virtualService: VirtualService): readonly unknown[] {
  return listOf(fieldOf(virtualService.meta.raw, 'spec', 'http'));
}

function isNamed(route: unknown): boolean {
  return fieldOf(route, 'name') !== undefined;
}
