/**
 * How a request ends that has reached a cluster with endpoints, with all its tries: exact, as probabilities. A try picks
 * an endpoint, which takes the request or fails it at once; an answer that takes too long is a failure too (envoy.md 10).
 * Failures take no time against `timeout`, nor does the back-off before a retry, which is 25 ms at most at first.
 */
import { probabilityAbove, type Sampler } from '../kernel/distribution.js';
import type { Cause } from './causes.js';
import type { EndingName } from './response-flags.js';
import { HOST_SELECTION_ATTEMPTS, isRetried, meanBackOffMs, type RetryRules } from './retries.js';

/** Endpoints of a cluster at which a try ends in the same way. */
export interface EndpointKind {
  readonly count: number;
  readonly ending: EndingName;
  readonly cause: Cause;
  /** Of endpoints that serve: how they do so, unlike the others; and what they answer with an error of their own. */
  readonly durationMs?: Sampler;
  readonly errors?: { readonly ending: EndingName; readonly share: number };
  /** What else befalls a try that is sent now; undefined: nothing. */
  readonly moment?: EndpointMoment;
}

/** An endpoint that serves, at a moment, as no proxy knows it. */
export interface EndpointMoment {
  /** Until its pod has stopped, which cuts what still runs; Infinity: it stays. */
  readonly stopsInMs: number;
  /** What is cut then, as a multiple of what chance alone would have running (mesh/pod-end.ts). */
  readonly openShare: number;
  /** A request waits so long before the endpoint works on it. */
  readonly waitMs: number;
  /** Share of the requests that it refuses at once, being at its capacity. */
  readonly refusedShare: number;
}

/** How endpoints that serve do so. */
export interface Serving {
  readonly durationMs: Sampler;
  /** Probability that the connection is cut under a try. */
  readonly resetShare: number;
}

export interface RequestEnding {
  readonly ending: EndingName;
  readonly cause: Cause;
  /** It would have been tried again, and all retries are used up. */
  readonly isExhausted: boolean;
  /** It would have been tried again, and a limit of retries at once refused that. */
  readonly isRefused: boolean;
  readonly share: number;
}

/** A request between two tries: how many endpoints of each kind it has tried, and how long it has waited. */
interface State {
  readonly tried: readonly number[];
  readonly waitedMs: number;
  readonly probability: number;
}

/** One way in which a try can end at an endpoint. */
interface Way {
  readonly ending: EndingName;
  readonly cause: Cause;
  readonly share: number;
  readonly waitedMs: number;
}

/**
 * A try that happens with this probability, and what it comes to.
 * @param retry 0: the first
 */
type OnTry = (way: Way, kind: EndpointKind, retry: number, probability: number, wantsRetry: boolean) => void;

/**
 * @param timeoutMs of the route, over all tries; Infinity: none
 * @param refusedRetries share of first retries that a limit refuses; who has had one keeps its place for the next
 */
export function requestEndings(
  kinds: readonly EndpointKind[],
  rules: RetryRules,
  timeoutMs: number,
  serving: Serving,
  refusedRetries = 0,
): RequestEnding[] {
  const ends = new Map<string, RequestEnding>();
  const end = ({ ending, cause }: Way, isExhausted: boolean, isRefused: boolean, share: number): void => {
    if (share === 0) return;
    const key = `${ending} ${cause} ${isExhausted} ${isRefused}`;
    ends.set(key, { ending, cause, isExhausted, isRefused, share: share + (ends.get(key)?.share ?? 0) });
  };
  followTries(kinds, rules, timeoutMs, serving, refusedRetries, (way, _kind, retry, probability, wantsRetry) => {
    if (!wantsRetry || retry === rules.retries) end(way, wantsRetry, false, probability);
    else if (retry === 0) end(way, false, true, probability * refusedRetries);
  });
  return [...ends.values()];
}

/** Mean times per request in ms, retries included. */
export interface RetryDemand {
  /** In which it counts among the retries at once: from the failure of the first try on, the back-off included. */
  readonly heldMs: number;
  /** In which its first try is under way, and its retries are. */
  readonly firstMs: number;
  readonly againMs: number;
}

/** @param connectMs how long a connection that fails is tried */
export function retryDemand(
  kinds: readonly EndpointKind[],
  rules: RetryRules,
  timeoutMs: number,
  serving: Serving,
  connectMs: number,
): RetryDemand {
  let [heldMs, firstMs, againMs] = [0, 0, 0];
  followTries(kinds, rules, timeoutMs, serving, 0, (way, kind, retry, probability, wantsRetry) => {
    // An answer is never too late for no timeout.
    if (probability === 0) return;
    const tookMs = probability * tryMs(kind, way, serving, connectMs);
    if (retry === 0) firstMs += tookMs;
    else againMs += tookMs;
    if (wantsRetry && retry < rules.retries) heldMs += probability * meanBackOffMs(retry + 1);
  });
  return { heldMs: heldMs + againMs, firstMs, againMs };
}

function tryMs(kind: EndpointKind, { cause, waitedMs }: Way, serving: Serving, connectMs: number): number {
  if (kind.ending !== 'served') return connectMs;
  return cause === 'slow-answer' ? waitedMs : (kind.durationMs ?? serving.durationMs).mean;
}

