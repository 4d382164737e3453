/**
 * istiod drops an update whose spec is equal, unless the old or the new metadata has a key that contains `istio.io`
 * (NeedsPush, pilot/pkg/model/config_compare.go; istiod.md 1.6). Of a ServiceEntry the service is compared and its
 * endpoints are not, which are a matter of their own (pushServiceUpdates, pilot/pkg/serviceregistry/serviceentry).
 */
import { deepEqual } from './deep-equal.js';
import type { InterpretedObject, ObjectMeta, ServiceObject } from './types.js';

/** Keys of labels and annotations that make istiod push whatever has changed, sorted. */
export function pushingKeys(before: ObjectMeta, after: ObjectMeta): string[] {
  const keys = [before.labels, before.annotations, after.labels, after.annotations].flatMap(Object.keys);
  return [...new Set(keys.filter((key) => key.includes('istio.io')))].sort();
}

/** undefined stands for an object that does not exist. */
export function needsPush(before: InterpretedObject | undefined, after: InterpretedObject | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after;
  if (before.type === 'ServiceEntry' && after.type === 'ServiceEntry') return !isSameService(before, after);
  return !isSameSpec(before, after) || pushingKeys(before.meta, after.meta).length > 0;
}

function isSameService(before: ServiceObject, after: ServiceObject): boolean {
  const service = ({ meta, resolution }: ServiceObject) => {
    const { endpoints, ...rest } = meta.raw.spec as { endpoints?: unknown };
    // Of a name to be resolved by the proxy, the cluster has the endpoints.
    return resolution.includes('DNS') ? { ...rest, endpoints } : rest;
  };
  return deepEqual(service(before), service(after)) && deepEqual(before.meta.labels, after.meta.labels);
}

/** As written, and as a planner may have changed what was written. */
function isSameSpec(before: InterpretedObject, after: InterpretedObject): boolean {
  return deepEqual(before.meta.raw.spec, after.meta.raw.spec) && contentOf(before) === contentOf(after);
}

/** The interpreted fields, wherever they stand in their file. */
function contentOf(object: InterpretedObject): string {
  return JSON.stringify(object, (key, value) => (key === 'meta' || key === 'position' ? undefined : value));
}
