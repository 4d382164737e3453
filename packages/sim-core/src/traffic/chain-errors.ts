/**
 * User requests that pass several proxies, one after another. A request takes any proxy of a hop's kind, so that it fails
 * there with the mean probability of those proxies; a failure further on comes back as an answer of 503 (gRPC:
 * UNAVAILABLE), which the hops before may try again, each time through another proxy. All hops of a request, with the
 * retries of proxies, happen at one moment.
 */
import { istioBehaviour } from '../scenario/istio-versions.js';
import type { ChainHop } from '../scenario/types.js';
import { retriedShare } from './caller-errors.js';
import { delaySets, type FailingStretch, failedForGood, INSTANT_NS, withInstants } from './caller-retries.js';
import type { IntervalListener } from './exposure.js';
import type { CutRequests } from './in-flight/in-flight.js';
import { isError, type Outcomes } from './outcomes.js';
import { conditionsOf, isAnswerRetried, retryRules } from './retries.js';
import { BIN_NS, TimeBins, type TimedFailures } from './time-bins.js';

/** Expected user requests of one rollout that fail. */
export interface ChainFailures {
  readonly name: string;
  /** In words, in their order. */
  readonly hops: readonly string[];
  readonly requests: number;
  /** By the hop whose proxy failed the last try. */
  readonly byHop: readonly number[];
  /** After the user's own retries, each through other proxies. */
  readonly caller: number;
}

interface Hop {
  readonly kind: ChainHop['proxy'];
  readonly host: string;
  /** Requests to the host at all proxies of the kind. */
  readonly perSecond: number;
  /** Retries of an answer of 503 that comes back. */
  readonly retries: number;
  /** outcome → what one worker with it adds to the mean failing share of the host's requests. */
  readonly weightOf: (outcome: number) => number;
  /** What requests that are cut at a worker add to that share, as a time in ns. */
  readonly cutNs: (cut: CutRequests) => number;
}

/** Outcome → workers that have it. */
type Population = readonly (readonly [outcome: number, workers: number])[];

const NS_PER_SECOND = 1e9;
/** Of a step at which no worker changes. */
const NO_OUTCOME = -1;
/** What the failure of a hop is to the hop before: the application hands it on. */
const HANDED_ON = 503;

export class ChainErrors {
  private readonly hops: readonly (readonly Hop[])[];
  /** Where workers begin and cease to fail: the outcome that begins (1) or ends (−1). */
  private readonly steps: { atNs: number; outcome: number; workers: number }[] = [];

  constructor(private readonly outcomes: Outcomes) {
    this.hops = outcomes.model.scenario.traffic.chains.map(({ hops }) => hops.map((hop) => newHop(outcomes, hop)));
  }

  readonly onInterval: IntervalListener = (proxy, _worker, view, fromNs, toNs) => {
    const { outcomes } = this;
    const outcome = outcomes.idOf(outcomes.model.proxies.groupOf[proxy], view);
    if (outcomes.outcome(outcome).errorsPerSecond === 0) return;
    this.steps.push({ atNs: fromNs, outcome, workers: 1 }, { atNs: toNs, outcome, workers: -1 });
  };

