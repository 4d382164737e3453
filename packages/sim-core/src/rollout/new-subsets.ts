/** The subsets that a rollout brings into use: new in a DestinationRule, or new to the routes. */
import type { Warning } from '../errors.js';
import { deepEqual } from '../manifest/deep-equal.js';
import { destinationsOf } from '../manifest/destination-hosts.js';
import { hostMatches } from '../manifest/hosts.js';
import type { ManifestSet, RouteDestination, Subset } from '../manifest/types.js';
import type { ReadinessGate } from './plan.js';

type GatedSubset = ReadinessGate['subsets'][number];

export function newSubsets(
  before: ManifestSet,
  after: ManifestSet,
): { readonly subsets: readonly GatedSubset[]; readonly warnings: readonly Warning[] } {
  const subsets: GatedSubset[] = [];
  const warnings: Warning[] = [];
  const add = (host: string, labels: Subset['labels']) => {
    if (!subsets.some((known) => deepEqual(known, { host, labels }))) subsets.push({ host, labels });
  };
  for (const rule of after.destinationRules) {
    // A wildcard names no endpoints; the hosts that its subsets are used for come with the routes.
    if (rule.host.startsWith('*')) continue;
    for (const subset of rule.subsets) {
      const old = findSubset(before, rule.host, subset.name);
      if (old === undefined || !deepEqual(old.labels, subset.labels)) add(rule.host, subset.labels);
    }
  }
  const routed = new Set(destinations(before).map(keyOf));
  for (const destination of destinations(after).filter((candidate) => !routed.has(keyOf(candidate)))) {
    const { host, subset } = destination;
    const labels = subset === undefined ? {} : findSubset(after, host, subset)?.labels;
    if (labels !== undefined) {
      add(host, labels);
      continue;
    }
    const message = `subset ${subset} of ${host} cannot be waited for: no DestinationRule says which pods it has`;
    warnings.push({ code: 'XDS-GATE-SUBSET-UNDEFINED', message, position: destination.position });
  }
  return { subsets, warnings };
}

function destinations(set: ManifestSet): RouteDestination[] {
  return set.virtualServices.flatMap(destinationsOf).filter(({ weight }) => weight > 0);
}

function findSubset(set: ManifestSet, host: string, name: string): Subset | undefined {
  const rules = set.destinationRules.filter((rule) => hostMatches(rule.host, host));
  return rules.flatMap((rule) => rule.subsets).find((subset) => subset.name === name);
}

function keyOf({ host, subset }: RouteDestination): string {
  return JSON.stringify([host, subset ?? '']);
}
