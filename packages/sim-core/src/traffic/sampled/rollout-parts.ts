/** What one cluster of one proxy is followed with through a rollout. */
import type { EventQueue } from '../../kernel/event-queue.js';
import type { Draws } from '../../kernel/random.js';
import type { ClusterSetting } from '../pools/setting.js';
import type { SteadyStates } from '../pools/steady-states.js';
import type { WaitHistogram } from '../pools/wait-histogram.js';
import type { ClusterChange, ClusterStart } from './cluster-changes.js';
import type { Window } from './windows.js';

export interface RolloutParts {
  readonly setting: ClusterSetting;
  readonly steady: SteadyStates;
  readonly start: ClusterStart;
  readonly changes: readonly ClusterChange[];
  /** At least one. */
  readonly windows: readonly Window[];
  readonly horizonNs: number;
  readonly draws: Draws;
  /** Of the proxy's cluster, apart from all others. */
  readonly entity: number;
  readonly sources: number;
  readonly onConnected: (endpoint: number, nowNs: number) => void;
  readonly waits: Waits;
  /** How many proxies it stands for. */
  readonly weight: number;
  /** Empty, and free until the run is over. */
  readonly queue: EventQueue;
}

/** Waits of requests that come within a second of a disturbance, and of those before the first. */
interface Waits {
  readonly disturbed: WaitHistogram;
  readonly usual: WaitHistogram;
}

/** Some policy that the cluster has in the course of the rollout ejects endpoints. */
export function mayEject({ setting, start, changes }: RolloutParts): boolean {
  const specs = [start.spec, ...changes.map((change) => (change.kind === 'swap' ? change.spec : 0))];
  return specs.some((spec) => setting.policyOf(spec).outlierDetection !== undefined);
}
