/**
 * Which endpoint a worker sends a request to (envoy.md 4, 5.7): its own state, made anew with the cluster object. Weights
 * are equal but for slow start.
 */
import { pow } from '../../kernel/elementary.js';
import type { UniformStream } from '../../kernel/random.js';
import { msToNs } from '../../kernel/time.js';
import { type ClusterObject, NONE } from './cluster-object.js';
import { type HashTable, type HashTables, isHashed, KEYS } from './hash-table.js';

/** Extra picks of a retry to avoid endpoints that it has been to (envoy.md 10.5). */
const OTHER_PICKS = 5;

export class Balancer {
  members: readonly number[] = [];
  /** Members in service; all of them in a panic. */
  private candidates: readonly number[] = [];
  private turn = NONE;
  private table: HashTable | undefined;
  /** Until when some member has less than its share. */
  private warmUntilNs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly object: ClusterObject,
    private readonly nameOf: (endpoint: number) => string,
    private readonly tables: HashTables,
    private readonly draws: UniformStream,
  ) {}

  setMembers(members: readonly number[]): void {
    const { warmupMs, loadBalancing } = this.object.policy;
    const isWarming = warmupMs > 0 && (loadBalancing === 'LEAST_REQUEST' || loadBalancing === 'ROUND_ROBIN');
    this.members = members;
    for (const endpoint of isWarming ? members : []) {
      this.warmUntilNs = Math.max(this.warmUntilNs, this.object.joinedNs[endpoint] + msToNs(warmupMs));
    }
    this.refresh();
  }

  /** After an ejection, or a return. */
  refresh(): void {
    const { detector } = this.object;
    const { members } = this;
    const healthy = detector === undefined ? members : members.filter((endpoint) => !detector.isEjected(endpoint));
    const isPanic = detector !== undefined && 100 * healthy.length < detector.panicPercent * members.length;
    this.candidates = isPanic ? members : healthy;
    if (isHashed(this.object.policy)) this.table = this.tables.of(this.object.policy, this.candidates.map(this.nameOf));
  }

  get available(): readonly number[] {
    return this.candidates;
  }

  /** @returns NONE where no endpoint is in service */
  pick(tried: readonly number[] | undefined, nowNs: number): number {
    if (this.candidates.length === 0) return NONE;
    let endpoint = this.next(nowNs);
    // A consistent hash has one answer; Istio leaves the predicate out for it.
    if (tried === undefined || this.table !== undefined) return endpoint;
    for (let extra = 0; extra < OTHER_PICKS && tried.includes(endpoint); extra++) endpoint = this.next(nowNs);
    return endpoint;
  }

  private next(nowNs: number): number {
    const { candidates, draws } = this;
    const n = candidates.length;
    if (this.table !== undefined) return candidates[this.table.ownerOf(Math.floor(draws.next() * KEYS))];
    if (nowNs < this.warmUntilNs) return this.nextWarm(nowNs);
    switch (this.object.policy.loadBalancing) {
      case 'LEAST_REQUEST': {
        const first = candidates[Math.floor(draws.next() * n)];
        const second = candidates[Math.floor(draws.next() * n)];
        return this.object.active[second] < this.object.active[first] ? second : first;
      }
      case 'ROUND_ROBIN':
        if (this.turn === NONE) this.turn = Math.floor(draws.next() * n);
        this.turn = (this.turn + 1) % n;
        return candidates[this.turn];
      default:
        return candidates[Math.floor(draws.next() * n)];
    }
  }

  /** With unequal weights Envoy takes turns in proportion to them; least request divides them by the load. */
  private nextWarm(nowNs: number): number {
    const { candidates, draws } = this;
    const weights = candidates.map((endpoint) => this.weight(endpoint, nowNs));
    let rest = draws.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < weights.length; i++) {
      rest -= weights[i];
      if (rest < 0) return candidates[i];
    }
    return candidates[candidates.length - 1];
  }

  private weight(endpoint: number, nowNs: number): number {
    const { policy, joinedNs, active } = this.object;
    const age = Math.max(0, (nowNs - joinedNs[endpoint]) / msToNs(policy.warmupMs));
    const grown = age >= 1 ? 1 : Math.max(policy.warmupMinimumPercent / 100, pow(age, 1 / policy.warmupAggression));
    return policy.loadBalancing === 'LEAST_REQUEST' ? grown / (active[endpoint] + 1) : grown;
  }
}
