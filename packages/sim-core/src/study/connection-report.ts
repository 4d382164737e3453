/** What happens to connections in one strategy's trials: pools of HTTP requests, and connections that outlive the rollout. */
import type { ConnectionTotals } from '../traffic/long-lived/totals.js';
import { type Estimate, estimateDistribution, estimateMean } from './estimates.js';
import type { TrialResult } from './trial.js';

/** Connections that end in the middle of something, in one rollout. */
export function cutConnections(trial: TrialResult): number {
  return trial.connections.cut + lasting((totals) => totals.cut + totals.cutByServer)(trial);
}

export function connectionReport(trials: readonly TrialResult[]) {
  const expected = (value: (trial: TrialResult) => number): Estimate => estimateMean(trials.map(value));
  const idle = lasting(({ closedIdle, expired }) => closedIdle + expired);
  const drained = lasting((totals) => totals.drained);
  return {
    closedIdle: expected((trial) => trial.connections.closedIdle + idle(trial)),
    drained: expected((trial) => trial.connections.drained + drained(trial)),
    cut: expected(cutConnections),
    handshakes: expected((trial) => trial.connections.handshakes + trial.longLived.handshakes),
    peakHandshakesPerUpstream: estimateDistribution(
      trials.map(({ connections, longLived }) =>
        Math.max(connections.peakHandshakesPerUpstream, longLived.peakHandshakesPerUpstream),
      ),
    ),
    refused: refusedByFlag(trials),
  };
}

function lasting(value: (totals: Readonly<ConnectionTotals>) => number): (trial: TrialResult) => number {
  return ({ longLived }) => value(longLived.tcp) + value(longLived.streams);
}

/** TCP connections closed as soon as they open, by the flag in the log of the proxy. */
function refusedByFlag(trials: readonly TrialResult[]): Record<string, Estimate> {
  const perTrial = trials.map(({ longLived }) => {
    const sums = new Map<string, number>();
    for (const { refusal, expected } of longLived.refused) {
      sums.set(refusal.flag, (sums.get(refusal.flag) ?? 0) + expected);
    }
    return sums;
  });
  const flags = [...new Set(perTrial.flatMap((sums) => [...sums.keys()]))].sort();
  return Object.fromEntries(flags.map((flag) => [flag, estimateMean(perTrial.map((sums) => sums.get(flag) ?? 0))]));
}
