/** Runs one rollout and reads out of its trace what is drawn: the same (study, strategy, trial) as `runStudyTrial`. */
import {
  Exposure,
  FanOut,
  LongLived,
  newRollout,
  type Rollout,
  runStudyTrial,
  StateAt,
  type Study,
  TraceKind,
} from '@xdsim/sim-core';
import { ConnectionFates } from './connection-fates.js';
import { Failures } from './failures.js';
import type { RolloutPicture } from './picture.js';
import { ProxyStateReader } from './proxy-states.js';
import { RequestSampler } from './request-sampler.js';
import { requestCuts, sampledPicture } from './sampled-failures.js';
import { subsetLines } from './subset-lines.js';
import { TraceReader } from './trace-reader.js';

const NS_PER_MS = 1e6;
/** Shown after the last event, so that the end is seen as one. */
const TAIL = 1.03;

export interface DrawnRollout {
  readonly rollout: Rollout;
  readonly states: StateAt;
  readonly picture: RolloutPicture;
}

/** @throws when the strategy is not one of the study's */
export function newDrawnRollout(study: Study, strategy: string, trial: number): DrawnRollout {
  const found = study.strategies.find(({ name }) => name === strategy);
  if (found === undefined) throw new Error(`no strategy ${strategy} in this study`);
  const rollout = newRollout(study, found, trial);
  const { model } = found.prepared;
  const states = new StateAt(model, rollout.contents, rollout.recording);
  return { rollout, states, picture: newPicture(rollout, states) };
}

function newPicture(rollout: Rollout, states: StateAt): RolloutPicture {
  const { study, strategy, trial, recording, dictionary, windows } = rollout;
  const { model, outcomes } = strategy.prepared;
  const { mesh, debounce, traffic, name, seed } = study.scenario;
  const horizonNs = study.horizonMs * NS_PER_MS;
  const endNs = endOf(rollout, horizonNs);
  const failures = new Failures();
  const requests = new RequestSampler(
    { root: study.root, trial },
    traffic.requestsPerSecond,
    endNs * TAIL,
    mesh.workersPerProxy,
  );
  const exposure = new Exposure(outcomes, (proxy, worker, view, fromNs, toNs) => {
    const outcome = outcomes.outcome(outcomes.idOf(model.proxies.groupOf[proxy], view));
    failures.add(proxy, outcome, fromNs, toNs);
    requests.add(proxy, worker, outcome, fromNs, toNs);
  });
  const fates = new ConnectionFates(model.proxies.count);
  const longLived = new LongLived(strategy.prepared.longLived, exposure, fates);
  const proxyStates = new ProxyStateReader(outcomes, exposure);
  const reader = new TraceReader(model, dictionary);
  recording.replay(new FanOut([exposure, proxyStates, longLived, reader]));
  exposure.finish(horizonNs);
  longLived.finish(horizonNs);
  const read = reader.finish(horizonNs);
  const lines = proxyStates.finish();
  const sampled = sampledPicture(rollout, firstChangeNs(lines, horizonNs));
  for (const { fromNs, toNs, perSecond } of sampled.rates)
    failures.addRate(fromNs, Math.min(toNs, horizonNs), perSecond);
  const order = Uint32Array.from(read.proxies.keys());
  order.sort((a, b) => (read.proxies[a].convergedNs ?? 0) - (read.proxies[b].convergedNs ?? 0) || a - b);
  return {
    strategy: strategy.name,
    trial,
    scenario: name,
    seed,
    source: study.source,
    endNs,
    horizonNs,
    debounce: { afterNs: debounce.afterMs * NS_PER_MS, maxNs: debounce.maxMs * NS_PER_MS },
    pushSlots: pushSlots(mesh),
    istiods: mesh.istiodReplicas,
    requestsPerSecond: traffic.requestsPerSecond,
    ...read,
    order,
    states: lines,
    failing: failures.byProxyAndFlag(),
    sampled: sampled.spans,
    sampledWindows: sampled.windows,
    requestCuts: requestCuts(rollout),
    windows,
    errorRate: failures.errorRate(),
    subsets: subsetLines(rollout, states),
    longLived: fates.finish(horizonNs),
    requests: requests.finish(sampled.spans),
    result: runStudyTrial(study, strategy.name, trial),
  };
}

/**
 * Churn and ends of connections go on for ever: the rollout ends with the last thing that belongs to it. The end of a
 * drain does when it cuts something.
 */
function endOf({ recording, windows, longLived, others }: Rollout, horizonNs: number): number {
  const isCutting = [longLived.tcp, longLived.streams].some(({ cut, cutByServer }) => cut + cutByServer > 0);
  const goesOn: TraceKind[] = [TraceKind.UnrelatedEvent, TraceKind.StreamClosed, TraceKind.StreamOpened];
  if (!isCutting) goesOn.push(TraceKind.ListenerDrained);
  let lastNs = 0;
  recording.replay({
    emit(kind, timeNs) {
      if (!goesOn.includes(kind)) lastNs = timeNs;
    },
  });
  const ends = [
    ...windows.map(({ toMs }) => Math.round(toMs * NS_PER_MS)),
    ...others.failingSpans.map(({ toNs }) => toNs),
  ];
  const closedNs = ends.filter((ns) => ns < horizonNs);
  return Math.max(NS_PER_MS, lastNs, ...closedNs);
}

/** When the first worker of all changes what it does. */
function firstChangeNs({ first, atNs }: RolloutPicture['states'], horizonNs: number): number {
  let earliest = horizonNs;
  for (let p = 0; p + 1 < first.length; p++) {
    if (first[p] + 1 < first[p + 1]) earliest = Math.min(earliest, atNs[first[p] + 1]);
  }
  return earliest;
}

/** PILOT_PUSH_THROTTLE, or Istio's own rule. */
function pushSlots({ pushThrottle, istiodCores }: Study['scenario']['mesh']): number {
  return pushThrottle === 'auto' ? Math.min(15 + 5 * istiodCores, 100) : pushThrottle;
}
