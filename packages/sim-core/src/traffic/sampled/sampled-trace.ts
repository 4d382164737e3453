/** Keeps of a trace what happens to the workers of a few proxies, drawn anew in each trial, which stand for the others. */
import type { Draws } from '../../kernel/random.js';
import type { MeshModel } from '../../mesh/model.js';
import { TraceKind, type TraceSink } from '../../trace/events.js';

/** Proxies of a group that are looked at. */
const PER_GROUP = 3;

/** Apart from the purposes of the mesh; the entity is the group. */
const PURPOSE_SAMPLE = 0x200a;

export interface SampledProxy {
  readonly proxy: number;
  readonly group: number;
  /** How many it stands for. */
  readonly weight: number;
  readonly events: WorkerEvent[];
}

export interface WorkerEvent {
  readonly kind: TraceKind;
  readonly timeNs: number;
  /** That it happens to: where it concerns all, it is not the one that is looked at. */
  readonly proxy: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export class SampledTrace implements TraceSink {
  readonly watches = [
    TraceKind.WorkerRoutes,
    TraceKind.WorkerCluster,
    TraceKind.WorkerEndpoints,
    TraceKind.EndpointCondition,
    TraceKind.ListenerDraining,
  ];
  readonly proxies: readonly SampledProxy[];
  private readonly eventsOf: (WorkerEvent[] | undefined)[] = [];

  constructor(model: MeshModel, draws: Draws) {
    this.proxies = model.proxies.groups.flatMap(({ firstProxy, count }, group) => {
      const sample = pickSome(count, (at) => draws.uniform(group, PURPOSE_SAMPLE, at));
      return sample.map((at) => ({ proxy: firstProxy + at, group, weight: count / sample.length, events: [] }));
    });
    for (const { proxy, events } of this.proxies) this.eventsOf[proxy] = events;
  }

  /** One of each group, which then stands for all of it. */
  get firstOfGroups(): readonly SampledProxy[] {
    const firsts = this.proxies.filter(({ group }, at) => at === 0 || this.proxies[at - 1].group !== group);
    return firsts.map((first) => {
      const alike = this.proxies.filter(({ group }) => group === first.group);
      return { ...first, weight: first.weight * alike.length };
    });
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    switch (kind) {
      case TraceKind.WorkerRoutes:
      case TraceKind.WorkerCluster:
      case TraceKind.WorkerEndpoints:
        this.eventsOf[proxy]?.push({ kind, timeNs, proxy, a, b, c });
        break;
      case TraceKind.EndpointCondition:
        for (const { events } of this.proxies) events.push({ kind, timeNs, proxy, a, b, c });
        break;
      case TraceKind.ListenerDraining:
        // Only what a server does to its clients' connections is of all.
        if (c === 1) for (const { events } of this.proxies) events.push({ kind, timeNs, proxy, a, b, c });
        break;
    }
  }
}

/** Different ones of `count`: the first places of a shuffle. */
function pickSome(count: number, uniform: (at: number) => number): number[] {
  const moved = new Map<number, number>();
  return Array.from({ length: Math.min(count, PER_GROUP) }, (_, at) => {
    const other = at + Math.floor(uniform(at) * (count - at));
    const picked = moved.get(other) ?? other;
    moved.set(other, moved.get(at) ?? at);
    return picked;
  });
}
