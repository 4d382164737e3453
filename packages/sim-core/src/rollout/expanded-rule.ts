/**
 * Make before break for DestinationRules: the rule with the subsets of both sides, which every route of before and of
 * after can use. All else is after's, its trafficPolicy too: a changed policy swaps the clusters once, while the routes
 * still stand, and the last write then only takes subsets away.
 */
import type { Warning } from '../errors.js';
import { labelText } from '../manifest/change-details.js';
import { deepEqual } from '../manifest/deep-equal.js';
import { type Fields, fieldOf, isFields, listOf } from '../manifest/object-source.js';
import type { ChangeSet, DestinationRule, Subset } from '../manifest/types.js';
import type { PlannedWrite } from './plan.js';
import { applyWrite } from './writes.js';

export interface RuleSteps {
  readonly expand: readonly PlannedWrite[];
  readonly contract: readonly PlannedWrite[];
  readonly warnings: readonly Warning[];
}

export function ruleSteps(changes: ChangeSet): RuleSteps {
  const expand: PlannedWrite[] = [];
  const contract: PlannedWrite[] = [];
  const warnings: Warning[] = [];
  for (const { before, after } of changes.changes) {
    if (after?.type !== 'DestinationRule') continue;
    const old = before?.type === 'DestinationRule' ? before : undefined;
    const expanded = old === undefined ? after : expandedRule(old, after);
    if (old !== undefined) warnings.push(...noUnion(old, after));
    if (isSameRule(expanded, after)) {
      expand.push(applyWrite(after, 'after'));
      continue;
    }
    if (old === undefined || !isSameRule(expanded, old)) expand.push(applyWrite(expanded, 'expanded'));
    contract.push(applyWrite(after, 'after'));
  }
  return { expand, contract, warnings };
}

/** A subset that both sides have is as in after. A rule that moved to another host cannot keep the old one's subsets. */
function expandedRule(before: DestinationRule, after: DestinationRule): DestinationRule {
  if (before.host !== after.host) return after;
  const names = new Set(after.subsets.map(({ name }) => name));
  const kept = before.subsets.filter(({ name }) => !names.has(name));
  if (kept.length === 0) return after;
  const rawKept = rawSubsets(before).filter((subset) => !names.has(String(fieldOf(subset, 'name'))));
  const spec: Fields = isFields(after.meta.raw.spec) ? after.meta.raw.spec : {};
  const raw = { ...after.meta.raw, spec: { ...spec, subsets: [...rawSubsets(after), ...rawKept] } };
  return { ...after, meta: { ...after.meta, raw }, subsets: [...after.subsets, ...kept] };
}

/** The order of subsets means nothing to istiod: their names are unique within a rule. */
function isSameRule(left: DestinationRule, right: DestinationRule): boolean {
  return deepEqual(comparable(left), comparable(right));
}

function comparable(rule: DestinationRule): Fields {
  const spec: Fields = isFields(rule.meta.raw.spec) ? rule.meta.raw.spec : {};
  const { labels, annotations } = rule.meta;
  return { ...spec, labels, annotations, host: rule.host, subsets: [...rule.subsets].sort(byName).map(subsetContent) };
}

function subsetContent({ name, labels, trafficPolicy }: Subset): Fields {
  return { name, labels, trafficPolicy };
}

function byName(left: Subset, right: Subset): number {
  return left.name < right.name ? -1 : 1;
}

function rawSubsets(rule: DestinationRule): readonly unknown[] {
  return listOf(fieldOf(rule.meta.raw, 'spec', 'subsets'));
}

function noUnion(before: DestinationRule, after: DestinationRule): Warning[] {
  const { position } = after.meta;
  if (before.host !== after.host) {
    const message = `${after.meta.key} moves from ${before.host} to ${after.host}: no expansion serves both`;
    return [{ code: 'XDS-NO-UNION', message, position }];
  }
  return after.subsets.flatMap((subset) => {
    const old = before.subsets.find(({ name }) => name === subset.name);
    if (old === undefined || deepEqual(old.labels, subset.labels)) return [];
    const labels = `${labelText(old.labels)} → ${labelText(subset.labels)}`;
    const message = `subset ${subset.name} of ${after.host} changes its labels (${labels}): one name cannot select both, so the expansion already selects as after does`;
    return [{ code: 'XDS-NO-UNION', message, position: subset.position }];
  });
}
