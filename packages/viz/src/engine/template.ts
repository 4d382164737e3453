/** A scenario file in which every value is spelled out. */
import { scenarioTemplate } from '@xdsim/sim-core';

export function template(): string {
  return scenarioTemplate({ name: 'my-change', before: 'before', after: 'after' });
}
