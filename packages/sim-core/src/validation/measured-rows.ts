/** A cell's measured rows as observations and failure counts. */
import { unreachable } from '../errors.js';
import type { Cell } from './cell.js';
import type { StreamRow, TrialRow } from './cell-shape.js';
import type { Observation, SentShape, XdsTypeName } from './observation.js';

export function measuredObservations(cell: Cell): readonly Observation[] {
  switch (cell.group) {
    case 'cells':
      return cell.rows.map(ofTrial);
    case 'shapes':
      return cell.rows.map(ofStream);
    default:
      return [];
  }
}

function ofTrial(row: TrialRow): Observation {
  const arrivalMs: Partial<Record<XdsTypeName, number>> = {};
  for (const { type, atMs } of row.received ?? []) arrivalMs[type] ??= atMs;
  return {
    pushes: row.pushes?.length,
    responses: row.received?.map(({ type, resources, removed }) => [type, resources, removed] as const),
    arrivalMs,
    addWindowMs: row.addWindowMs ?? undefined,
    removeWindowMs: row.removeWindowMs ?? undefined,
  };
}

/** How the two directions interleave is a race: each is in order by itself. */
function ofStream(row: StreamRow): Observation {
  const responses = row.messages.flatMap((message) =>
    message.dir === 'response' ? [[message.type, message.resources, message.removed] as const] : [],
  );
  const sent = row.messages.flatMap((message): SentShape[] => {
    switch (message.dir) {
      case 'response':
        return [];
      case 'request':
        return [['request', message.type, message.subscribe, message.unsubscribe]];
      case 'ack':
        return [['ack', message.type]];
      default:
        return unreachable(message);
    }
  });
  return { responses, sent, arrivalMs: {} };
}

/** Failed requests of one trial: flag → count at each proxy that was counted. */
export interface CountedTrial {
  readonly proxies: readonly Readonly<Record<string, number>>[];
}

/** By trial, in the order of the rows; empty where requests were not counted. */
export function countedTrials(cell: Cell): readonly CountedTrial[] {
  if (cell.group !== 'cells') return [];
  const trials = new Map<number, Record<string, number>[]>();
  for (const { trial, requests } of cell.rows) {
    if (requests === undefined || requests === null) continue;
    const proxies = trials.get(trial) ?? [];
    proxies.push(failuresOf(requests));
    trials.set(trial, proxies);
  }
  return [...trials.values()].map((proxies) => ({ proxies }));
}

function failuresOf(requests: Readonly<Record<string, number>>): Record<string, number> {
  const failures: Record<string, number> = {};
  for (const [outcome, number] of Object.entries(requests)) {
    const [code, flag = '-'] = outcome.split('/');
    const key = failureKey(Number(code), flag);
    if (key !== undefined && number > 0) failures[key] = (failures[key] ?? 0) + number;
  }
  return failures;
}

/** Flag of a failed request, or its code where it has none; undefined where it succeeded. */
export function failureKey(code: number, flag: string): string | undefined {
  if (code >= 200 && code < 400) return undefined;
  return flag === '-' || flag === '' ? String(code) : flag;
}
