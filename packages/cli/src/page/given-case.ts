/** A case and a first view, as the page takes them. */
import type { Override, SourceFile, StudyInput } from '@xdsim/sim-core';

export interface GivenCase {
  readonly files: {
    readonly scenarioFile?: SourceFile;
    readonly calibrationFile?: SourceFile;
    readonly source: string;
    readonly before: readonly SourceFile[];
    readonly after: readonly SourceFile[];
  };
  /** Fragment of the URL. */
  readonly address: string;
}

export interface FirstView {
  readonly room: 'explore' | 'compare';
  readonly strategy: string;
  readonly trial?: number;
  readonly trials?: number;
}

export function newGivenCase(input: StudyInput, view: FirstView): GivenCase {
  const { scenarioFile, calibrationFile, source, before, after, overrides, flags } = input;
  return {
    files: { scenarioFile, calibrationFile, source, before, after },
    address: addressOf(view, overrides, flags.seed),
  };
}

/** In the words of packages/viz/src/state/address.ts; defaults are left out. */
function addressOf(
  { room, strategy, trial, trials }: FirstView,
  overrides: readonly Override[],
  seed?: string,
): string {
  const parts: [string, string][] = [
    ['room', room],
    ['case', 'given'],
    ['strategy', strategy],
    ...overrides.map(({ path, value }): [string, string] => ['set', `${path}:${value}`]),
  ];
  if (seed !== undefined) parts.push(['seed', seed]);
  if (trial !== undefined && trial > 0) parts.push(['trial', String(trial)]);
  if (trials !== undefined) parts.push(['trials', String(trials)]);
  return `#${parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
