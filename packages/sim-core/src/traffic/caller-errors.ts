/** Failures that callers still see after their own retries, each of which goes to the same worker of the same proxy. */
import type { Callers, TrafficShape } from '../scenario/types.js';
import { delaySets, type FailingStretch, failedForGood, INSTANT_NS, withInstants } from './caller-retries.js';
import type { IntervalListener } from './exposure.js';
import type { CutRequests } from './in-flight/in-flight.js';
import type { Outcomes } from './outcomes.js';
import type { RequestClass } from './request-classes.js';
import type { Flags } from './response-flags.js';
import { type Conditions, conditionsOf, isAnswerRetried } from './retries.js';

/** Expected failures per rollout that end in the same way. */
export interface FinalFailure {
  readonly flag: Flags;
  readonly code: number;
  readonly expected: number;
}

const NS_PER_SECOND = 1e9;

/** Methods that a request can be sent with again (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export class CallerErrors {
  private readonly callers: Callers;
  private readonly conditions: Conditions;
  /** Worker → its failing stretches, by outcome. */
  private readonly stretches = new Map<number, { fromNs: number; toNs: number; outcome: number }[]>();

  constructor(private readonly outcomes: Outcomes) {
    this.callers = outcomes.model.scenario.traffic.callers;
    this.conditions = conditionsOf(this.callers.retryOn);
  }

  readonly onInterval: IntervalListener = (proxy, worker, view, fromNs, toNs) => {
    const { outcomes } = this;
    const outcome = outcomes.idOf(outcomes.model.proxies.groupOf[proxy], view);
    if (outcomes.outcome(outcome).failuresPerSecond === 0) return;
    const id = proxy * outcomes.model.scenario.mesh.workersPerProxy + worker;
    const known = this.stretches.get(id);
    if (known === undefined) this.stretches.set(id, [{ fromNs, toNs, outcome }]);
    else known.push({ fromNs, toNs, outcome });
  };

  /**
   * After the last interval.
   * @param cut requests that have failed at one instant, each a reason for a retry of its own
   */
  finish(horizonNs: number, cut: readonly CutRequests[] = []): readonly FinalFailure[] {
    const { outcomes, callers } = this;
    const { model, classes } = outcomes;
    const expected = new Map<string, number>();
    const sets = delaySets(callers);
    const instants = this.instants(cut);
    for (const worker of new Set([...this.stretches.keys(), ...instants.keys()])) {
      const stretches = this.stretches.get(worker) ?? [];
      const group = model.proxies.groupOf[Math.floor(worker / model.scenario.mesh.workersPerProxy)];
      classes[group].forEach((requests, index) => {
        const perNs = requests.perSecond / model.scenario.mesh.workersPerProxy / NS_PER_SECOND;
        const again = retriedShare(model.scenario.traffic, methodOf(requests));
        if (perNs === 0) return;
        const own = instants.get(worker)?.filter((requests) => requests.index === index) ?? [];
        const failing = withInstants(
          stretches.flatMap((stretch) => this.failing(stretch, index, horizonNs)),
          own.map((requests) => this.instant(requests, perNs)),
        );
        const add = (weight: number) => (key: string, ns: number) =>
          expected.set(key, (expected.get(key) ?? 0) + perNs * weight * ns);
        if (again > 0) failedForGood(failing, sets, horizonNs, add(again));
        if (again < 1) failedForGood(failing, [[]], horizonNs, add(1 - again));
      });
    }
    return [...expected].map(([key, count]) => {
      const [flag, code] = key.split(' ');
      return { flag: flag as Flags, code: Number(code), expected: count };
    });
  }

  /** By worker, in order of time. */
  private instants(cut: readonly CutRequests[]): ReadonlyMap<number, readonly CutRequests[]> {
    const byWorker = new Map<number, CutRequests[]>();
    for (const requests of [...cut].sort((a, b) => a.atNs - b.atNs)) {
      const id = requests.proxy * this.outcomes.model.scenario.mesh.workersPerProxy + requests.worker;
      byWorker.set(id, [...(byWorker.get(id) ?? []), requests]);
    }
    return byWorker;
  }

  private instant({ atNs, bucket: { flag, code }, expected }: CutRequests, perNs: number): FailingStretch {
    const isRetried = isAnswerRetried(code, this.conditions, this.callers.protocol);
    const share = expected / perNs / INSTANT_NS;
    const lost = [{ key: `${flag} ${code}`, share, isRetried }];
    return { fromNs: atNs, toNs: atNs + INSTANT_NS, retried: isRetried ? share : 0, lost };
  }

  private failing(
    { fromNs, toNs, outcome }: { fromNs: number; toNs: number; outcome: number },
    index: number,
    horizonNs: number,
  ): FailingStretch[] {
    const { lost } = this.outcomes.outcome(outcome).classes[index];
    if (lost.length === 0) return [];
    const ends = lost.map(({ flag, code, share }) => {
      const isRetried = isAnswerRetried(code, this.conditions, this.callers.protocol);
      return { key: `${flag} ${code}`, share, isRetried };
    });
    const retried = ends.reduce((sum, { share, isRetried }) => sum + (isRetried ? share : 0), 0);
    // What holds at the horizon is taken to hold on.
    return [{ fromNs, toNs: toNs < horizonNs ? toNs : Number.POSITIVE_INFINITY, retried, lost: ends }];
  }
}

/** The method that a class's rule asks for; undefined: it takes any. */
function methodOf({ request, isMethodOpen }: RequestClass): string | undefined {
  return isMethodOpen ? undefined : request.method;
}

/** Share of requests whose method lets callers try again; `method` undefined: those of the traffic as a whole. */
export function retriedShare({ methods, callers }: TrafficShape, method?: string): number {
  if (callers.retriesAllMethods) return 1;
  if (method !== undefined) return IDEMPOTENT.has(method) ? 1 : 0;
  const shares = Object.entries(methods);
  const sum = (counted: typeof shares): number => counted.reduce((total, [, share]) => total + share, 0);
  return sum(shares.filter(([each]) => IDEMPOTENT.has(each))) / sum(shares);
}
