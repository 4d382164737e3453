/** Subsets that will not do what their users think. */
import type { Warning } from '../errors.js';
import { labelText } from './change-details.js';
import { hostMatches, serviceForHost } from './hosts.js';
import { endpointsOfService, hasWorkloads, labelsContain } from './service-endpoints.js';
import type { DestinationRule, ManifestSet, ObjectChange, ServiceObject } from './types.js';

export function subsetWarnings(changes: readonly ObjectChange[], after: ManifestSet): Warning[] {
  return [
    ...relabelled(changes),
    ...undefinedSubsets(after),
    ...after.destinationRules.flatMap((rule) => emptySubsets(after, rule)),
  ];
}

function relabelled(changes: readonly ObjectChange[]): Warning[] {
  return changes.flatMap(({ before, after }) => {
    if (before?.type !== 'DestinationRule' || after?.type !== 'DestinationRule') return [];
    return after.subsets.flatMap((subset) => {
      const old = before.subsets.find(({ name }) => name === subset.name);
      if (old === undefined || labelText(old.labels) === labelText(subset.labels)) return [];
      const labels = `${labelText(old.labels)} → ${labelText(subset.labels)}`;
      // Labels are in EDS only (istiod.md 8.1): the cluster stays, and its endpoints are exchanged under it.
      const message = `subset ${subset.name} of ${after.host} keeps its name but selects other pods (${labels})`;
      return [{ code: 'XDS-SUBSET-RELABELLED', message, position: subset.position }];
    });
  });
}

function undefinedSubsets(after: ManifestSet): Warning[] {
  return after.virtualServices.flatMap((virtualService) =>
    virtualService.http.flatMap(({ destinations }) =>
      destinations.flatMap(({ host, subset, weight, position }) => {
        // istiod leaves a destination of weight 0 out of the route (istiod.md 5.5).
        if (subset === undefined || weight === 0 || isDefined(after, host, subset)) return [];
        const message = `${virtualService.meta.key} routes to subset ${subset} of ${host}, which no DestinationRule defines: these requests get 503 NC`;
        return [{ code: 'XDS-SUBSET-UNDEFINED', message, position }];
      }),
    ),
  );
}

function isDefined(set: ManifestSet, host: string, subset: string): boolean {
  return set.destinationRules.some(
    (rule) => hostMatches(rule.host, host) && rule.subsets.some(({ name }) => name === subset),
  );
}

function emptySubsets(after: ManifestSet, rule: DestinationRule): Warning[] {
  const service = serviceForHost(after, rule.host);
  if (service === undefined || !hasWorkloads(after, service)) return [];
  if (hasUnknownLabels(after, service)) {
    if (rule.subsets.length === 0) return [];
    const message = `the EndpointSlices of ${rule.host} do not tell the labels of its pods: give the Pods too, or the Deployments in their place`;
    return [{ code: 'XDS-ENDPOINT-LABELS-UNKNOWN', message, position: rule.meta.position }];
  }
  const endpoints = endpointsOfService(after, service);
  return rule.subsets.flatMap((subset) => {
    if (endpoints.some(({ labels }) => labelsContain(labels, subset.labels))) return [];
    const message = `subset ${subset.name} (${labelText(subset.labels)}) selects no endpoint of ${rule.host}: requests to it get 503 UH`;
    return [{ code: 'XDS-SUBSET-EMPTY', message, position: subset.position }];
  });
}

/** A slice brings labels only by way of pods that are in the set. */
function hasUnknownLabels(set: ManifestSet, service: ServiceObject): boolean {
  const fromSlices = new Set(
    set.workloads
      .filter(({ type }) => type === 'EndpointSlice')
      .flatMap(({ endpoints }) => endpoints.map(({ id }) => id)),
  );
  return endpointsOfService(set, service).some(
    ({ id, labels }) => fromSlices.has(id) && Object.keys(labels).length === 0,
  );
}
