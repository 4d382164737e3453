/** Stretches of time in which workers fail requests, as spans per proxy and as a rate over all. */
import { type Bucket, isFailure, type Outcome } from '@xdsim/sim-core';
import { type FailingSpan, merged, type RateStep, type Span } from './picture.js';

interface Failure extends Span {
  readonly proxy: number;
  readonly outcome: Outcome;
}

export class Failures {
  private readonly failures: Failure[] = [];
  private readonly rates: (Span & { readonly perSecond: number })[] = [];

  add(proxy: number, outcome: Outcome, fromNs: number, toNs: number): void {
    if (outcome.failuresPerSecond > 0) this.failures.push({ proxy, outcome, fromNs, toNs });
  }

  /** What is known as a rate alone. */
  addRate(fromNs: number, toNs: number, perSecond: number): void {
    this.rates.push({ fromNs, toNs, perSecond });
  }

  byProxyAndFlag(): FailingSpan[] {
    const groups = new Map<string, { proxy: number; flag: string; cause: Bucket['cause']; spans: Span[] }>();
    for (const { proxy, outcome, fromNs, toNs } of this.failures) {
      for (const { bucket } of outcome.rates) {
        if (!isFailure(bucket)) continue;
        const { flag, cause } = bucket;
        const key = `${proxy} ${flag} ${cause}`;
        const group = groups.get(key) ?? { proxy, flag, cause, spans: [] };
        group.spans.push({ fromNs, toNs });
        groups.set(key, group);
      }
    }
    return [...groups.values()].flatMap(({ proxy, flag, cause, spans }) =>
      merged(spans).map((span) => ({ proxy, flag, cause, ...span })),
    );
  }

  /** Workers are counted per rate, so that the sum is exactly 0 when none fails. */
  errorRate(): RateStep[] {
    const exact = this.failures.map(({ fromNs, toNs, outcome }) => ({
      fromNs,
      toNs,
      perSecond: outcome.errorsPerSecond,
    }));
    const changes = [...exact, ...this.rates].flatMap(({ fromNs, toNs, perSecond }) => [
      { atNs: fromNs, perSecond, workers: 1 },
      { atNs: toNs, perSecond, workers: -1 },
    ]);
    const failing = new Map<number, number>();
    const steps: { atNs: number; perSecond: number }[] = [];
    for (const { atNs, perSecond, workers } of changes.sort((a, b) => a.atNs - b.atNs)) {
      failing.set(perSecond, (failing.get(perSecond) ?? 0) + workers);
      const sum = [...failing].reduce((total, [rate, count]) => total + rate * count, 0);
      const last = steps.at(-1);
      if (last?.atNs === atNs) last.perSecond = sum;
      else steps.push({ atNs, perSecond: sum });
    }
    return steps;
  }
}
