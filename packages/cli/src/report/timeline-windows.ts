/** When proxies would fail requests or contradict themselves: stretches of each worker, and windows over the mesh. */
import {
  type Bucket,
  isFailure,
  type Outcome,
  type Outcomes,
  type RolloutWindow,
  type TimelineEntry,
  type TraceDictionary,
} from '@xdsim/sim-core';
import { causeInWords } from './timeline-causes.js';

/** A time in which one worker's view made requests fail, or named what the proxy does not have. */
interface Stretch {
  readonly proxy: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly outcome: Outcome;
}

const NS_PER_MS = 1e6;

export class Stretches {
  private readonly failing: Stretch[] = [];
  private readonly contradicting: Stretch[] = [];
  private readonly failingNs = new Map<number, number>();

  constructor(private readonly outcomes: Outcomes) {}

  /** As the exposure reports a stretch in which a worker's view did not change. */
  add(proxy: number, _worker: number, view: number, fromNs: number, toNs: number): void {
    const { outcomes } = this;
    const outcome = outcomes.outcome(outcomes.idOf(outcomes.model.proxies.groupOf[proxy], view));
    const stretch = { proxy, fromNs, toNs, outcome };
    if (outcome.contradicts) this.contradicting.push(stretch);
    if (outcome.failuresPerSecond === 0) return;
    this.failing.push(stretch);
    this.failingNs.set(proxy, (this.failingNs.get(proxy) ?? 0) + toNs - fromNs);
  }

  /** Mean over the workers of a proxy. */
  failingMs(proxy: number): number {
    const workers = this.outcomes.model.scenario.mesh.workersPerProxy;
    return (this.failingNs.get(proxy) ?? 0) / workers / NS_PER_MS;
  }

  longestFailing(): number | undefined {
    const sorted = [...this.failingNs].sort(([p, a], [q, b]) => b - a || p - q);
    return sorted[0]?.[0];
  }

  /** In order of opening; of `proxy` alone where one is given. */
  windows(names: TraceDictionary, horizonMs: number, proxy?: number): RolloutWindow[] {
    const horizonNs = horizonMs * NS_PER_MS;
    const of = (stretches: readonly Stretch[]): Stretch[] =>
      stretches.filter((stretch) => proxy === undefined || stretch.proxy === proxy);
    return [
      ...union(of(this.failing)).map((window) => newWindow('failing', window, names, horizonNs)),
      ...union(of(this.contradicting)).map((window) => newWindow('contradicting', window, names, horizonNs)),
    ].sort((a, b) => a.fromMs - b.fromMs);
  }
}

/** Stretches that touch or overlap, together. */
function union(stretches: readonly Stretch[]): Stretch[][] {
  const windows: Stretch[][] = [];
  let endNs = Number.NEGATIVE_INFINITY;
  for (const stretch of [...stretches].sort((a, b) => a.fromNs - b.fromNs)) {
    if (stretch.fromNs > endNs) windows.push([stretch]);
    else windows[windows.length - 1].push(stretch);
    endNs = Math.max(endNs, stretch.toNs);
  }
  return windows;
}

function newWindow(
  state: RolloutWindow['state'],
  stretches: readonly Stretch[],
  names: TraceDictionary,
  horizonNs: number,
): RolloutWindow {
  const [first] = stretches;
  const endNs = stretches.reduce((latest, { toNs }) => Math.max(latest, toNs), 0);
  return {
    state,
    fromMs: first.fromNs / NS_PER_MS,
    toMs: endNs / NS_PER_MS,
    openAtHorizon: endNs >= horizonNs,
    proxies: new Set(stretches.map(({ proxy }) => proxy)).size,
    firstProxy: names.proxies[first.proxy].id,
    firstFailure: mainFailure(first.outcome),
  };
}

function mainFailure({ rates }: Outcome): RolloutWindow['firstFailure'] {
  const failures = rates.filter(({ bucket }) => isFailure(bucket));
  if (failures.length === 0) return null;
  return failureOf(failures.reduce((top, rate) => (rate.perSecond > top.perSecond ? rate : top)).bucket);
}

type Failure = NonNullable<RolloutWindow['firstFailure']>;

export function failureOf({ code, flag, cause, host, destination, subset, kind }: Bucket): Failure {
  return { code, flag, cause, why: causeInWords(cause), host, destination, subset, proxyKind: kind };
}

/** How a window opens and closes, as lines of a timeline; `of` proxies are in the mesh, one alone needs no count. */
export function windowEntries(window: RolloutWindow, of: number | undefined): TimelineEntry[] {
  const { state, fromMs, toMs, openAtHorizon, proxies } = window;
  const counted = of === undefined ? null : { reached: proxies, of };
  const inIt = of === undefined ? '' : `; ${proxies} of ${of} proxies were in it`;
  const opens = { kind: 'window-opens', fromMs, toMs: fromMs, who: state, text: openingOf(window, of), proxies: null };
  const text = openAtHorizon
    ? `window still open at the horizon${inIt}`
    : `window closes after ${(toMs - fromMs).toFixed(2)} ms${inIt}`;
  return [opens, { kind: 'window-closes', fromMs: toMs, toMs, who: state, text, proxies: counted }];
}

function openingOf({ firstProxy, firstFailure }: RolloutWindow, of: number | undefined): string {
  const where = of === undefined ? '' : ` at ${firstProxy}`;
  if (firstFailure === null) return `window opens${where}: routes name a cluster that is not there or has no endpoint`;
  const { code, flag, host, subset, why } = firstFailure;
  const to = subset === '' ? host : `${host} (subset ${subset})`;
  const answer = flag === '-' ? `${code}` : `${code} ${flag}`;
  return `window opens${where}: requests to ${to} would get ${answer}: ${why}`;
}

/** Windows worth a line: where requests would fail anyway, the contradiction behind it is no news. */
export function toldWindows(windows: readonly RolloutWindow[]): RolloutWindow[] {
  const failing = windows.filter(({ state }) => state === 'failing');
  return windows.filter(
    (window) =>
      window.state === 'failing' || !failing.some(({ fromMs, toMs }) => fromMs <= window.fromMs && window.toMs <= toMs),
  );
}
