/**
 * One rollout as the timeline draws it: plain data, made from the trace of the engine, that can travel between threads.
 * All times are ns since the first write was sent.
 */
import {
  Convergence,
  Exposure,
  FanOut,
  newDictionary,
  newMeshRun,
  type PreparedStrategy,
  type Study,
  type TraceDictionary,
  TraceKind,
  type TraceSink,
  XDS_TYPE_NAMES,
} from '@xdsim/sim-core';

export type XdsTypeName = (typeof XDS_TYPE_NAMES)[number];

export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

interface ProxyLine {
  readonly id: string;
  readonly kind: 'sidecar' | 'gateway';
  /** Last change of what its workers do; undefined where there was none. */
  readonly convergedNs: number | undefined;
}

export interface WriteMark {
  readonly action: 'apply' | 'delete';
  /** `Kind/namespace/name` */
  readonly object: string;
  readonly revision: string;
  readonly sentNs: number;
  readonly committedNs: number;
}

/** From the first event that istiod waits with to the last response of the push. */
export interface PushMark {
  readonly istiod: number;
  readonly push: number;
  readonly mergedEvents: number;
  readonly debounceNs: number;
  readonly startedNs: number;
  readonly queuedNs: number;
  readonly doneNs: number;
}

/** One response, from istiod to Envoy's main thread. Moments after the horizon are missing. */
export interface Message {
  readonly proxy: number;
  readonly type: XdsTypeName;
  readonly resources: number;
  readonly removed: number;
  /** undefined: the answer to a subscription. */
  readonly push: number | undefined;
  readonly sentNs: number;
  readonly startedNs: number | undefined;
  readonly appliedNs: number | undefined;
}

/** At least one worker of the proxy fails requests with this flag. */
interface FailingSpan extends Span {
  readonly proxy: number;
  readonly flag: string;
}

export interface RateStep {
  readonly atNs: number;
  readonly perSecond: number;
}

export interface RolloutTimeline {
  readonly strategy: string;
  readonly trial: number;
  /** The last event. */
  readonly endNs: number;
  readonly proxies: readonly ProxyLine[];
  readonly writes: readonly WriteMark[];
  readonly pushes: readonly PushMark[];
  /** In the order in which they were sent. */
  readonly messages: readonly Message[];
  readonly failing: readonly FailingSpan[];
  readonly windows: { readonly inconsistent: readonly Span[]; readonly failing: readonly Span[] };
  /** Expected 5xx per second over all proxies; constant between steps. */
  readonly errorRate: readonly RateStep[];
}

/** Runs the rollout once more and keeps what is to be drawn: the same (study, strategy, trial) as `runStudyTrial`. */
export function newRolloutTimeline(study: Study, strategy: string, trial: number): RolloutTimeline {
  const found = study.strategies.find(({ name }) => name === strategy);
  if (found === undefined) throw new Error(`no strategy ${strategy} in this study`);
  const { model, outcomes }: PreparedStrategy = found.prepared;
  const horizonNs = study.horizonMs * 1e6;
  const failures = new FailureSpans();
  const exposure = new Exposure(outcomes, (proxy, _worker, view, fromNs, toNs) => {
    const outcome = outcomes.outcome(outcomes.idOf(model.proxies.groupOf[proxy], view));
    const flags = outcome.rates.flatMap(({ bucket }) => (bucket.code >= 400 ? [bucket.flag] : []));
    if (outcome.failuresPerSecond > 0) failures.add({ proxy, fromNs, toNs, flags, perSecond: outcome.errorsPerSecond });
  });
  const run = newMeshRun(model, { root: study.root, trial, horizonNs });
  const convergence = new Convergence(model, run.contents, exposure, outcomes.views);
  const inconsistent = new SpanRecorder(() => convergence.isInconsistent);
  const events = new EventCollector(newDictionary(model, run.contents));
  run.run(new FanOut([exposure, convergence, inconsistent, events]));
  exposure.finish(horizonNs);
  return {
    strategy,
    trial,
    ...events.finish(),
    failing: failures.byProxyAndFlag(),
    windows: { inconsistent: inconsistent.finish(horizonNs), failing: failures.overall() },
    errorRate: failures.errorRate(),
  };
}

/** Time that lies in at least one of the spans. */
export function totalNs(spans: readonly Span[]): number {
  return merged(spans).reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
}

function merged(spans: readonly Span[]): Span[] {
  const union: { fromNs: number; toNs: number }[] = [];
  for (const { fromNs, toNs } of [...spans].sort((a, b) => a.fromNs - b.fromNs)) {
    const last = union.at(-1);
    if (last !== undefined && fromNs <= last.toNs) last.toNs = Math.max(last.toNs, toNs);
    else union.push({ fromNs, toNs });
  }
  return union;
}

interface Failure extends Span {
  readonly proxy: number;
  readonly flags: readonly string[];
  readonly perSecond: number;
}

/** Stretches of time in which one worker fails requests. */
class FailureSpans {
  private readonly failures: Failure[] = [];

  add(failure: Failure): void {
    this.failures.push(failure);
  }

  overall(): Span[] {
    return merged(this.failures);
  }

