/** The hosts that a rollout touches, and the ports and subsets that make their clusters. */
import { destinationsOf } from '../manifest/destination-hosts.js';
import { hostMatches } from '../manifest/hosts.js';
import type { DestinationRule, ServiceObject, VirtualService } from '../manifest/types.js';
import type { RolloutPlan, WrittenObject } from '../rollout/plan.js';
import { clusterPorts, ruleFor } from './cluster-table.js';
import { changingEndpoints, hostsOf, securedHosts, type TrackedObject } from './tracked-objects.js';

export function touchedHosts(plan: RolloutPlan, objects: readonly TrackedObject[]): string[] {
  const defined = (revisions: TrackedObject['revisions']) => revisions.filter((content) => content !== undefined);
  const contents = objects.flatMap(({ revisions }) => defined(revisions));
  const written = plan.groups.flatMap((group) => group.writes.map((write) => write.object));
  // What an object was about before it was written counts too: a rule may move to another host.
  const before = objects.flatMap(({ revisions }) => (revisions.length > 1 ? defined(revisions.slice(0, 1)) : []));
  const changes: WrittenObject[] = [...written, ...before];
  const named = [
    ...contents.filter((content) => content.type === 'VirtualService').flatMap(hostsOf),
    ...changes.flatMap(hostsOf),
    ...changingEndpoints(plan).flatMap((endpoint) => endpoint.hosts),
    ...securedHosts(plan, changes),
  ];
  const known = plan.initial.services.flatMap((service) => service.hosts);
  const hosts = named.flatMap((host) =>
    host.includes('*') ? known.filter((candidate) => hostMatches(host, candidate)) : [host],
  );
  return [...new Set(hosts)].sort();
}

/** The service's ports; where no manifest defines the service, those that routes name or are for, or 80. */
export function portsOf(host: string, services: readonly ServiceObject[], routes: readonly VirtualService[]): number[] {
  const defined = services.filter((service) => service.hosts.includes(host));
  const named = routes.flatMap((service) => [
    ...destinationsOf(service).flatMap(({ host: to, port }) => (to === host && port !== undefined ? [port] : [])),
    ...portsMatched(service, host),
  ]);
  const ports = new Set(defined.length > 0 ? defined.flatMap(clusterPorts) : named);
  if (ports.size === 0) ports.add(80);
  return [...ports].sort((a, b) => a - b);
}

/** A TCP or TLS route sends what comes to a port on to the same port, unless its destination names another. */
function portsMatched({ tls, tcp }: VirtualService, host: string): number[] {
  return [...tls, ...tcp].flatMap(({ matches, destinations }) =>
    destinations.some((destination) => destination.host === host && destination.port === undefined)
      ? matches.flatMap(({ port }) => port ?? [])
      : [],
  );
}

export function subsetsOf(
  host: string,
  rules: readonly DestinationRule[],
  routes: readonly VirtualService[],
): string[] {
  const ruled = rules.filter((rule) => ruleFor([rule], host) !== undefined).flatMap((rule) => rule.subsets);
  const routed = routes
    .flatMap(destinationsOf)
    .flatMap((destination) => (destination.host === host ? [destination.subset ?? ''] : []));
  return [...new Set([...ruled.map((subset) => subset.name), ...routed])].filter((name) => name !== '').sort();
}
