/** What a calibration takes and what it leaves: what the user has set stays as it is. */
import { valueAt } from '../scenario/field-path.js';
import type { Scenario } from '../scenario/types.js';

export interface Taken {
  /** Path in the scenario file. */
  readonly field: string;
  readonly value: unknown;
  readonly from: string;
}

export interface Left {
  readonly field: string;
  readonly why: string;
}

export class Findings {
  readonly taken: Taken[];
  readonly left: Left[] = [];

  /** @param scenario of which only what describes the mesh has been set, with --set */
  constructor(private readonly scenario: Scenario) {
    const set = [...scenario.userSet].filter((field) => field !== 'before' && field !== 'after');
    this.taken = set.map((field) => ({ field, value: valueAt(scenario, field.split('.')), from: '--set' }));
  }

  isSet(field: string): boolean {
    return this.scenario.userSet.has(field);
  }

  take(field: string, value: number | string, from: string): void {
    if (!this.isSet(field)) this.taken.push({ field, value, from });
  }

  leave(field: string, why: string): void {
    if (!this.isSet(field)) this.left.push({ field, why });
  }
}

/** Three digits: more would be noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
