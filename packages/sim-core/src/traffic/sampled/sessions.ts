/**
 * Consistent-hash sessions that a rollout sends elsewhere: of the requests whose cluster hashes before the rollout, the
 * share that goes to another endpoint after it. A session is a key; where a route picks its cluster at random, or the new
 * one hashes nothing, it has a distribution over endpoints, and what counts is by how much that differs.
 */
import type { MeshModel } from '../../mesh/model.js';
import type { Outcomes } from '../outcomes.js';
import { isHashed, KEYS } from '../pools/hash-table.js';
import type { ClusterSetting } from '../pools/setting.js';
import type { RouteDecision } from '../routing.js';
import type { View } from '../views.js';

/** Sessions that are looked at. */
const SESSIONS = 1024;

/** What is hashed decides the key: the same session has another one as a cookie. */
const KEY_OF = { header: 0, cookie: 0.23, 'source-ip': 0.47, 'query-parameter': 0.71 };

/** Another header is another key: as good as drawn anew. In [0, 1). */
function turnOf(name: string): number {
  let turn = 0;
  for (const character of name) turn = (turn * 31 + (character.codePointAt(0) as number)) % 9973;
  return turn / 9973;
}

interface Moved {
  /** Requests per second of sessions, and those of them that move. */
  readonly perSecond: number;
  readonly movedPerSecond: number;
}

export class Sessions {
  private readonly known = new Map<string, Moved>();

  constructor(
    private readonly outcomes: Outcomes,
    private readonly setting: ClusterSetting,
  ) {}

  /** For one proxy of a group, by the ids of its views. */
  moved(group: number, before: number, after: number): Moved {
    const key = `${group} ${before} ${after}`;
    let moved = this.known.get(key);
    if (moved === undefined) {
      const { views } = this.outcomes;
      moved = this.compare(group, views.view(before), views.view(after));
      this.known.set(key, moved);
    }
    return moved;
  }

  private compare(group: number, before: View, after: View): Moved {
    const { classes } = this.outcomes;
    const old = this.outcomes.decisionsOf(before.routes);
    const now = this.outcomes.decisionsOf(after.routes);
    let perSecond = 0;
    let movedPerSecond = 0;
    classes[group].forEach((requests, at) => {
      const hashed = this.hashedShare(old[at], before);
      if (hashed === 0) return;
      perSecond += requests.perSecond * hashed;
      let difference = 0;
      for (let session = 0; session < SESSIONS; session++) {
        const key = Math.floor(((session + 0.5) / SESSIONS) * KEYS);
        difference += this.difference(this.endpoints(old[at], before, key), this.endpoints(now[at], after, key));
      }
      movedPerSecond += (requests.perSecond * hashed * difference) / SESSIONS;
    });
    return { perSecond, movedPerSecond };
  }

  /** Share of a class's requests that go to a cluster which hashes. */
  private hashedShare(decision: RouteDecision, view: View): number {
    if (decision.kind !== 'forward') return 0;
    const { clusters } = this.model;
    return decision.parts.reduce(
      (sum, { cluster, share }) =>
        cluster >= 0 && view.spec[cluster] !== 0 && isHashed(clusters.policyOf(view.spec[cluster])) ? sum + share : sum,
      0,
    );
  }

  /** Endpoint → probability that a request of the session goes there. */
  private endpoints(decision: RouteDecision, view: View, key: number): Map<number, number> {
    const shares = new Map<number, number>();
    if (decision.kind !== 'forward') return shares;
    for (const { cluster, share } of decision.parts) {
      if (cluster < 0 || view.spec[cluster] === 0) continue;
      const policy = this.model.clusters.policyOf(view.spec[cluster]);
      const members = this.model.endpoints.sets.members(view.endpoints[cluster]);
      if (members.length === 0) continue;
      if (!isHashed(policy)) {
        for (const endpoint of members) shares.set(endpoint, (shares.get(endpoint) ?? 0) + share / members.length);
        continue;
      }
      const names = members.map((endpoint) => this.setting.upstreams[endpoint].id);
      const own = Math.floor(key + KEYS * (KEY_OF[policy.hashKey ?? 'header'] + turnOf(policy.hashName))) % KEYS;
      const owner = members[this.setting.hashTables.of(policy, names).ownerOf(own)];
      shares.set(owner, (shares.get(owner) ?? 0) + share);
    }
    return shares;
  }

  /** Half of what two distributions differ by: 0 for equal ones, 1 where they share no endpoint. */
  private difference(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
    let sum = 0;
    for (const endpoint of new Set([...a.keys(), ...b.keys()]))
      sum += Math.abs((a.get(endpoint) ?? 0) - (b.get(endpoint) ?? 0));
    return sum / 2;
  }

  private get model(): MeshModel {
    return this.outcomes.model;
  }
}
