/** A report or a trace of the command line says which case, values, strategy and trial it is about. */
import type { Override } from '@xdsim/sim-core';
import { FIRST, type Room } from '../state/address.js';

const SCHEMAS = ['xdsim.report/v1', 'xdsim.run/v1', 'xdsim.trace/v1'];

export interface KnownReport {
  /** Name of the scenario; the manifests are not in it. */
  readonly scenario: string;
  readonly room: Room;
  readonly strategy: string;
  readonly trial: number;
  /** Of a comparison. */
  readonly trials: number;
  readonly seed: string;
  readonly sets: readonly Override[];
}

/** undefined: the text is none of these. */
export function knownReport(text: string): KnownReport | undefined {
  const first = text.startsWith('{') ? (parsed(text) ?? parsed(text.slice(0, text.indexOf('\n')))) : undefined;
  if (first === undefined || !SCHEMAS.includes(String(first.schema))) return undefined;
  const { scenario, strategy, trial, seed, strategies } = first;
  const named = fields(scenario);
  const recommended = fields(first.recommended).strategy;
  const chosen = typeof strategy === 'string' ? strategy : (fields(strategy).name ?? recommended);
  const worst = Array.isArray(strategies) ? fields(fields(strategies[0]).worst).command : undefined;
  return {
    scenario: typeof scenario === 'string' ? scenario : String(named.name),
    room: first.schema === 'xdsim.report/v1' ? 'compare' : 'explore',
    strategy: typeof chosen === 'string' ? chosen : FIRST.strategy,
    trial: typeof trial === 'number' ? trial : 0,
    trials: typeof named.trials === 'number' ? named.trials : FIRST.trials,
    seed: String(seed ?? named.seed ?? ''),
    sets: typeof worst === 'string' ? setsOf(worst) : overrides(first.overrides ?? named.overrides),
  };
}

/** A comparison tells its values in the commands that repeat its trials: `--set path=value`, quoted for a shell. */
function setsOf(command: string): Override[] {
  const words = command.match(/(?:[^\s']+|'[^']*')+/g) ?? [];
  return words.flatMap((word, i) => {
    if (words[i - 1] !== '--set') return [];
    const plain = word.replaceAll("'\\''", '\0').replaceAll("'", '').replaceAll('\0', "'");
    const at = plain.indexOf('=');
    return at < 1 ? [] : [{ path: plain.slice(0, at), value: plain.slice(at + 1) }];
  });
}

function overrides(value: unknown): Override[] {
  if (!Array.isArray(value)) return [];
  return value.map(fields).map(({ path, value: set }) => ({ path: String(path), value: String(set) }));
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return fields(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
