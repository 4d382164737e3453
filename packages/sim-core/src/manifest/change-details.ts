/** What changed in one object, in words short enough for a line of a table. */

import { unreachable } from '../errors.js';
import { differingPaths } from './deep-equal.js';
import { LAYERS, routeDetails } from './route-details.js';
import type { Labels } from './service-endpoints.js';
import { servingLabels } from './service-endpoints.js';
import type { DestinationRule, InterpretedObject, Subset, VirtualService, Workload } from './types.js';

const PATHS_MAX = 6;

export function changeDetails(before: InterpretedObject, after: InterpretedObject): string[] {
  switch (after.type) {
    case 'VirtualService':
      return before.type === after.type ? virtualServiceDetails(before, after) : [];
    case 'DestinationRule':
      return before.type === after.type ? destinationRuleDetails(before, after) : [];
    case 'Deployment':
    case 'StatefulSet':
      return before.type === after.type ? replicatedDetails(before, after) : [];
    case 'Gateway':
    case 'Sidecar':
    case 'PeerAuthentication':
    case 'Service':
    case 'ServiceEntry':
    case 'Pod':
    case 'WorkloadEntry':
    case 'EndpointSlice':
      return [...labelDetails('labels', before.meta.labels, after.meta.labels), ...fieldDetails(before, after)];
    default:
      return unreachable(after);
  }
}

/** What a new object brings, or a deleted one takes along. */
export function contentDetails(object: InterpretedObject, word: 'added' | 'removed'): string[] {
  if (object.type === 'DestinationRule') return object.subsets.map(({ name }) => `subset ${name} ${word}`);
  if (object.type === 'VirtualService') {
    return LAYERS.flatMap((layer) => object[layer].map((_route, at) => `${layer}[${at}] ${word}`));
  }
  if ('endpoints' in object && object.endpoints.length > 0) {
    return [`${object.endpoints.length} endpoint${object.endpoints.length === 1 ? '' : 's'} ${word}`];
  }
  return [];
}

function virtualServiceDetails(before: VirtualService, after: VirtualService): string[] {
  const old = before.meta.raw.spec;
  const now = after.meta.raw.spec;
  return [
    ...listDetails('hosts', before.hosts, after.hosts),
    ...listDetails('gateways', before.gateways, after.gateways),
    ...routeDetails(before, after),
    ...pathDetails(
      'changed',
      differingPaths(old, now).filter((path) => !/^(?:http|tls|tcp|hosts|gateways)\b/.test(path)),
    ),
  ];
}

function destinationRuleDetails(before: DestinationRule, after: DestinationRule): string[] {
  const old = new Map(before.subsets.map((subset) => [subset.name, subset]));
  const names = new Set(after.subsets.map(({ name }) => name));
  const rest = differingPaths(before.meta.raw.spec, after.meta.raw.spec);
  const isReordered =
    after.subsets.length === old.size &&
    after.subsets.every(({ name }) => old.has(name)) &&
    after.subsets.some(({ name }, at) => name !== before.subsets[at].name);
  return [
    ...(before.host === after.host ? [] : [`host ${before.host} → ${after.host}`]),
    ...after.subsets.flatMap((subset) => subsetDetails(old.get(subset.name), subset)),
    ...before.subsets.filter(({ name }) => !names.has(name)).map(({ name }) => `subset ${name} removed`),
    ...(isReordered ? ['subsets reordered'] : []),
    ...pathDetails('trafficPolicy changed', differingPaths(before.trafficPolicy, after.trafficPolicy)),
    ...pathDetails(
      'changed',
      rest.filter((path) => !/^(?:host|subsets|trafficPolicy)\b/.test(path)),
    ),
  ];
}

function subsetDetails(before: Subset | undefined, after: Subset): string[] {
  if (before === undefined) return [`subset ${after.name} added`];
  return [
    ...labelDetails(`subset ${after.name} labels`, before.labels, after.labels),
    ...pathDetails(
      `subset ${after.name} trafficPolicy changed`,
      differingPaths(before.trafficPolicy, after.trafficPolicy),
    ),
  ];
}

function replicatedDetails(before: Workload, after: Workload): string[] {
  const told = /^(?:spec\.replicas|spec\.template\.metadata\.labels\b.*)$/;
  const rest = specPaths(before, after).filter((path) => !told.test(path));
  const [old, now] = [before.endpoints.length, after.endpoints.length];
  return [
    ...(old === now ? [] : [`replicas ${old} → ${now}`]),
    ...labelDetails('pod labels', servingLabels(before), servingLabels(after)),
    ...labelDetails('labels', before.meta.labels, after.meta.labels),
    ...pathDetails('changed', rest),
    ...readinessDetails(before, after),
  ];
}

function fieldDetails(before: InterpretedObject, after: InterpretedObject): string[] {
  const readiness = 'endpoints' in before && 'endpoints' in after ? readinessDetails(before, after) : [];
  return [...pathDetails('changed', specPaths(before, after)), ...readiness];
}

type HasEndpoints = Pick<Workload, 'endpoints'>;

function readinessDetails(before: HasEndpoints, after: HasEndpoints): string[] {
  const readyBefore = before.endpoints.filter(({ ready }) => ready).length;
  const readyAfter = after.endpoints.filter(({ ready }) => ready).length;
  const isTold = before.endpoints.length !== after.endpoints.length || readyBefore === readyAfter;
  return isTold ? [] : [`ready endpoints ${readyBefore} → ${readyAfter}`];
}

/** An EndpointSlice has its fields beside the metadata, every other kind under `spec`. */
export function specPaths(before: InterpretedObject, after: InterpretedObject): string[] {
  return differingPaths(specOf(before), specOf(after));
}

function specOf({ meta }: InterpretedObject): Readonly<Record<string, unknown>> {
  if (meta.kind !== 'EndpointSlice') return { spec: meta.raw.spec };
  const { endpoints, ports, addressType } = meta.raw;
  return { endpoints, ports, addressType };
}

export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'none' : pairs.sort().join(',');
}

function labelDetails(what: string, before: Labels, after: Labels): string[] {
  const [old, now] = [labelText(before), labelText(after)];
  return old === now ? [] : [`${what} ${old} → ${now}`];
}

function listDetails(what: string, before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [before.join(', '), after.join(', ')];
  return old === now ? [] : [`${what} ${old || 'none'} → ${now || 'none'}`];
}

export function pathDetails(what: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, PATHS_MAX).join(', ');
  const hidden = paths.length - PATHS_MAX;
  return [`${what}: ${shown}${hidden > 0 ? ` and ${hidden} more` : ''}`];
}
