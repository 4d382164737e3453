/** One trial of one strategy, reduced to plain numbers that can travel between worker threads. */
import type { RootKey } from '../kernel/random.js';
import { nsToMs } from '../kernel/time.js';
import { MeshModel } from '../mesh/model.js';
import { newMeshRun } from '../mesh/run.js';
import type { RolloutPlan } from '../rollout/plan.js';
import type { Scenario } from '../scenario/types.js';
import { FanOut } from '../trace/fan-out.js';
import { type BeyondViews, CallerErrors, type FinalFailure } from '../traffic/caller-errors.js';
import { ChainErrors, type ChainFailures } from '../traffic/chain-errors.js';
import { ClusterWindows } from '../traffic/cluster-windows.js';
import { Convergence } from '../traffic/convergence.js';
import { LongLived } from '../traffic/long-lived/long-lived.js';
import { LongLivedModel } from '../traffic/long-lived/long-lived-model.js';
import type { LongLivedTotals } from '../traffic/long-lived/totals.js';
import { isFailure, Outcomes } from '../traffic/outcomes.js';
import { ConnectionStudy, type ConnectionTotals } from '../traffic/sampled/connection-study.js';
import type { ExpectedRequests } from '../traffic/sampled/extra-failures.js';
import { TrialRequests } from './trial-requests.js';

/** A strategy compiled once for all of its trials. */
export interface PreparedStrategy {
  readonly model: MeshModel;
  readonly outcomes: Outcomes;
  readonly longLived: LongLivedModel;
  readonly connections: ConnectionStudy;
}

export interface TrialResult {
  readonly trial: number;
  readonly errors: number;
  readonly failures: number;
  readonly peakErrors: number;
  readonly peakFailures: number;
  /** Some requests still get a 5xx at the horizon. */
  readonly errsAtEnd: boolean;
  readonly buckets: readonly ExpectedRequests[];
  readonly connections: Omit<ConnectionTotals, 'sampled' | 'queues'>;
  /** What callers see after their own retries. */
  readonly callers: readonly FinalFailure[];
  readonly chains: readonly ChainFailures[];
  readonly propagationMs: number;
  readonly skewMs: number;
  readonly inconsistentMs: number;
  readonly failingMs: number;
  readonly addMs: readonly number[];
  readonly removeMs: readonly number[];
  readonly completeMs: number | undefined;
  readonly unsettledShare: number;
  readonly states: readonly { readonly vs: string; readonly dr: string; readonly proxyMs: number }[];
  /** TCP connections and HTTP streams that outlive changes; apart from the requests above. */
  readonly longLived: LongLivedTotals;
}

export function prepareStrategy(scenario: Scenario, plan: RolloutPlan): PreparedStrategy {
  const model = new MeshModel(scenario, plan);
  const connections: ConnectionStudy[] = [];
  const outcomes = new Outcomes(model, (all) => {
    connections.push(new ConnectionStudy(all));
    return connections[0];
  });
  return { model, outcomes, connections: connections[0], longLived: new LongLivedModel(outcomes) };
}

/** A run before its first event. */
export function newRunOf({ model, longLived }: PreparedStrategy, root: RootKey, trial: number, horizonNs: number) {
  return newMeshRun(model, { root, trial, horizonNs, lasting: longLived.lasting });
}

/** Runs one rollout; the same (root, trial) gives the same result whatever ran before. */
export function runTrial(prepared: PreparedStrategy, root: RootKey, trial: number, horizonNs: number): TrialResult {
  const { model, outcomes } = prepared;
  const { traffic } = model.scenario;
  const callers = traffic.callers.retries > 0 ? new CallerErrors(outcomes) : undefined;
  const chains = traffic.chains.length > 0 ? new ChainErrors(outcomes) : undefined;
  const listeners = [callers, chains].flatMap((reader) => (reader === undefined ? [] : [reader.onInterval]));
  const requests = new TrialRequests(prepared, root, trial, listeners);
  const { exposure } = requests;
  const windows = new ClusterWindows(model, outcomes);
  const run = newRunOf(prepared, root, trial, horizonNs);
  const convergence = new Convergence(model, run.contents, exposure, outcomes.views);
  const longLived = new LongLived(prepared.longLived, exposure);
  run.run(new FanOut([...requests.sinks, convergence, windows, longLived]));
  const { totals, inFlight, connections: all } = requests.finish(horizonNs);
  const { sampled, queues, ...connections } = all;
  const beyond: BeyondViews = {
    failures: [...sampled.failures, ...inFlight.differences.filter(({ bucket }) => bucket.cause !== 'pod-killed')],
    proxies: sampled.proxies,
    cut: inFlight.cut,
    courses: requests.courses,
  };
  const converged = convergence.finish(horizonNs);
  const { addNs, removeNs } = windows.finish();
  return {
    trial,
    errors: totals.errors,
    failures: totals.failures,
    peakErrors: totals.peakErrors,
    peakFailures: totals.peakFailures,
    errsAtEnd: totals.errsAtEnd,
    buckets: totals.buckets,
    connections,
    callers: callers?.finish(horizonNs, beyond) ?? failuresOf(totals.buckets),
    chains: chains?.finish(horizonNs, [...sampled.timed, ...inFlight.timed], inFlight.cut) ?? [],
    propagationMs: nsToMs(converged.propagationNs),
    skewMs: nsToMs(converged.skewNs),
    inconsistentMs: nsToMs(converged.inconsistentNs),
    failingMs: nsToMs(totals.failingNs),
    addMs: addNs.map(nsToMs),
    removeMs: removeNs.map(nsToMs),
    completeMs: converged.completeNs === undefined ? undefined : nsToMs(converged.completeNs),
    unsettledShare: converged.unsettledShare,
    states: converged.states.map(({ vs, dr, proxyNs }) => ({ vs, dr, proxyMs: nsToMs(proxyNs) })),
    longLived: longLived.finish(horizonNs),
  };
}

/** Callers that do not retry see what the proxies answer. */
function failuresOf(buckets: readonly ExpectedRequests[]): FinalFailure[] {
  return buckets
    .filter(({ bucket }) => isFailure(bucket))
    .map(({ bucket: { flag, code }, expected }) => ({ flag, code, expected }));
}