function followTries(
  kinds: readonly EndpointKind[],
  rules: RetryRules,
  timeoutMs: number,
  serving: Serving,
  refusedRetries: number,
  onTry: OnTry,
): void {
  let states: State[] = [{ tried: kinds.map(() => 0), waitedMs: 0, probability: 1 }];
  for (let retry = 0; states.length > 0; retry++) {
    const next = new Map<string, State>();
    for (const state of states) {
      for (const { kind, tried, share } of picks(kinds, state.tried, rules.choice)) {
        for (const way of waysAt(kinds[kind], state.waitedMs, rules.perTryTimeoutMs, timeoutMs, serving)) {
          const probability = state.probability * share * way.share;
          const wantsRetry = rules.retries > 0 && isRetried(way.ending, rules);
          onTry(way, kinds[kind], retry, probability, wantsRetry);
          if (!wantsRetry || retry === rules.retries) continue;
          const granted = retry === 0 ? 1 - refusedRetries : 1;
          add(next, { tried, waitedMs: state.waitedMs + way.waitedMs, probability: probability * granted });
        }
      }
    }
    states = [...next.values()];
  }
}

function add(states: Map<string, State>, state: State): void {
  if (state.probability === 0) return;
  const key = `${state.tried} ${state.waitedMs}`;
  const { probability = 0 } = states.get(key) ?? {};
  states.set(key, { ...state, probability: state.probability + probability });
}

interface Pick {
  readonly kind: number;
  /** Endpoints tried so far, with this one. */
  readonly tried: readonly number[];
  readonly share: number;
}

/** The kinds of the endpoint that the next try goes to. */
function picks(kinds: readonly EndpointKind[], tried: readonly number[], choice: RetryRules['choice']): Pick[] {
  const total = kinds.reduce((sum, { count }) => sum + count, 0);
  const triedCount = tried.reduce((sum, count) => sum + count, 0);
  const again = triedCount === 0 ? 0 : triedAgain(triedCount / total, choice);
  return kinds.flatMap(({ count }, kind) => [
    {
      kind,
      tried: tried.with(kind, tried[kind] + 1),
      share: ((1 - again) * (count - tried[kind])) / (total - triedCount || 1),
    },
    { kind, tried, share: (again * tried[kind]) / (triedCount || 1) },
  ]);
}

/** Probability that a retry goes to an endpoint that has been tried. */
function triedAgain(triedShare: number, choice: RetryRules['choice']): number {
  if (choice === 'same') return 1;
  let again = triedShare;
  if (choice === 'untried') for (let pick = 0; pick < HOST_SELECTION_ATTEMPTS; pick++) again *= triedShare;
  return again;
}

function waysAt(
  kind: EndpointKind,
  waitedMs: number,
  perTryMs: number,
  timeoutMs: number,
  { durationMs: usualMs, resetShare }: Serving,
): Way[] {
  const { ending, cause, durationMs = usualMs, errors, moment } = kind;
  if (ending !== 'served') return [{ ending, cause, share: 1, waitedMs: 0 }];
  const leftMs = timeoutMs - waitedMs;
  const timeout = leftMs <= perTryMs ? 'request-timeout' : 'try-timeout';
  const limitMs = Math.min(perTryMs, leftMs);
  const above = (ms: number): number => (ms === Number.POSITIVE_INFINITY ? 0 : probabilityAbove(durationMs, ms));
  const errorShare = errors?.share ?? 0;
  /** Tries that are answered, those that are not for one reason or another, and background resets. */
  const ways = (answered: number, ...others: readonly Way[]): Way[] => [
    { ending, cause, share: answered * (1 - errorShare), waitedMs: 0 },
    { ending: errors?.ending ?? ending, cause: 'endpoint-errors', share: answered * errorShare, waitedMs: 0 },
    ...others,
    { ending: 'connection-cut', cause: 'background-reset', share: resetShare, waitedMs: 0 },
  ];
  const kept = 1 - resetShare;
  const slow = above(limitMs);
  if (moment === undefined) {
    const late: Way = { ending: timeout, cause: 'slow-answer', share: kept * slow, waitedMs: limitMs };
    return ways(kept * (1 - slow), late);
  }
  const stopsInMs = moment.stopsInMs - waitedMs;
  if (stopsInMs <= 0) return [{ ending: 'connection-refused', cause: 'endpoint-refuses', share: 1, waitedMs: 0 }];
  const { waitMs, refusedShare, openShare } = moment;
  const taken = kept * (1 - refusedShare);
  const refused: Way = {
    ending: 'unavailable-upstream',
    cause: 'endpoint-overloaded',
    share: kept * refusedShare,
    waitedMs: 0,
  };
  if (stopsInMs < limitMs) {
    const cut = Math.min(1, openShare * above(stopsInMs - waitMs));
    const killed: Way = { ending: 'connection-cut', cause: 'pod-killed', share: taken * cut, waitedMs: stopsInMs };
    return ways(taken * (1 - cut), killed, refused);
  }
  const late = above(limitMs - waitMs);
  return ways(
    taken * (1 - late),
    { ending: timeout, cause: 'slow-answer', share: taken * slow, waitedMs: limitMs },
    { ending: timeout, cause: 'queued-too-long', share: taken * (late - slow), waitedMs: limitMs },
    refused,
  );
}
