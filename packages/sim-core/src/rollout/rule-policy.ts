/** A change of policy apart from a change of routes: what of a change set is policy, and rules with the policy of another. */
import { deepEqual } from '../manifest/deep-equal.js';
import { type Fields, fieldOf, isFields, listOf } from '../manifest/object-source.js';
import type { ChangeSet, DestinationRule, ObjectChange, PeerAuthentication } from '../manifest/types.js';
import type { PlannedWrite } from './plan.js';
import { applyWrite } from './writes.js';

/** Some trafficPolicy or PeerAuthentication comes, goes or differs. */
export function touchesPolicy({ changes }: ChangeSet): boolean {
  return changes.some((change) => change.kind === 'PeerAuthentication' || policyDiffers(change));
}

export function touchesAuthentication({ changes }: ChangeSet): boolean {
  return changes.some(({ kind }) => kind === 'PeerAuthentication');
}

function policyDiffers({ before, after }: ObjectChange): boolean {
  const policies = (object: ObjectChange['before']) =>
    object?.type === 'DestinationRule'
      ? {
          rule: object.trafficPolicy,
          ...Object.fromEntries(object.subsets.map((s) => [`subset ${s.name}`, s.trafficPolicy])),
        }
      : {};
  const [old, now]: Readonly<Record<string, unknown>>[] = [policies(before), policies(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].some((level) => !deepEqual(old[level], now[level]));
}

/**
 * A rule with another's policies: at its own level, and of the subsets that both have. Without another rule, or of subsets
 * that it lacks, there is none.
 */
export function withPolicyOf(rule: DestinationRule, other: DestinationRule | undefined): DestinationRule {
  const policyOf = (name: string) => other?.subsets.find((subset) => subset.name === name)?.trafficPolicy;
  const spec: Fields = isFields(rule.meta.raw.spec) ? rule.meta.raw.spec : {};
  const subsets = listOf(spec.subsets).map((subset) =>
    withPolicy(isFields(subset) ? subset : {}, policyOf(String(fieldOf(subset, 'name')))),
  );
  const raw = withPolicy({ ...spec, subsets }, other?.trafficPolicy);
  return {
    ...rule,
    meta: { ...rule.meta, raw: { ...rule.meta.raw, spec: raw } },
    subsets: rule.subsets.map((subset) => ({ ...subset, trafficPolicy: policyOf(subset.name) })),
    trafficPolicy: other?.trafficPolicy,
  };
}

function withPolicy(fields: Fields, trafficPolicy: unknown): Fields {
  const { trafficPolicy: _, ...rest } = fields;
  return trafficPolicy === undefined ? rest : { ...rest, trafficPolicy };
}

/** The policies alone: rules as they are with the policies to come, and PeerAuthentications. */
export function policyWrites(changes: ChangeSet): PlannedWrite[] {
  return changes.changes.flatMap((change) => {
    const { before, after } = change;
    if (after?.type === 'PeerAuthentication') return [applyWrite(after, 'after')];
    if (after?.type !== 'DestinationRule' || !policyDiffers(change)) return [];
    const old = before?.type === 'DestinationRule' ? before : withoutSubsets(after);
    return [applyWrite(withPolicyOf(old, after), 'policy')];
  });
}

function withoutSubsets(rule: DestinationRule): DestinationRule {
  const { subsets: _, ...spec }: Fields = isFields(rule.meta.raw.spec) ? rule.meta.raw.spec : {};
  return { ...rule, meta: { ...rule.meta, raw: { ...rule.meta.raw, spec } }, subsets: [] };
}

/** PeerAuthentications that change, taking both kinds of connections for the time being. */
export function permissiveWrites({ changes }: ChangeSet): PlannedWrite[] {
  return changes.flatMap(({ before, after }) => {
    const policy = after ?? before;
    if (policy?.type !== 'PeerAuthentication') return [];
    // Without a policy servers are permissive already, unless one with a longer reach says otherwise.
    return [applyWrite(permissive(policy), 'permissive')];
  });
}

function permissive(policy: PeerAuthentication): PeerAuthentication {
  const spec: Fields = isFields(policy.meta.raw.spec) ? policy.meta.raw.spec : {};
  const mtls = { mode: 'PERMISSIVE' } as const;
  const ports = Object.keys(policy.portModes);
  const portLevelMtls = Object.fromEntries(ports.map((port) => [port, mtls]));
  const raw = { ...spec, mtls, ...(ports.length > 0 && { portLevelMtls }) };
  return {
    ...policy,
    meta: { ...policy.meta, raw: { ...policy.meta.raw, spec: raw } },
    mode: 'PERMISSIVE',
    portModes: Object.fromEntries(ports.map((port) => [port, 'PERMISSIVE' as const])),
  };
}
