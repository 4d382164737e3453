/** Deployments and StatefulSets that change with the rollout: which pods each of them replaces, adds or takes away. */
import { deepEqual } from '../manifest/deep-equal.js';
import { fieldOf } from '../manifest/object-source.js';
import { podTiming, rolloutLimits } from '../manifest/pod-template.js';
import type { ChangeSet, ObjectChange, Workload } from '../manifest/types.js';
import type { HostEndpoint, PlannedWrite, WorkloadRollout } from './plan.js';

export interface WorkloadWrites {
  /** They bring pods, and may take others in exchange. */
  readonly growing: readonly PlannedWrite[];
  /** They only take pods away: safe when nothing routes to them any more. */
  readonly shrinking: readonly PlannedWrite[];
}

export function isReplicated(object: ObjectChange['before']): object is Workload {
  return object?.type === 'Deployment' || object?.type === 'StatefulSet';
}

/**
 * @param pods of before and of after, by the workload's key
 */
export function workloadWrites(
  changes: ChangeSet,
  pods: (key: string) => { readonly before: readonly HostEndpoint[]; readonly after: readonly HostEndpoint[] },
): WorkloadWrites {
  const growing: PlannedWrite[] = [];
  const shrinking: PlannedWrite[] = [];
  for (const change of changes.changes) {
    const workload = change.after ?? change.before;
    if (!isReplicated(workload)) continue;
    const rollout = rolloutOf(change, workload, pods(change.key));
    if (rollout === undefined) continue;
    const action = change.after === undefined ? 'delete' : 'apply';
    const revision = action === 'delete' ? 'deleted' : 'after';
    const write: PlannedWrite = { action, kind: change.kind, key: change.key, object: rollout, revision };
    if (rollout.added.length > 0) growing.push(write);
    else shrinking.push(write);
  }
  return { growing, shrinking };
}

function rolloutOf(
  { before, after }: ObjectChange,
  workload: Workload,
  pods: { readonly before: readonly HostEndpoint[]; readonly after: readonly HostEndpoint[] },
): WorkloadRollout | undefined {
  const wanted = after === undefined ? [] : pods.after;
  const isScaled = isReplicated(before) && isReplicated(after) && deepEqual(templateOf(before), templateOf(after));
  const kept = isScaled ? Math.min(pods.before.length, wanted.length) : 0;
  const removed = pods.before.slice(kept);
  const added = wanted.slice(kept).map((target) => (isScaled || before === undefined ? target : renamed(target)));
  if (removed.length === 0 && added.length === 0) return undefined;
  return {
    type: 'Rollout',
    removed,
    added,
    kept,
    timing: podTiming(workload),
    ...rolloutLimits(workload, wanted.length),
  };
}

function templateOf({ meta }: Workload): unknown {
  return fieldOf(meta.raw, 'spec', 'template');
}

/** The pod of another template is another pod, even where it takes the place of the old one. */
function renamed(target: HostEndpoint): HostEndpoint {
  return { ...target, endpoint: { ...target.endpoint, id: target.endpoint.id.replace('#', '@after#') } };
}