  byProxyAndFlag(): FailingSpan[] {
    const groups = new Map<string, Failure[]>();
    for (const failure of this.failures) {
      for (const flag of failure.flags) {
        const key = `${failure.proxy} ${flag}`;
        groups.set(key, [...(groups.get(key) ?? []), failure]);
      }
    }
    return [...groups].flatMap(([key, failures]) => {
      const [proxy, flag] = key.split(' ');
      return merged(failures).map((span) => ({ proxy: Number(proxy), flag, ...span }));
    });
  }

  /** Workers are counted per rate, so that the sum is exactly 0 when none fails. */
  errorRate(): RateStep[] {
    const changes = this.failures.flatMap(({ fromNs, toNs, perSecond }) => [
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

/** When a condition holds that the sinks before it keep up to date. */
class SpanRecorder implements TraceSink {
  private readonly spans: Span[] = [];
  private sinceNs: number | undefined;

  constructor(private readonly holds: () => boolean) {
    this.sinceNs = holds() ? 0 : undefined;
  }

  emit(_kind: TraceKind, timeNs: number): void {
    if (this.holds()) this.sinceNs ??= timeNs;
    else this.close(timeNs);
  }

  finish(horizonNs: number): Span[] {
    this.close(horizonNs);
    return merged(this.spans);
  }

  private close(toNs: number): void {
    if (this.sinceNs !== undefined && toNs > this.sinceNs) this.spans.push({ fromNs: this.sinceNs, toNs });
    this.sinceNs = undefined;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Writes, pushes and messages. */
class EventCollector implements TraceSink {
  private readonly writes = new Map<number, Mutable<WriteMark>>();
  private readonly pushes = new Map<number, Mutable<PushMark>>();
  private readonly debounceNs = new Map<number, number>();
  private readonly messages: Mutable<Message>[] = [];
  /** proxy → its messages; a stream keeps their order, so the n-th to start is the n-th that was sent. */
  private readonly streams: { messages: Mutable<Message>[]; started: number; applied: number }[];
  private readonly convergedNs: (number | undefined)[];
  private endNs = 0;

  constructor(private readonly names: TraceDictionary) {
    this.streams = names.proxies.map(() => ({ messages: [], started: 0, applied: 0 }));
    this.convergedNs = names.proxies.map(() => undefined);
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    this.endNs = timeNs;
    switch (kind) {
      case TraceKind.WriteSent: {
        const { action, key, revision } = this.names.writes[a];
        this.writes.set(a, { action, object: key, revision, sentNs: timeNs, committedNs: timeNs });
        break;
      }
      case TraceKind.WriteCommitted:
        (this.writes.get(a) as Mutable<WriteMark>).committedNs = timeNs;
        break;
      case TraceKind.DebounceStarted:
        this.debounceNs.set(a, timeNs);
        break;
      case TraceKind.PushStarted:
        this.pushes.set(a, this.newPush(a, b, c, timeNs));
        break;
      case TraceKind.PushQueued:
        this.updatePush(a, { queuedNs: timeNs, doneNs: timeNs });
        break;
      case TraceKind.PushDone:
        this.updatePush(a, { doneNs: timeNs });
        break;
      case TraceKind.ResponseSent:
        this.send(proxy, a, timeNs);
        break;
      case TraceKind.ResponseStarted: {
        const stream = this.streams[proxy];
        stream.messages[stream.started++].startedNs = timeNs;
        break;
      }
      case TraceKind.ResponseApplied: {
        const stream = this.streams[proxy];
        stream.messages[stream.applied++].appliedNs = timeNs;
        break;
      }
      case TraceKind.WorkerCluster:
      case TraceKind.WorkerEndpoints:
      case TraceKind.WorkerRoutes:
        this.convergedNs[proxy] = timeNs;
        break;
    }
  }

  finish(): Pick<RolloutTimeline, 'endNs' | 'proxies' | 'writes' | 'pushes' | 'messages'> {
    return {
      endNs: this.endNs,
      proxies: this.names.proxies.map(({ id, kind }, p) => ({ id, kind, convergedNs: this.convergedNs[p] })),
      writes: [...this.writes.values()],
      pushes: [...this.pushes.values()],
      messages: this.messages,
    };
  }

  private newPush(push: number, mergedEvents: number, istiod: number, startedNs: number): PushMark {
    const debounceNs = this.debounceNs.get(istiod) ?? startedNs;
    return { istiod, push, mergedEvents, debounceNs, startedNs, queuedNs: startedNs, doneNs: startedNs };
  }

  private updatePush(push: number, times: Partial<PushMark>): void {
    Object.assign(this.pushes.get(push) as PushMark, times);
  }

  private send(proxy: number, id: number, sentNs: number): void {
    const { type, resources, removed, push } = this.names.content(id);
    const message: Mutable<Message> = {
      proxy,
      type: XDS_TYPE_NAMES[type],
      resources,
      removed,
      push: push < 0 ? undefined : push,
      sentNs,
      startedNs: undefined,
      appliedNs: undefined,
    };
    this.messages.push(message);
    this.streams[proxy].messages.push(message);
  }
}
