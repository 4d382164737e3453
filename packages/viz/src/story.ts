/** A rollout in words and numbers. */
import type { TrialResult } from '@xdsim/sim-core';
import type { RolloutTimeline } from './rollout-timeline.js';
import { duration } from './timeline/frame.js';

/** Why requests fail, by the engine's name for it. */
const CAUSES: Readonly<Record<string, string>> = {
  'rds-late': 'CDS has removed the old cluster, and the routes (RDS) that still name it are not replaced yet',
  'cds-late': 'the routes name the new subset, and CDS has not brought its cluster yet',
  'eds-late': 'CDS has brought the new cluster, and it is warming: its endpoints (EDS) have not come yet',
  'subset-undefined': 'the routes name a subset that no DestinationRule defines',
  'no-ready-endpoints': 'the subset has no ready endpoint',
  'endpoint-refuses': 'the endpoint refuses the connection',
  'server-expects-tls': 'the client sends plaintext, and the server takes TLS only',
  'server-expects-plaintext': 'the client starts TLS, and the server takes another kind of connection',
  'slow-answer': 'the answer takes longer than a timeout of the route',
  'background-reset': 'the connection is cut, as happens to some requests at any time',
  'endpoint-errors': 'the endpoint answers with an error of its own',
  'pool-overflow': 'a limit of the connection pool refuses the request',
  'all-ejected': 'outlier detection has ejected every endpoint of the subset',
  'no-route': 'no route matches',
  'answered-by-route': 'the route itself answers with an error',
};

interface CauseCount {
  readonly cause: string;
  readonly flag: string;
  readonly code: number;
  /** Expected requests. */
  readonly expected: number;
}

/** Expected 5xx by why they happen; those that happen most come first. */
export function errorsByCause(result: TrialResult): CauseCount[] {
  const counts = new Map<string, { cause: string; flag: string; code: number; expected: number }>();
  for (const { bucket, expected } of result.buckets) {
    const { cause, flag, code } = bucket;
    if (code < 500) continue;
    const key = `${cause} ${flag} ${code}`;
    const count = counts.get(key) ?? { cause, flag, code, expected: 0 };
    count.expected += expected;
    counts.set(key, count);
  }
  return [...counts.values()].sort((a, b) => b.expected - a.expected);
}

export function causeInWords(cause: string): string {
  return CAUSES[cause] ?? cause;
}

/** One number of a run, exactly, and how it is read. */
export interface Figure {
  /** Stable name, for tests and scripts. */
  readonly name: string;
  readonly label: string;
  readonly meaning: string;
  /** undefined: it did not happen. */
  readonly value: number | undefined;
  readonly words: string;
}

export function figures(result: TrialResult): Figure[] {
  const time = (name: string, label: string, meaning: string, value: number | undefined): Figure => {
    return {
      name,
      label,
      meaning,
      value,
      words: value === undefined ? 'not within the horizon' : duration(value * 1e6),
    };
  };
  const count = (name: string, label: string, meaning: string, value: number): Figure => {
    return { name, label, meaning, value, words: expectedWords(value) };
  };
  return [
    time('complete', 'Complete', 'first write sent → last proxy acts on all of the change', result.completeMs),
    time('propagation', 'Propagation', 'first proxy acts on any of it → last acts on all of it', result.propagationMs),
    time('skew', 'Skew', 'two proxies act on different revisions', result.skewMs),
    time('inconsistent', 'Inconsistent', 'proxies disagree, or one contradicts itself', result.inconsistentMs),
    time('failing', 'Failing', 'at least one proxy would fail a request', result.failingMs),
    count('errors', 'Expected 5xx', 'over the whole rollout', result.errors),
    ...errorsByCause(result).map(({ cause, flag, code, expected }) =>
      count(`errors:${cause}:${flag}`, `of these ${code} ${flag}`, causeInWords(cause), expected),
    ),
  ];
}

export function expectedWords(value: number): string {
  if (value === 0) return '0';
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** What is seen, one sentence a fact. */
export function storyOf(run: RolloutTimeline, result: TrialResult): string[] {
  return [writesAndPushes(run), agreement(run, result), failing(result)];
}

function writesAndPushes({ writes, pushes, proxies }: RolloutTimeline): string {
  const sent = plural(writes.length, 'write');
  if (pushes.length === 0) return `${sent}, and no push.`;
  const waits = pushes.map(({ startedNs, debounceNs }) => startedNs - debounceNs);
  const [least, most] = [duration(Math.min(...waits)), duration(Math.max(...waits))];
  const wait = least === most ? least : `${least} to ${most}`;
  const waited = `${pushes.length === 1 ? 'after' : 'each after'} ${wait} of debounce`;
  return `${sent} become ${plural(pushes.length, 'push')} to ${plural(proxies.length, 'proxy')}, ${waited}.`;
}

function agreement({ windows }: RolloutTimeline, { inconsistentMs, completeMs }: TrialResult): string {
  if (inconsistentMs === 0) return 'The proxies never disagree.';
  const times = windows.inconsistent.length === 1 ? '' : `, in ${windows.inconsistent.length} windows`;
  const end =
    completeMs === undefined
      ? 'and not all have arrived by the horizon'
      : `all have arrived at ${duration(completeMs * 1e6)}`;
  return `Every proxy takes the change over in its own time: for ${duration(inconsistentMs * 1e6)} they are inconsistent${times}; ${end}.`;
}

function failing(result: TrialResult): string {
  if (result.errors === 0)
    return 'No request fails: at every moment each proxy has the clusters and endpoints that its routes name.';
  const [first] = errorsByCause(result);
  const share = first.expected / result.errors;
  const most = share > 0.995 ? 'all' : `${Math.round(share * 100)} %`;
  return (
    `For ${duration(result.failingMs * 1e6)} at least one proxy fails requests: ${expectedWords(result.errors)} 5xx are expected, ` +
    `${most} of them (${first.flag}) because ${causeInWords(first.cause)}.`
  );
}

const PLURALS: Readonly<Record<string, string>> = { push: 'pushes', proxy: 'proxies', write: 'writes' };

function plural(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : PLURALS[noun]}`;
}
