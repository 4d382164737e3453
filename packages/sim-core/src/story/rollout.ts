/** One rollout of a study, run with every reader that its story needs. */
import { newDictionary } from '../mesh/dictionary.js';
import type { PushContents } from '../mesh/istiod/push-content.js';
import type { Study, StudyStrategy } from '../study/study.js';
import { newRunOf } from '../study/trial.js';
import { TrialRequests } from '../study/trial-requests.js';
import { decode } from '../trace/decode.js';
import { type TraceDictionary, TraceKind } from '../trace/events.js';
import { FanOut } from '../trace/fan-out.js';
import { Recording } from '../trace/recording.js';
import type { RolloutWindow } from '../trace/run-report.js';
import type { TraceEvent, TraceHeader } from '../trace/trace-event.js';
import { Convergence, type ConvergenceTotals } from '../traffic/convergence.js';
import type { ExposureTotals } from '../traffic/exposure.js';
import type { InFlightTotals } from '../traffic/in-flight/in-flight.js';
import { LongLived } from '../traffic/long-lived/long-lived.js';
import type { LongLivedTotals } from '../traffic/long-lived/totals.js';
import { merged } from '../traffic/time-bins.js';
import { cutWindows } from './cut-windows.js';
import { FailingStretches, InconsistentWindows } from './windows.js';

export interface Rollout {
  readonly study: Study;
  readonly strategy: StudyStrategy;
  readonly trial: number;
  readonly recording: Recording;
  readonly contents: PushContents;
  readonly dictionary: TraceDictionary;
  readonly exposure: ExposureTotals;
  readonly convergence: ConvergenceTotals;
  readonly failing: FailingStretches;
  readonly longLived: LongLivedTotals;
  /** Failures that views alone do not tell of: what a sample of proxies has, and requests in flight. */
  readonly others: Pick<InFlightTotals, 'timed' | 'failingSpans' | 'cut'>;
  /** In order of opening. */
  readonly windows: readonly RolloutWindow[];
}

const NS_PER_MS = 1e6;

export function newRollout(study: Study, strategy: StudyStrategy, trial: number): Rollout {
  const { model, outcomes } = strategy.prepared;
  const horizonNs = study.horizonMs * NS_PER_MS;
  const run = newRunOf(strategy.prepared, study.root, trial, horizonNs);
  const recording = new Recording();
  const failing = new FailingStretches(outcomes);
  const requests = new TrialRequests(strategy.prepared, study.root, trial, [(...interval) => failing.add(...interval)]);
  const { exposure } = requests;
  const convergence = new Convergence(model, run.contents, exposure, outcomes.views);
  const inconsistent = new InconsistentWindows(convergence, exposure);
  const longLived = new LongLived(strategy.prepared.longLived, exposure);
  run.run(new FanOut([recording, ...requests.sinks, convergence, inconsistent, longLived]));
  const { totals, connections, inFlight } = requests.finish(horizonNs);
  const { sampled } = connections;
  const dictionary = newDictionary(model, run.contents);
  const windows = [
    ...inconsistent.finish(horizonNs),
    ...failing.windows(dictionary, horizonNs),
    ...cutWindows(inFlight.cut, dictionary),
  ];
  return {
    study,
    strategy,
    trial,
    recording,
    contents: run.contents,
    dictionary,
    exposure: totals,
    convergence: convergence.finish(horizonNs),
    failing,
    longLived: longLived.finish(horizonNs),
    others: {
      timed: [...sampled.timed, ...inFlight.timed],
      failingSpans: merged(sampled.failingSpans, inFlight.failingSpans),
      cut: inFlight.cut,
    },
    windows: windows.sort((a, b) => a.fromMs - b.fromMs),
  };
}

export function* eventsOf({ recording, dictionary }: Rollout): IterableIterator<TraceEvent> {
  for (let i = 0; i < recording.length; i++) yield decode(recording, i, dictionary);
}

export function traceHeaderOf({ study, strategy, trial, dictionary }: Rollout): TraceHeader {
  const { scenario, horizonMs } = study;
  return {
    schema: 'xdsim.trace/v1',
    scenario: scenario.name,
    strategy: strategy.name,
    trial,
    seed: scenario.seed,
    overrides: study.overrides.map(({ path, value }) => ({ path, value })),
    istio: scenario.mesh.istio,
    horizonMs,
    proxies: dictionary.proxies.map(({ id, kind }) => ({ id, kind })),
  };
}

/** A proxy to tell of in full, and why this one. */
export interface Focus {
  readonly proxy: number;
  readonly why: string;
}

/** The proxy that fails longest; where none does, the last whose workers act on something new. */
export function focusOf({ recording, failing, dictionary }: Rollout): Focus {
  const longest = failing.longest();
  if (longest !== undefined) return { proxy: longest, why: 'would fail requests for the longest time' };
  for (let i = recording.length - 1; i >= 0; i--) {
    const { proxy, kind } = recording.at(i);
    if (proxy >= 0 && isWorkerEvent(kind))
      return { proxy, why: 'none would fail a request; this one is the last to converge' };
  }
  return { proxy: 0, why: `no proxy changes; this is the first of ${dictionary.proxies.length}` };
}

function isWorkerEvent(kind: TraceKind): boolean {
  return (
    kind === TraceKind.WorkerRoutes ||
    kind === TraceKind.WorkerListeners ||
    kind === TraceKind.WorkerCluster ||
    kind === TraceKind.WorkerEndpoints
  );
}