  /**
   * After the last interval.
   * @param timed what views alone do not tell, over time
   * @param cut requests that have failed at one instant
   */
  finish(
    horizonNs: number,
    timed: readonly TimedFailures[] = [],
    cut: readonly CutRequests[] = [],
  ): readonly ChainFailures[] {
    const { traffic } = this.outcomes.model.scenario;
    const { callers, chains, requestsPerSecond } = traffic;
    const spans = this.spans(horizonNs, timed);
    const sets = delaySets(callers);
    const isRetried = isAnswerRetried(HANDED_ON, conditionsOf(callers.retryOn), callers.protocol);
    return chains.map((chain, index) => {
      const perNs = (chain.requestsPerSecond ?? requestsPerSecond) / NS_PER_SECOND;
      const hops = this.hops[index];
      const byHop = hops.map(() => 0);
      const extra = hops.map((hop) => extraShares(hop, timed));
      const ownAt = (population: Population, atNs: number): number[] =>
        hops.map(({ weightOf }, hop) => {
          const exact = population.reduce((sum, [outcome, workers]) => sum + workers * weightOf(outcome), 0);
          const share = extra[hop](atNs);
          return share === 0 ? exact : Math.min(1, exact + share);
        });
      const stretches = spans.flatMap(({ fromNs, toNs, population }) => {
        const failing = failuresByHop(hops, ownAt(population, fromNs));
        const share = failing.reduce((sum, part) => sum + part, 0);
        if (share === 0) return [];
        failing.forEach((part, hop) => {
          byHop[hop] += perNs * part * (Math.min(toNs, horizonNs) - fromNs);
        });
        return [{ fromNs, toNs, retried: isRetried ? share : 0, lost: [{ key: '', share, isRetried }] }];
      });
      const instants = instantsOf(cut).map(({ atNs, all }): FailingStretch => {
        const { population = [] } = spans.find((span) => span.fromNs <= atNs && atNs < span.toNs) ?? {};
        const failing = cutByHop(hops, ownAt(population, atNs), all);
        const share = failing.reduce((sum, ns) => sum + ns, 0) / INSTANT_NS;
        failing.forEach((ns, hop) => {
          byHop[hop] += perNs * ns;
        });
        const retried = isRetried ? share : 0;
        return { fromNs: atNs, toNs: atNs + INSTANT_NS, retried, lost: [{ key: '', share, isRetried }] };
      });
      const again = retriedShare(traffic);
      let caller = (1 - again) * byHop.reduce((sum, failures) => sum + failures, 0);
      const all = withInstants(stretches, instants);
      failedForGood(all, all, sets, horizonNs, (_, ns) => {
        caller += again * perNs * ns;
      });
      const names = chain.hops.map(({ proxy, host }) => `${proxy} → ${host}`);
      return { name: chain.name, hops: names, requests: perNs * horizonNs, byHop, caller };
    });
  }

  /** Times in which the same numbers of workers fail in the same ways; the last one goes on for good. */
  private spans(horizonNs: number, timed: readonly TimedFailures[]) {
    const bounds = timed.flatMap(({ bins }) => bins.spans.flatMap(({ fromNs, toNs }) => [fromNs, toNs]));
    const steps = [
      ...this.steps,
      ...[...new Set(bounds)].map((atNs) => ({ atNs, outcome: NO_OUTCOME, workers: 0 })),
    ].sort((a, b) => a.atNs - b.atNs);
    const population = new Map<number, number>();
    const spans: { fromNs: number; toNs: number; population: readonly (readonly [number, number])[] }[] = [];
    let at = 0;
    while (at < steps.length && steps[at].atNs < horizonNs) {
      const fromNs = steps[at].atNs;
      for (; at < steps.length && steps[at].atNs === fromNs; at++) {
        const { outcome, workers } = steps[at];
        population.set(outcome, (population.get(outcome) ?? 0) + workers);
      }
      const nextNs = steps[at]?.atNs ?? horizonNs;
      const toNs = nextNs < horizonNs ? nextNs : Number.POSITIVE_INFINITY;
      spans.push({ fromNs, toNs, population: [...population].filter(([, workers]) => workers > 0) });
    }
    return spans;
  }
}

/** Share of user requests that fail at each hop for good, given those of one try at it. */
function failuresByHop(hops: readonly Hop[], own: readonly number[]): number[] {
  let behind: number[] = [];
  for (let hop = hops.length - 1; hop >= 0; hop--) {
    const share = behind.reduce((sum, part) => sum + part, 0);
    let again = 1 - own[hop];
    for (let retry = 0; retry < hops[hop].retries; retry++) again *= share;
    behind = [own[hop], ...behind.map((part) => part * again)];
  }
  return behind;
}

/** Share of a hop's requests that fail as no view tells: of a quarter of a second, the mean over its proxies. */
function extraShares({ kind, host, perSecond }: Hop, timed: readonly TimedFailures[]): (timeNs: number) => number {
  const bins = new TimeBins();
  for (const part of timed) {
    if (part.bucket.kind === kind && part.bucket.host === host && isError(part.bucket)) bins.addAll(part.bins);
  }
  const requests = (perSecond * BIN_NS) / NS_PER_SECOND;
  return (timeNs) => (requests === 0 ? 0 : bins.at(timeNs) / requests);
}

