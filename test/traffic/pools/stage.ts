/** A cluster of one proxy that a test drives by hand: every duration one number, every event a line. */
import { type Distribution, newSampler } from '../../../packages/sim-core/src/kernel/distribution.js';
import { Draws, newRootKey } from '../../../packages/sim-core/src/kernel/random.js';
import { msToNs } from '../../../packages/sim-core/src/kernel/time.js';
import {
  type ClusterPolicy,
  clusterPolicy,
  type EffectivePolicy,
} from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { HashTables } from '../../../packages/sim-core/src/traffic/pools/hash-table.js';
import { ProxyCluster } from '../../../packages/sim-core/src/traffic/pools/proxy-cluster.js';
import { type ClusterSetting, Connect, type Load } from '../../../packages/sim-core/src/traffic/pools/setting.js';
import { Tally } from '../../../packages/sim-core/src/traffic/pools/tally.js';

export interface StageOptions {
  readonly workers?: number;
  /** One for each endpoint. */
  readonly durationsMs?: readonly Distribution[];
  readonly errorShares?: readonly number[];
  /** Policies as a DestinationRule writes them; the n-th has the cluster content n + 1. */
  readonly policies?: readonly EffectivePolicy[];
  /** What no DestinationRule can write. */
  readonly limits?: Partial<ClusterPolicy>;
  /** Endpoint → a value of Connect. */
  readonly connect?: (endpoint: number) => number;
  readonly tcpMs?: number;
  readonly attempts?: number;
  readonly isEvenlySpaced?: boolean;
  readonly seed?: string;
  readonly trial?: number;
}

export interface Stage {
  readonly cluster: ProxyCluster;
  readonly tally: Tally;
  readonly policies: readonly ClusterPolicy[];
  run(toMs: number): void;
}

export function newStage(options: StageOptions = {}): Stage {
  const { workers = 1, durationsMs = [10], errorShares = [], policies = [{}] } = options;
  const { connect = () => Connect.Plaintext, tcpMs = 1, attempts = 1, isEvenlySpaced = true } = options;
  const resolved = policies.map((policy) => ({ ...clusterPolicy(policy), ...options.limits }));
  const setting: ClusterSetting = {
    workers,
    upstreams: durationsMs.map((durationMs, at) => ({
      id: `endpoint-${at}`,
      durationMs: newSampler(durationMs),
      errors: { ending: 'error-upstream', share: errorShares[at] ?? 0 },
    })),
    tcpHandshakeMs: newSampler(tcpMs),
    tlsHandshakeMs: newSampler(4 * tcpMs),
    isEvenlySpaced,
    hashTables: new HashTables(),
    policyOf: (spec) => resolved[spec - 1],
    connect: (_, endpoint) => connect(endpoint),
    attempts: () => attempts,
  };
  const tally = new Tally(1, durationsMs.length);
  const draws = new Draws(newRootKey(options.seed ?? 'pools'), options.trial ?? 0);
  const cluster = new ProxyCluster(setting, draws, 0, tally);
  return { cluster, tally, policies: resolved, run: (toMs) => cluster.runUntil(msToNs(toMs)) };
}

export function loadOf(perSecond: number): Load {
  return { perSecond, sources: [{ source: 0, share: 1 }] };
}

/** Every worker with the first policy, all endpoints, an equal share of the load; requests arrive from 0 on. */
export function begin({ cluster }: Stage, perSecond: number): void {
  const { workers, upstreams } = cluster.setting;
  for (let worker = 0; worker < workers; worker++) {
    cluster.swap(worker, 1, 0);
    cluster.setMembers(worker, [...upstreams.keys()]);
    cluster.setLoad(worker, loadOf(perSecond / workers));
  }
  cluster.resume(0);
}

/** The cluster object is replaced on all workers, with the same endpoints. */
export function swapAll({ cluster }: Stage, spec: number): void {
  const { workers, upstreams } = cluster.setting;
  for (let worker = 0; worker < workers; worker++) {
    cluster.swap(worker, spec);
    if (spec !== 0) cluster.setMembers(worker, [...upstreams.keys()]);
  }
}
