/** What a push holds and what it may not (istiod.md 3.2, 4). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Content } from '../../packages/sim-core/src/mesh/istiod/push-content.js';
import { TraceKind, XdsType } from '../../packages/sim-core/src/trace/events.js';
import { type Observed, observe } from '../mesh/runs.js';
import { RUNS } from './counts.js';
import { type EventKind, newEventKinds } from './event-kinds.js';
import { type OpSpec, type WorldSpec, worldSpec } from './world-specs.js';
import { HORIZON_MS, newWorld, ONLY_DEFAULT } from './worlds.js';

function observed(spec: WorldSpec): Observed {
  const { scenario, plan, trial } = newWorld(spec);
  return observe(scenario, plan, { trial, horizonMs: HORIZON_MS });
}

interface PushOfProxy {
  readonly proxy: number;
  /** Kinds of all the events that its request was merged from. */
  readonly kinds: ReadonlySet<EventKind>;
  readonly contents: Content[];
}

/** Each push to each proxy; the requests of pushes that were queued since its last turn are merged. */
function pushesOf({ recording, contents, model }: Observed): PushOfProxy[] {
  const batches = new Map<number, Set<EventKind>>();
  const kindOf = newEventKinds(model);
  const kindsOfPush = new Map<number, ReadonlySet<EventKind>>();
  const replicaOf = new Map<number, number>();
  const replicaOfPush = new Map<number, number>();
  for (const { kind, proxy, a, c } of recording) {
    if (kind === TraceKind.PushStarted) replicaOfPush.set(a, c);
    if (kind === TraceKind.PushDequeued) replicaOf.set(proxy, replicaOfPush.get(a) ?? 0);
  }
  const waiting = model.proxies.ids.map(() => new Set<EventKind>());
  const open = new Map<number, PushOfProxy>();
  const done: PushOfProxy[] = [];
  for (const { kind, proxy, a, b, c } of recording) {
    if (kind === TraceKind.WatchDelivered) {
      batches.set(b, (batches.get(b) ?? new Set()).add(kindOf(a, b)));
    } else if (kind === TraceKind.PushStarted) {
      kindsOfPush.set(a, batches.get(c) ?? new Set());
      batches.set(c, new Set());
    } else if (kind === TraceKind.PushQueued) {
      waiting.forEach((kinds, p) => {
        if (replicaOf.get(p) === c) for (const event of kindsOfPush.get(a) ?? []) kinds.add(event);
      });
    } else if (kind === TraceKind.PushDequeued) {
      open.set(proxy, { proxy, kinds: waiting[proxy], contents: [] });
      waiting[proxy] = new Set();
    } else if (kind === TraceKind.ResponseSent && contents.content(a).push >= 0) {
      open.get(proxy)?.contents.push(contents.content(a));
    } else if (kind === TraceKind.PushDone) {
      done.push(open.get(proxy) as PushOfProxy);
    }
  }
  return done;
}

/**
 * Something is deleted that was not there at first, or that is written besides: its writes may come in any order. Or its
 * deletion comes while a push context is built, which then lacks it already: the push that is made for the deletion finds
 * no difference.
 */
function mayVanish({ model, recording }: Observed): boolean {
  const preparing = new Map<number, number>();
  const isDeletion = (event: number): boolean =>
    model.writes[event]?.object >= 0 && model.writes[event].planned.action === 'delete';
  for (const { kind, a, b, c } of recording) {
    if (kind === TraceKind.PushStarted) preparing.set(c, (preparing.get(c) ?? 0) + 1);
    else if (kind === TraceKind.PushQueued) preparing.set(c, (preparing.get(c) ?? 0) - 1);
    else if (kind === TraceKind.WatchDelivered && isDeletion(a)) {
      const { revisions, written } = model.objects[model.writes[a].object];
      if (revisions[0] === undefined || written.length > 1 || (preparing.get(b) ?? 0) > 0) return true;
    }
  }
  return false;
}

test('a push sends what its kinds ask for: routes no EDS, a rule or endpoints that of their hosts, both together all', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      // Precondition: endpoint events wait in the debounce like the others; their own pushes are below.
      const seen = observed({ ...spec, mesh: { ...spec.mesh, edsDebounce: true } });
      const { proxies, clusterSets } = seen.model;
      const isVague = mayVanish(seen);
      for (const { proxy, kinds, contents } of pushesOf(seen)) {
        const isGateway = proxies.ids[proxy].kind === 'gateway';
        const hasRoutes = kinds.has('mesh routes') || (isGateway && kinds.has('gateway routes'));
        const hasHost = kinds.has('rule') || kinds.has('first endpoints');
        const hasClusters = hasHost || kinds.has('authentication');
        const hasConfig = hasRoutes || hasClusters;
        // Precondition: what came and went between two pushes is in neither scope of a sidecar, and no dependency of it.
        if (!isGateway && isVague) continue;
        const eds = contents.filter(({ type }) => type === XdsType.EDS);
        const others = contents.filter(({ type }) => type !== XdsType.EDS).map(({ type }) => type);
        const sendsRds = hasRoutes || hasHost;
        const configured = sendsRds ? [XdsType.CDS, XdsType.LDS, XdsType.RDS] : [XdsType.CDS, XdsType.LDS];
        expect(others).toEqual(hasConfig ? configured : []);
        if (!hasClusters && !kinds.has('endpoints')) expect(eds).toEqual([]);
        else if (hasRoutes) expect(eds).toHaveLength(1);
        for (const { resources, clusters } of eds) {
          const { otherClusters } = seen.model.firstSnapshot.scopes[proxies.groupOf[proxy]];
          expect(resources - clusterSets.size(clusters)).toBe(hasRoutes ? otherClusters : 0);
        }
        for (const { type, clusters } of contents) {
          if (type === XdsType.CDS && !hasClusters) expect(clusterSets.size(clusters)).toBe(0);
        }
      }
    }),
    RUNS,
  );
});

