/** Subscriptions and ACKs of the proxies (istiod.md 4.5, envoy.md 1.4–1.5). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceKind, XdsType } from '../../packages/sim-core/src/trace/events.js';
import { type Observed, observe } from '../mesh/runs.js';
import { RUNS } from './counts.js';
import { type WorldSpec, worldSpec } from './world-specs.js';
import { HORIZON_MS, newWorld } from './worlds.js';

function observed(spec: WorldSpec): Observed {
  const { scenario, plan, trial } = newWorld(spec);
  return observe(scenario, plan, { trial, horizonMs: HORIZON_MS });
}

/** What one proxy's Envoy has, followed from CDS, EDS and requests. */
class Followed {
  readonly known: Set<number>;
  readonly asked: Set<number>;
  readonly warming = new Set<number>();
  /** Clusters that subscriptions and unsubscriptions are due for, one request for each CDS that asks for any. */
  readonly due: { added: readonly number[]; dropped: number }[] = [];
  private toAsk: number[] = [];
  constructor(initial: readonly number[]) {
    this.known = new Set(initial);
    this.asked = new Set(initial);
  }
  startWarming(cluster: number): void {
    if (!this.known.has(cluster)) this.toAsk.push(cluster);
    this.known.add(cluster);
    this.warming.add(cluster);
  }

  /** A CDS message has been applied, with its warming clusters told before. */
  applied(removed: readonly number[]): void {
    for (const cluster of removed) {
      this.known.delete(cluster);
      this.warming.delete(cluster);
    }
    if (this.toAsk.length + removed.length > 0) this.due.push({ added: this.toAsk, dropped: removed.length });
    this.toAsk = [];
  }
}

function followedProxies({ model }: Observed): Followed[] {
  return [...model.proxies.groupOf].map((group) => {
    const { spec } = model.firstSnapshot.clusters[group];
    return new Followed([...spec.keys()].filter((cluster) => spec[cluster] !== 0));
  });
}

test('a proxy subscribes to clusters that are new to it, and EDS holds nothing that it has not subscribed to', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const seen = observed(spec);
      const { recording, contents, model } = seen;
      const proxies = followedProxies(seen);
      const strangers: number[] = [];
      for (const { kind, proxy, a, b, c } of recording) {
        if (kind === TraceKind.ClusterWarming) proxies[proxy].startWarming(a);
        else if (kind === TraceKind.RequestSent) {
          const request = proxies[proxy].due.shift();
          expect([b, c]).toEqual([request?.added.length, request?.dropped]);
          for (const cluster of request?.added ?? []) proxies[proxy].asked.add(cluster);
        } else if (kind === TraceKind.ResponseApplied && contents.content(a).type === XdsType.CDS) {
          proxies[proxy].applied(model.clusterSets.members(contents.content(a).removedClusters));
        } else if (kind === TraceKind.ResponseSent && contents.content(a).type === XdsType.EDS) {
          const { clusters, resources, push } = contents.content(a);
          const members = model.clusterSets.members(clusters);
          strangers.push(...members.filter((cluster) => !proxies[proxy].asked.has(cluster)));
          if (push < 0) expect(resources).toBe(members.length);
        }
      }
      expect(strangers).toEqual([]);
      for (const { due } of proxies) expect(due).toEqual([]);
    }),
    RUNS,
  );
});

test('the ACK of CDS is withheld until the clusters that it left warming are warm or gone', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const seen = observed(spec);
      const { recording, contents, model } = seen;
      const proxies = followedProxies(seen);
      /** Per proxy: content of CDS → what it waits for. */
      const withheld = model.proxies.ids.map(() => new Map<number, Set<number>>());
      for (const { kind, proxy, a } of recording) {
        if (kind === TraceKind.ClusterWarming) proxies[proxy].startWarming(a);
        else if (kind === TraceKind.ClusterWarm) {
          proxies[proxy].warming.delete(a);
          for (const waits of withheld[proxy].values()) waits.delete(a);
        } else if (kind === TraceKind.ResponseApplied && contents.content(a).type === XdsType.CDS) {
          const removed = model.clusterSets.members(contents.content(a).removedClusters);
          proxies[proxy].applied(removed);
          for (const waits of withheld[proxy].values()) for (const k of removed) waits.delete(k);
          withheld[proxy].set(a, new Set(proxies[proxy].warming));
        } else if (kind === TraceKind.AckSent && contents.content(a).type === XdsType.CDS) {
          expect([...(withheld[proxy].get(a) ?? [])]).toEqual([]);
        }
      }
    }),
    RUNS,
  );
});
