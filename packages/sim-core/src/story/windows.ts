/** When a request to some proxy would fail, and when the mesh is inconsistent. */
import type { TraceDictionary, TraceKind, TraceSink } from '../trace/events.js';
import type { RolloutWindow } from '../trace/run-report.js';
import type { Convergence } from '../traffic/convergence.js';
import type { Exposure } from '../traffic/exposure.js';
import { type Bucket, isFailure, type Outcome, type Outcomes } from '../traffic/outcomes.js';
import { answerOf, causeInWords } from './causes.js';

/** A time in which one worker's view did not change and made requests fail. */
interface Stretch {
  readonly proxy: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly outcome: Outcome;
}

const NS_PER_MS = 1e6;

export class FailingStretches {
  private readonly stretches: Stretch[] = [];
  private readonly totalNs = new Map<number, number>();

  constructor(private readonly outcomes: Outcomes) {}

  /** As the exposure reports it. */
  add(proxy: number, _worker: number, view: number, fromNs: number, toNs: number): void {
    const { outcomes } = this;
    const outcome = outcomes.outcome(outcomes.idOf(outcomes.model.proxies.groupOf[proxy], view));
    if (outcome.failuresPerSecond === 0) return;
    this.stretches.push({ proxy, fromNs, toNs, outcome });
    this.totalNs.set(proxy, (this.totalNs.get(proxy) ?? 0) + toNs - fromNs);
  }

  /** Mean over the workers of a proxy. */
  failingMs(proxy: number): number {
    const workers = this.outcomes.model.scenario.mesh.workersPerProxy;
    return (this.totalNs.get(proxy) ?? 0) / workers / NS_PER_MS;
  }

  longest(): number | undefined {
    const sorted = [...this.totalNs].sort(([p, a], [q, b]) => b - a || p - q);
    return sorted[0]?.[0];
  }

  get proxies(): number {
    return this.totalNs.size;
  }

  /** In order of opening; of `proxy` alone where one is given. Stretches that touch or overlap are one window. */
  windows(names: TraceDictionary, horizonNs: number, proxy?: number): RolloutWindow[] {
    const windows: Stretch[][] = [];
    let endNs = Number.NEGATIVE_INFINITY;
    for (const stretch of [...this.stretches].sort((a, b) => a.fromNs - b.fromNs)) {
      if (proxy !== undefined && stretch.proxy !== proxy) continue;
      if (stretch.fromNs > endNs) windows.push([stretch]);
      else windows[windows.length - 1].push(stretch);
      endNs = Math.max(endNs, stretch.toNs);
    }
    return windows.map((stretches) => failingWindow(stretches, names, horizonNs));
  }
}

/** Asks after every event whether the mesh is inconsistent; it must stand behind the convergence that it asks. */
export class InconsistentWindows implements TraceSink {
  private readonly closed: RolloutWindow[] = [];
  private open: { readonly fromNs: number; readonly why: string } | undefined;

  constructor(
    private readonly convergence: Convergence,
    private readonly exposure: Exposure,
  ) {}

  emit(_kind: TraceKind, timeNs: number): void {
    if (!this.convergence.isInconsistent) this.close(timeNs, false);
    else this.open ??= { fromNs: timeNs, why: this.reason() };
  }

  finish(horizonNs: number): readonly RolloutWindow[] {
    this.close(horizonNs, true);
    return this.closed;
  }

  private close(timeNs: number, openAtHorizon: boolean): void {
    const { open } = this;
    this.open = undefined;
    if (open === undefined || open.fromNs === timeNs) return;
    const none = { proxies: null, firstProxy: null, firstFailure: null, mainFailure: null };
    const fromMs = open.fromNs / NS_PER_MS;
    this.closed.push({
      state: 'inconsistent',
      fromMs,
      toMs: timeNs / NS_PER_MS,
      openAtHorizon,
      why: open.why,
      ...none,
    });
  }

  private reason(): string {
    return this.exposure.isContradicting
      ? "a proxy's routes name a cluster that it does not have, or that has no endpoint"
      : 'not all proxies act on the same revision';
  }
}

function failingWindow(stretches: readonly Stretch[], names: TraceDictionary, horizonNs: number): RolloutWindow {
  const [first] = stretches;
  const endNs = stretches.reduce((latest, { toNs }) => Math.max(latest, toNs), 0);
  const firstFailure = mainFailure([first], () => 1);
  const lengthNs = ({ fromNs, toNs }: Stretch): number => toNs - fromNs;
  return {
    state: 'failing',
    fromMs: first.fromNs / NS_PER_MS,
    toMs: endNs / NS_PER_MS,
    openAtHorizon: endNs >= horizonNs,
    why: wordsOf(firstFailure),
    proxies: new Set(stretches.map(({ proxy }) => proxy)).size,
    firstProxy: names.proxies[first.proxy].id,
    firstFailure,
    mainFailure: mainFailure(stretches, lengthNs),
  };
}

type Failure = NonNullable<RolloutWindow['firstFailure']>;

export function wordsOf({ code, flag, host, subset, why }: Failure): string {
  const to = subset === '' ? host : `${host} (subset ${subset})`;
  return `requests to ${to} would get ${answerOf(code, flag)}: ${why}`;
}

/** What most failing requests meet, each stretch counted by its weight. */
function mainFailure(stretches: readonly Stretch[], weight: (stretch: Stretch) => number): Failure {
  const counts = new Map<string, { readonly bucket: Bucket; requests: number }>();
  for (const stretch of stretches) {
    for (const { bucket, perSecond } of stretch.outcome.rates) {
      if (!isFailure(bucket)) continue;
      const key = JSON.stringify(bucket);
      const count = counts.get(key) ?? { bucket, requests: 0 };
      count.requests += perSecond * weight(stretch);
      counts.set(key, count);
    }
  }
  return failureOf([...counts.values()].reduce((top, count) => (count.requests > top.requests ? count : top)).bucket);
}

export function failureOf({ code, flag, cause, host, destination, subset, kind }: Bucket): Failure {
  return { code, flag, cause, why: causeInWords(cause), host, destination, subset, proxyKind: kind };
}
