/** What the mesh comes to when nothing happens any more, worked out from the writes alone. */
import { expect } from 'vitest';
import { TraceKind } from '../../packages/sim-core/src/trace/events.js';
import type { Observed } from '../mesh/runs.js';

/** Object → revision as it was committed last, and the write that did it: −1 where none did. */
export interface LastCommitted {
  readonly revisions: readonly number[];
  readonly writes: readonly number[];
  /** Endpoints that are ready, as a set. */
  readonly ready: number;
}

export function lastCommitted({ model, recording }: Observed): LastCommitted {
  const revisions = model.objects.map(() => 0);
  const writes = model.objects.map(() => -1);
  let ready = model.initialReady;
  const { sets } = model.endpoints;
  for (const { kind, a, b } of recording) {
    if (kind === TraceKind.WriteCommitted && model.writes[a].object >= 0) {
      revisions[model.writes[a].object] = model.writes[a].revision;
      writes[model.writes[a].object] = a;
    } else if (kind === TraceKind.EndpointChanged) {
      ready = b === 1 ? sets.union(ready, sets.of([a])) : sets.difference(ready, sets.of([a]));
    }
  }
  return { revisions, writes, ready };
}

/** Every worker of every proxy serves what was committed last; `isExempt` tells which proxies need not. */
export function expectConverged(seen: Observed, isExempt: (proxy: string) => boolean = () => false): void {
  const { model, exposure, outcomes } = seen;
  const { revisions, ready } = lastCommitted(seen);
  const { clusters: byGroup, routes } = model.snapshot(model.snapshotId(revisions));
  for (let p = 0; p < model.proxies.count; p++) {
    if (isExempt(model.proxies.ids[p].id)) continue;
    const clusters = byGroup[model.proxies.groupOf[p]];
    const endpoints = [...clusters.spec.keys()].map((k) => model.endpoints.select(k, clusters.selector[k], ready));
    for (let w = 0; w < model.scenario.mesh.workersPerProxy; w++) {
      const view = outcomes.views.view(exposure.viewAt(p, w));
      expect(view.routes).toBe(routes[model.proxies.groupOf[p]]);
      expect(view.spec).toEqual([...clusters.spec]);
      const active = [...clusters.spec.keys()].filter((k) => clusters.spec[k] !== 0);
      expect(active.map((k) => view.endpoints[k])).toEqual(active.map((k) => endpoints[k]));
    }
  }
}
