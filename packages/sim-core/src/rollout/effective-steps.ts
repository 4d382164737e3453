/** Steps without the writes that would leave an object as it stands: a tool that compares first does not send them. */
import { deepEqual } from '../manifest/deep-equal.js';
import type { InitialState, PlannedWrite, WrittenObject } from './plan.js';

type ConfigObject = Exclude<WrittenObject, { type: 'Endpoint' | 'Rollout' }>;

export function effectiveSteps<T extends { readonly writes: readonly PlannedWrite[] }>(
  initial: InitialState,
  steps: readonly T[],
): T[] {
  const { endpoints: _, ...config } = initial;
  const standing = new Map<string, ConfigObject>(
    Object.values(config).flatMap((objects: readonly ConfigObject[]) =>
      objects.map((object) => [object.meta.key, object]),
    ),
  );
  const changesAnything = ({ action, key, object }: PlannedWrite): boolean => {
    if (action === 'delete' || object.type === 'Endpoint' || object.type === 'Rollout') return true;
    const before = standing.get(key);
    standing.set(key, object);
    return before === undefined || !isSame(before, object);
  };
  return steps.map((step) => ({ ...step, writes: step.writes.filter(changesAnything) }));
}

function isSame({ meta: before }: ConfigObject, { meta: after }: ConfigObject): boolean {
  return (
    deepEqual(before.raw.spec, after.raw.spec) &&
    deepEqual(before.labels, after.labels) &&
    deepEqual(before.annotations, after.annotations)
  );
}
