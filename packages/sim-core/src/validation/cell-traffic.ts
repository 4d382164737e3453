/** What a lab's requests are: plain ones, all to the first service. */
import { destinationHosts } from '../manifest/destination-hosts.js';
import { hostMatches, hostSpecificity } from '../manifest/hosts.js';
import { matchesRequest } from '../manifest/http-match.js';
import type { HttpRoute, ManifestSet, VirtualService } from '../manifest/types.js';
import { newRequest } from '../traffic/request-classes.js';
import type { Cell } from './cell.js';

/** What is for other hosts gets none of them. */
export function hostShares({ before, writes }: Pick<Cell, 'before' | 'writes'>): Readonly<Record<string, number>> {
  const called = calledHost(before);
  if (called === undefined) return {};
  const sets = setsOf({ before, writes });
  const routed = sets.flatMap((set) => set.virtualServices.flatMap(({ hosts }) => hosts));
  const others = sets.flatMap((set) => [
    ...set.services.flatMap(({ hosts }) => hosts),
    ...set.destinationRules.map(({ host }) => host),
    ...set.virtualServices.flatMap(destinationHosts),
  ]);
  const taking = routed.filter((host) => hostMatches(host, called));
  const best = Math.max(...taking.map(hostSpecificity));
  const isCalled = (host: string): boolean =>
    taking.length === 0 ? host === called : hostMatches(host, called) && hostSpecificity(host) === best;
  return Object.fromEntries([...routed, ...others].filter((host) => !isCalled(host)).map((host) => [host, 0]));
}

/** A rule that a plain request meets in none of its revisions gets none of them. */
export function matchShares({ before, writes }: Pick<Cell, 'before' | 'writes'>): Readonly<Record<string, number>> {
  const host = calledHost(before) ?? '';
  const isMet = (service: VirtualService, { matches }: HttpRoute): boolean =>
    matches.length === 0 ||
    service.gateways.some((gateway) => matches.some((match) => matchesRequest(match, newRequest(host, gateway))));
  const rules = setsOf({ before, writes }).flatMap((set) =>
    set.virtualServices.flatMap((service) =>
      service.http.map((route, at) => {
        return { name: `${service.meta.name}/${route.name ?? `http[${at}]`}`, isMet: isMet(service, route) };
      }),
    ),
  );
  const met = new Set(rules.flatMap((rule) => (rule.isMet ? [rule.name] : [])));
  return Object.fromEntries(rules.flatMap(({ name }) => (met.has(name) ? [] : [[name, 0] as const])));
}

function calledHost({ services }: ManifestSet): string | undefined {
  return services[0]?.hosts[0];
}

function setsOf({ before, writes }: Pick<Cell, 'before' | 'writes'>): readonly ManifestSet[] {
  return [before, ...writes.map(({ object }) => object)];
}
