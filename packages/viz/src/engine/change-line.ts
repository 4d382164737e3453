/** One changed object in a line. */
import type { Study } from '@xdsim/sim-core';

type Change = Study['changes']['changes'][number];

export function changeLine({ kind, namespace, name, action, details }: Change): string {
  return `${action} ${kind}/${namespace}/${name}${details.length > 0 ? `: ${details.join('; ')}` : ''}`;
}
