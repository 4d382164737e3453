import type { UserError } from '../errors.js';
import type { DestinationRuleFields } from './destination-rule-shape.js';
import { exportToOf, resolveHost } from './hosts.js';
import type { ObjectSource } from './object-source.js';
import { fieldOf, listOf } from './object-source.js';
import type { DestinationRule, ObjectMeta } from './types.js';

export function newDestinationRule(meta: ObjectMeta, { spec }: DestinationRuleFields): DestinationRule {
  return {
    type: 'DestinationRule',
    meta,
    host: resolveHost(spec.host, meta.namespace),
    exportTo: exportToOf(spec.exportTo),
    subsets: (spec.subsets ?? []).map((subset, at) => ({
      name: subset.name,
      labels: subset.labels ?? {},
      trafficPolicy: subset.trafficPolicy,
      position: meta.positionOf(['spec', 'subsets', at]),
    })),
    trafficPolicy: spec.trafficPolicy,
  };
}

/** Istio refuses a subset name that occurs twice in one rule; only across rules the first wins (istiod.md 4.6). */
export function checkDestinationRule(source: ObjectSource): UserError[] {
  const firstAt = new Map<unknown, number>();
  return listOf(fieldOf(source.value, 'spec', 'subsets')).flatMap((subset, at) => {
    const name = fieldOf(subset, 'name');
    const first = firstAt.get(name);
    if (first === undefined) firstAt.set(name, at);
    if (first === undefined || typeof name !== 'string') return [];
    const { line } = source.positionOf(['spec', 'subsets', first, 'name']);
    const message = `the subset ${name} is defined twice; the first is on line ${line}`;
    const path = ['spec', 'subsets', at, 'name'];
    return [source.problem('XDS-MANIFEST-DUPLICATE-SUBSET', path, message, 'Rename or remove one of them.')];
  });
}
