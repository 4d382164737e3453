/**
 * Sequences of messages. They hold when the most frequent one agrees and every observed one has a simulated probability
 * of at least 1 %: merging near the debounce is random.
 */
import type { Observation, ResponseShape, SentShape } from './observation.js';

const PROBABILITY_MIN = 0.01;

interface Counted<T> {
  readonly sequence: readonly T[];
  readonly count: number;
}

export interface Comparison<T> {
  /** Most frequent first. */
  readonly measured: readonly Counted<T>[];
  readonly simulated: readonly Counted<T>[];
  /** undefined: they hold. */
  readonly difference: string | undefined;
}

export interface ShapeJudgement {
  readonly match: boolean;
  /** Where the most frequent sequences part, or what was observed and is hardly ever simulated. */
  readonly firstDifference: string | null;
  readonly pushes: Comparison<number>;
  readonly responses: Comparison<ResponseShape>;
  /** What the proxy sends; compared where the lab logged it in order. */
  readonly sent: Comparison<SentShape>;
}

export function judgeShape(measured: readonly Observation[], simulated: readonly Observation[]): ShapeJudgement {
  const pushes = compareSequences(
    measured,
    simulated,
    (observation) => (observation.pushes === undefined ? undefined : [observation.pushes]),
    (count) => `${count} pushes`,
  );
  const responses = compareSequences(measured, simulated, (observation) => observation.responses, describeResponse);
  const sent = compareSequences(measured, simulated, (observation) => observation.sent, describeSent);
  const firstDifference =
    labelled('control plane', pushes.difference) ??
    labelled('to the proxy', responses.difference) ??
    labelled('from the proxy', sent.difference) ??
    null;
  return { match: firstDifference === null, firstDifference, pushes, responses, sent };
}

/** What was not measured is not compared. */
function compareSequences<T>(
  measured: readonly Observation[],
  simulated: readonly Observation[],
  sequenceOf: (observation: Observation) => readonly T[] | undefined,
  describe: (element: T) => string,
): Comparison<T> {
  const left = countSequences(measured, sequenceOf);
  const right = countSequences(simulated, sequenceOf);
  const difference = left.length === 0 ? undefined : differenceOf(left, right, describe);
  return { measured: left, simulated: right, difference };
}

function describeResponse([type, resources, removed]: ResponseShape): string {
  return `${type} ${resources}${removed === 0 ? '' : ` −${removed}`}`;
}

function describeSent(message: SentShape): string {
  if (message[0] === 'ack') return `ACK ${message[1]}`;
  const [, type, subscribed, unsubscribed] = message;
  return `${type} request${subscribed === 0 ? '' : ` +${subscribed}`}${unsubscribed === 0 ? '' : ` −${unsubscribed}`}`;
}

function countSequences<T>(
  observations: readonly Observation[],
  sequenceOf: (observation: Observation) => readonly T[] | undefined,
): Counted<T>[] {
  const byKey = new Map<string, { sequence: readonly T[]; count: number }>();
  for (const observation of observations) {
    const sequence = sequenceOf(observation);
    if (sequence === undefined) continue;
    const key = JSON.stringify(sequence);
    const counted = byKey.get(key) ?? { sequence, count: 0 };
    counted.count++;
    byKey.set(key, counted);
  }
  return [...byKey.values()].sort((a, b) => b.count - a.count);
}

function differenceOf<T>(
  measured: readonly Counted<T>[],
  simulated: readonly Counted<T>[],
  describe: (element: T) => string,
): string | undefined {
  const [top] = modesOf(measured);
  const simulatedTops = modesOf(simulated);
  // Equally frequent sequences: one that both sides have is enough.
  const agrees = modesOf(measured).some((mode) => simulatedTops.some((other) => isEqual(mode, other)));
  if (!agrees) return parting(top.sequence, simulatedTops[0]?.sequence ?? [], describe);
  const total = simulated.reduce((sum, { count }) => sum + count, 0);
  for (const seen of measured) {
    const share = (simulated.find((other) => isEqual(seen, other))?.count ?? 0) / total;
    if (share >= PROBABILITY_MIN) continue;
    const where = parting(seen.sequence, simulatedTops[0].sequence, describe);
    return `seen ${seen.count}×, simulated with probability ${share}: ${where}`;
  }
  return undefined;
}

function modesOf<T>(counted: readonly Counted<T>[]): readonly Counted<T>[] {
  return counted.filter(({ count }) => count === counted[0].count);
}

function isEqual<T>(left: Counted<T>, right: Counted<T>): boolean {
  return JSON.stringify(left.sequence) === JSON.stringify(right.sequence);
}

function parting<T>(measured: readonly T[], simulated: readonly T[], describe: (element: T) => string): string {
  let at = 0;
  while (at < measured.length && JSON.stringify(measured[at]) === JSON.stringify(simulated[at])) at++;
  const name = (sequence: readonly T[]): string => (at < sequence.length ? describe(sequence[at]) : 'nothing');
  return `message ${at + 1}: measured ${name(measured)}, simulated ${name(simulated)}`;
}

function labelled(where: string, difference: string | undefined): string | undefined {
  return difference === undefined ? undefined : `${where}, ${difference}`;
}
