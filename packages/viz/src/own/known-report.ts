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

/** What says that it is one of these, and not which scenario it is about. */
export interface CutReport {
  readonly cut: string;
}

/** undefined: the text is none of these. */
export function knownReport(text: string): KnownReport | CutReport | undefined {
  const first = text.startsWith('{') ? (parsed(text) ?? parsed(text.slice(0, text.indexOf('\n')))) : undefined;
  if (first === undefined || !SCHEMAS.includes(String(first.schema))) return undefined;
  const { scenario, strategy, trial, seed, strategies } = first;
  const named = fields(scenario);
  const name = typeof scenario === 'string' ? scenario : named.name;
  if (typeof name !== 'string' || name === '') return { cut: String(first.schema) };
  const recommended = fields(first.recommended).strategy;
  const chosen = typeof strategy === 'string' ? strategy : (fields(strategy).name ?? recommended);
  const worst = Array.isArray(strategies) ? fields(fields(strategies[0]).worst).command : undefined;
  return {
    scenario: name,
    room: first.schema === 'xdsim.report/v1' ? 'compare' : 'explore',
    strategy: typeof chosen === 'string' ? chosen : FIRST.strategy,
    trial: typeof trial === 'number' ? trial : 0,
    trials: typeof named.trials === 'number' ? named.trials : FIRST.trials,
    seed: String(seed ?? named.seed ?? ''),
    sets: typeof worst === 'string' ? setsOf(worst) : overrides(first.overrides ?? named.overrides),
  };
}

type Read = ReturnType<typeof knownReport>;

export const isCut = (read: Read): read is CutReport => read !== undefined && 'cut' in read;
export const isWhole = (read: Read): read is KnownReport => read !== undefined && !('cut' in read);

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