test('without EDS debounce an endpoint event is a push of its own, that starts in the same instant', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, model } = observed({ ...spec, mesh: { ...spec.mesh, edsDebounce: false } });
      const events = [...recording];
      const kindOf = newEventKinds(model);
      events.forEach(({ kind, timeNs, a, b }, i) => {
        if (kind !== TraceKind.WatchDelivered || kindOf(a, b) !== 'endpoints') return;
        const started = events[i + 1];
        expect([started.kind, started.timeNs, started.b, started.c]).toEqual([TraceKind.PushStarted, timeNs, 1, b]);
        // Its push context is one of its own (Istio 1.31), and does not wait for others.
        const queued = events.find((event) => event.kind === TraceKind.PushQueued && event.a === started.a);
        expect(queued?.timeNs).toBeGreaterThan(timeNs);
      });
    }),
    RUNS,
  );
});

test('sidecars get nothing of a VirtualService that is bound to gateways only', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const hosts = spec.hosts.map((host) => ({ ...host, bound: 'gateway' as const }));
      const routes = { ...ONLY_DEFAULT, weights: [0, 1, 0, 0] };
      const toRoutes = (op: OpSpec): OpSpec =>
        op.op === 'routes' ? op : { op: 'routes', host: op.op === 'authentication' ? 0 : op.host, routes };
      const groups = spec.groups.map((group) => ({ ...group, ops: group.ops.map(toRoutes) }));
      const { recording, model } = observed({ ...spec, hosts, groups, readyMs: [] });
      const sent = [...recording].filter(({ kind }) => kind === TraceKind.ResponseSent);
      expect(sent.filter(({ proxy }) => model.proxies.ids[proxy].kind === 'sidecar')).toEqual([]);
    }),
    RUNS,
  );
});

test('CDS removes only what the proxy was sent, and never builds and removes one cluster at once', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, contents, model } = observed(spec);
      const sent = [...model.proxies.groupOf].map((group) => {
        const { spec: initial } = model.firstSnapshot.clusters[group];
        return new Set([...initial.keys()].filter((cluster) => initial[cluster] !== 0));
      });
      for (const { kind, proxy, a } of recording) {
        if (kind !== TraceKind.ResponseSent || contents.content(a).type !== XdsType.CDS) continue;
        const { clusters, removedClusters, rules } = contents.content(a);
        const built = model.clusterSets.members(clusters);
        const gone = model.clusterSets.members(removedClusters);
        const { spec: now } = model.clusterState(rules);
        expect(built.every((cluster) => now[cluster] !== 0)).toBe(true);
        expect(gone.every((cluster) => now[cluster] === 0 && sent[proxy].has(cluster))).toBe(true);
        for (const cluster of built) sent[proxy].add(cluster);
        for (const cluster of gone) sent[proxy].delete(cluster);
      }
    }),
    RUNS,
  );
});

test('a push context holds every event of its batch, nothing older, and keeps the kinds that it does not name as they were', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, model } = observed({ ...spec, mesh: { ...spec.mesh, edsDebounce: true } });
      const zero = model.objects.map(() => 0);
      const store = Array.from({ length: spec.mesh.replicas }, () => [...zero]);
      const pushed = Array.from({ length: spec.mesh.replicas }, () => [...zero]);
      const batch = Array.from({ length: spec.mesh.replicas }, () => new Set<string>());
      const batches = new Map<number, { kinds: Set<string>; atLeast: readonly number[] }>();
      for (const { kind, a, b, c } of recording) {
        if (kind === TraceKind.WatchDelivered) {
          const object = model.writes[a]?.object ?? -1;
          if (object < 0) continue;
          store[b][object] = model.writes[a].revision;
          batch[b].add(model.objects[object].kind);
        } else if (kind === TraceKind.PushStarted) {
          batches.set(a, { kinds: batch[c], atLeast: [...store[c]] });
          batch[c] = new Set();
        } else if (kind === TraceKind.PushQueued) {
          const { kinds, atLeast } = batches.get(a) ?? { kinds: new Set<string>(), atLeast: zero };
          const { revisions } = model.snapshot(b);
          revisions.forEach((revision, object) => {
            if (!kinds.has(model.objects[object].kind)) expect(revision).toBe(pushed[c][object]);
            else expect([atLeast[object], store[c][object]]).toContain(revision);
          });
          pushed[c] = [...revisions];
        }
      }
    }),
    RUNS,
  );
});

test('routes name the clusters of the routes alone: RDS carries the push context of its push, whatever clusters there are', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, contents, model } = observed(spec);
      const snapshotOf = new Map<number, number>();
      for (const { kind, proxy, a, b } of recording) {
        if (kind === TraceKind.PushQueued) snapshotOf.set(a, b);
        if (kind !== TraceKind.ResponseSent) continue;
        const { push, type, rules, routes } = contents.content(a);
        if (push < 0) continue;
        const group = model.proxies.groupOf[proxy];
        const snapshot = model.snapshot(snapshotOf.get(push) ?? -1);
        // One push context for all types of a push.
        expect(rules).toBe(snapshot.rules[group]);
        if (type === XdsType.RDS) expect(routes).toBe(snapshot.routes[group]);
      }
    }),
    RUNS,
  );
});
