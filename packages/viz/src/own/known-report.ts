/** A report or a trace of the command line says which case, strategy and trial it is about. */
import { type Address, FIRST } from '../state/address.js';

const SCHEMAS = ['xdsim.report/v1', 'xdsim.run/v1', 'xdsim.trace/v1'];

/** undefined: the text is none of these; a case that is not bundled has no name here. */
export interface KnownReport {
  readonly scenario: string;
  readonly view: Partial<Address>;
}

export function knownReport(text: string): KnownReport | undefined {
  const first = text.startsWith('{') ? (parsed(text) ?? parsed(text.slice(0, text.indexOf('\n')))) : undefined;
  if (first === undefined || !SCHEMAS.includes(String(first.schema))) return undefined;
  const { scenario, strategy, trial, seed } = first;
  const named = fields(scenario);
  const recommended = fields(first.recommended).strategy;
  const chosen = typeof strategy === 'string' ? strategy : (fields(strategy).name ?? recommended);
  const name = typeof scenario === 'string' ? scenario : String(named.name);
  return {
    scenario: name,
    view: {
      room: first.schema === 'xdsim.report/v1' ? 'compare' : 'explore',
      case: name,
      strategy: typeof chosen === 'string' ? chosen : FIRST.strategy,
      trial: typeof trial === 'number' ? trial : 0,
      trials: typeof named.trials === 'number' ? named.trials : FIRST.trials,
      seed: String(seed ?? named.seed ?? ''),
      sets: [],
      other: undefined,
      selected: undefined,
      atNs: 0,
    },
  };
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
