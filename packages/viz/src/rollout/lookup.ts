/** What a picture says of one moment. */
import { type Message, type QueueLine, type RolloutPicture, windowSpans } from './picture.js';

/** How many of the sorted times are at or before a moment. */
export function countUntil(times: ArrayLike<number>, ns: number, from = 0, to = times.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index into `picture.states.states`. */
export function stateIdAt({ states }: RolloutPicture, proxy: number, ns: number): number {
  const { first, atNs, state } = states;
  return state[Math.max(first[proxy], countUntil(atNs, ns, first[proxy], first[proxy + 1]) - 1)];
}

export function queueAt({ atNs, waiting, inService }: QueueLine, ns: number): { waiting: number; inService: number } {
  const i = Math.max(0, countUntil(atNs, ns) - 1);
  return { waiting: waiting[i], inService: inService[i] };
}

/** The step that holds at a moment; the steps are sorted, and the first is at 0. */
export function stepAt<T extends { readonly atNs: number }>(steps: readonly T[], ns: number): T | undefined {
  return steps.findLast(({ atNs }) => atNs <= ns);
}

/** Messages that have been sent and not yet applied. */
export class InFlight {
  /** The few that never arrive, with their indexes. */
  readonly lost: readonly { readonly message: Message; readonly index: number }[];
  private readonly sentNs: Float64Array;
  /** So long at most, from sent to applied. */
  private readonly longestNs: number;

  constructor(private readonly messages: readonly Message[]) {
    this.sentNs = Float64Array.from(messages, (message) => message.sentNs);
    this.longestNs = messages.reduce((longest, message) => Math.max(longest, endOf(message) - message.sentNs), 0);
    this.lost = messages.flatMap((message, index) => (message.lostNs === undefined ? [] : [{ message, index }]));
  }

  /** Calls with each and its index, in the order in which they were sent. */
  forEach(ns: number, call: (message: Message, index: number) => void): void {
    const to = countUntil(this.sentNs, ns);
    for (let i = countUntil(this.sentNs, ns - this.longestNs - 1); i < to; i++) {
      if (endOf(this.messages[i]) > ns) call(this.messages[i], i);
    }
  }
}

function endOf({ sentNs, receivedNs, lostNs, appliedNs }: Message): number {
  return appliedNs ?? receivedNs ?? lostNs ?? sentNs;
}

/** Moments worth jumping to: where windows and failures begin. */
export function windowStarts(picture: RolloutPicture): number[] {
  const spans = [...windowSpans(picture, 'inconsistent'), ...windowSpans(picture, 'failing')];
  return [...new Set(spans.map(({ fromNs }) => fromNs))].sort((a, b) => a - b);
}

/** First request that fails after a moment, or the last before it; −1: none. */
export function failureFrom({ requests }: RolloutPicture, ns: number, direction: 1 | -1): number {
  const { atNs, outcome, outcomes } = requests;
  const start = direction > 0 ? countUntil(atNs, ns) : countUntil(atNs, ns - 1) - 1;
  for (let i = start; i >= 0 && i < atNs.length; i += direction) {
    if (outcomes[outcome[i]].code >= 400) return i;
  }
  return -1;
}
