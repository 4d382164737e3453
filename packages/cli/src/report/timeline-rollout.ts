/** One rollout of a study, run with every reader that its story needs. */
import {
  Convergence,
  type ConvergenceTotals,
  decode,
  Exposure,
  type ExposureTotals,
  FanOut,
  LongLived,
  type LongLivedTotals,
  newDictionary,
  newMeshRun,
  type PushContents,
  Recording,
  type RolloutWindow,
  type Study,
  type StudyStrategy,
  type TraceDictionary,
  type TraceEvent,
  type TraceHeader,
  TraceKind,
} from '@xdsim/sim-core';
import { FailingStretches, InconsistentWindows } from './timeline-windows.js';

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
  /** In order of opening. */
  readonly windows: readonly RolloutWindow[];
}

const NS_PER_MS = 1e6;

export function newRollout(study: Study, strategy: StudyStrategy, trial: number): Rollout {
  const { model, outcomes } = strategy.prepared;
  const horizonNs = study.horizonMs * NS_PER_MS;
  const run = newMeshRun(model, { root: study.root, trial, horizonNs });
  const recording = new Recording();
  const failing = new FailingStretches(outcomes);
  const exposure = new Exposure(outcomes, (...interval) => failing.add(...interval));
  const convergence = new Convergence(model, run.contents, exposure, outcomes.views);
  const inconsistent = new InconsistentWindows(convergence, exposure);
  const longLived = new LongLived(strategy.prepared.longLived, exposure);
  run.run(new FanOut([recording, exposure, convergence, inconsistent, longLived]));
  const totals = exposure.finish(horizonNs);
  const dictionary = newDictionary(model, run.contents);
  const windows = [...inconsistent.finish(horizonNs), ...failing.windows(dictionary, horizonNs)];
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