/** Cuts of one instant together, in order of time. */
function instantsOf(cut: readonly CutRequests[]): { readonly atNs: number; readonly all: readonly CutRequests[] }[] {
  const byInstant = new Map<number, CutRequests[]>();
  for (const requests of cut) {
    const known = byInstant.get(requests.atNs);
    if (known === undefined) byInstant.set(requests.atNs, [requests]);
    else known.push(requests);
  }
  return [...byInstant].map(([atNs, all]) => ({ atNs, all })).sort((a, b) => a.atNs - b.atNs);
}

/** For how long, in ns, all user requests would have to fail at each hop to make up for what is cut at an instant. */
function cutByHop(hops: readonly Hop[], own: readonly number[], cut: readonly CutRequests[]): number[] {
  return hops.map(({ cutNs }, hop) => {
    let ns = cut.reduce((sum, requests) => sum + cutNs(requests), 0);
    // On its way back it passes the hops before, which may try again and do so in the state of that moment.
    for (let before = hop - 1; before >= 0; before--) {
      const share = failuresByHop(hops.slice(before + 1), own.slice(before + 1)).reduce((sum, part) => sum + part, 0);
      ns *= 1 - own[before];
      for (let retry = 0; retry < hops[before].retries; retry++) ns *= share;
    }
    return ns;
  });
}

function newHop(outcomes: Outcomes, { proxy: kind, host, protocol, retries, retryOn }: ChainHop): Hop {
  const { proxies, scenario } = outcomes.model;
  const groups = proxies.groups.map((group, index) => ({ ...group, index })).filter((group) => group.kind === kind);
  const sending = groups.filter(({ index }) => outcomes.classes[index].some((requests) => requests.host === host));
  const workers = sending.reduce((sum, { count }) => sum + count, 0) * scenario.mesh.workersPerProxy;
  const rules = rulesBefore(outcomes, sending[0]?.index, host);
  const own = retryOn === undefined ? rules : conditionsOf(retryOn);
  const shares = new Map<number, number>();
  const perSecond = sending.reduce((sum, { index, count }) => {
    const ofHost = outcomes.classes[index].filter((requests) => requests.host === host);
    return sum + count * ofHost.reduce((rate, requests) => rate + requests.perSecond, 0);
  }, 0);
  return {
    kind,
    host,
    perSecond,
    retries: isAnswerRetried(HANDED_ON, own, protocol) ? (retries ?? rules.retries) : 0,
    cutNs: ({ proxy, bucket, expected }) => {
      if (bucket.kind !== kind || bucket.host !== host || !isError(bucket)) return 0;
      const ofHost = outcomes.classes[proxies.groupOf[proxy]].filter((requests) => requests.host === host);
      const perProxy = ofHost.reduce((sum, { perSecond }) => sum + perSecond, 0);
      const perNs = perProxy / scenario.mesh.workersPerProxy / NS_PER_SECOND;
      return expected / perNs / workers;
    },
    weightOf: (outcome) => {
      let share = shares.get(outcome);
      if (share === undefined) {
        share = workers === 0 ? 0 : failingShare(outcomes, outcome, kind, host) / workers;
        shares.set(outcome, share);
      }
      return share;
    },
  };
}

/** Share of a host's requests that meet a 5xx at a worker with this outcome, if it is of this kind. */
function failingShare(outcomes: Outcomes, outcome: number, kind: ChainHop['proxy'], host: string): number {
  let [all, failing] = [0, 0];
  for (const { bucket, perSecond } of outcomes.outcome(outcome).rates) {
    if (bucket.kind !== kind || bucket.host !== host) continue;
    all += perSecond;
    if (isError(bucket)) failing += perSecond;
  }
  return all === 0 ? 0 : failing / all;
}

/** How the routes of a host retry before the rollout; Istio's default where no VirtualService of the change says. */
function rulesBefore(outcomes: Outcomes, group: number | undefined, host: string) {
  const { model, classes } = outcomes;
  const istio = istioBehaviour(model.scenario.mesh.istio);
  if (group === undefined) return retryRules(undefined, istio, false);
  const index = classes[group].findIndex((requests) => requests.host === host);
  const decision = outcomes.decisionsOf(model.firstSnapshot.routes[group])[index];
  return retryRules(decision.kind === 'forward' ? decision.retries : undefined, istio, false);
}
