/**
 * User requests that pass several proxies, one after another. A request takes any proxy of a hop's kind, so that it fails
 * there with the mean probability of those proxies; a failure further on comes back as an answer of 503 (gRPC:
 * UNAVAILABLE), which the hops before may try again, each time through another proxy. All hops of a request, with the
 * retries of proxies, happen at one moment.
 */
import { istioBehaviour } from '../scenario/istio-versions.js';
import type { ChainHop } from '../scenario/types.js';
import { retriedShare } from './caller-errors.js';
import { delaySets, failedForGood } from './caller-retries.js';
import type { IntervalListener } from './exposure.js';
import { isError, type Outcomes } from './outcomes.js';
import type { SampledFailures } from './pools/extra-failures.js';
import { conditionsOf, isAnswerRetried, retryRules } from './retries.js';
import { BIN_NS, TimeBins } from './time-bins.js';

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
}

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
   * @param sampled what only the sampled proxies tell, over time
   */
  finish(horizonNs: number, sampled: SampledFailures['timed'] = []): readonly ChainFailures[] {
    const { traffic } = this.outcomes.model.scenario;
    const { callers, chains, requestsPerSecond } = traffic;
    const spans = this.spans(horizonNs, sampled);
    const sets = delaySets(callers);
    const isRetried = isAnswerRetried(HANDED_ON, conditionsOf(callers.retryOn), callers.protocol);
    return chains.map((chain, index) => {
      const perNs = (chain.requestsPerSecond ?? requestsPerSecond) / NS_PER_SECOND;
      const hops = this.hops[index];
      const byHop = hops.map(() => 0);
      const extra = hops.map((hop) => extraShares(hop, sampled));
      const stretches = spans.flatMap(({ fromNs, toNs, population }) => {
        const own = hops.map(({ weightOf }, hop) => {
          const exact = population.reduce((sum, [outcome, workers]) => sum + workers * weightOf(outcome), 0);
          const share = extra[hop](fromNs);
          return share === 0 ? exact : Math.min(1, exact + share);
        });
        const failing = failuresByHop(hops, own);
        const share = failing.reduce((sum, part) => sum + part, 0);
        if (share === 0) return [];
        failing.forEach((part, hop) => {
          byHop[hop] += perNs * part * (Math.min(toNs, horizonNs) - fromNs);
        });
        return [{ fromNs, toNs, retried: isRetried ? share : 0, lost: [{ key: '', share, isRetried }] }];
      });
      const again = retriedShare(traffic);
      let caller = (1 - again) * byHop.reduce((sum, failures) => sum + failures, 0);
      failedForGood(stretches, stretches, sets, horizonNs, (_, ns) => {
        caller += again * perNs * ns;
      });
      const names = chain.hops.map(({ proxy, host }) => `${proxy} → ${host}`);
      return { name: chain.name, hops: names, requests: perNs * horizonNs, byHop, caller };
    });
  }

  /** Times in which the same numbers of workers fail in the same ways; the last one goes on for good. */
  private spans(horizonNs: number, sampled: SampledFailures['timed']) {
    const bounds = sampled.flatMap(({ bins }) => bins.spans.flatMap(({ fromNs, toNs }) => [fromNs, toNs]));
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

/** Share of a hop's requests that fail as only the sample tells: of a quarter of a second, the mean over its proxies. */
function extraShares({ kind, host, perSecond }: Hop, sampled: SampledFailures['timed']): (timeNs: number) => number {
  const bins = new TimeBins();
  for (const part of sampled) {
    if (part.bucket.kind === kind && part.bucket.host === host && isError(part.bucket)) bins.addAll(part.bins);
  }
  const requests = (perSecond * BIN_NS) / NS_PER_SECOND;
  return (timeNs) => (requests === 0 ? 0 : bins.at(timeNs) / requests);
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
