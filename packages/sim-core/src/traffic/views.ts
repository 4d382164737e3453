/**
 * What a worker acts on: its routes, and each touched cluster with its endpoints. Equal views have one id, and the step
 * from one view to the next is remembered, so that a worker's state is a single number.
 */
import { TupleIds } from '../kernel/tuple-ids.js';
import type { MeshModel } from '../mesh/model.js';

/** State of a cluster in a view where it is not active. */
export const Absence = {
  /** Never there so far. */
  Unknown: 0,
  /** Announced by CDS, waiting for its endpoints. */
  Warming: 1,
  /** Was there and has been removed. */
  Removed: 2,
} as const;

export interface View {
  readonly routes: number;
  /** cluster → content; 0: absent. */
  readonly spec: readonly number[];
  /** cluster → endpoint set. */
  readonly endpoints: readonly number[];
  /** cluster → Absence, where absent. */
  readonly absence: readonly number[];
  /** What the endpoints take, an id of the model's conditions: the same for every worker, though none knows it. */
  readonly conditions: number;
  /** Listener table: the one that new connections come to. */
  readonly listeners: number;
}

const Step = { Routes: 0, Cluster: 1, Endpoints: 2, Warming: 3, Conditions: 4, Listeners: 5 } as const;

export class Views {
  private readonly views: View[] = [];
  private readonly ids = new Map<string, number>();
  /** (view, step, cluster, value), and by its number the view that follows. */
  private readonly steps = new TupleIds();
  private readonly next: number[] = [];

  /** The view of a group's workers before the rollout. */
  initial(model: MeshModel, group: number): number {
    const { routes, clusters, listeners } = model.firstSnapshot;
    const { spec: initial, selector } = clusters[group];
    const spec = [...initial];
    const endpoints = spec.map((_, k) => model.endpoints.select(k, selector[k], model.initialReady));
    const absence = spec.map(() => Absence.Unknown);
    return this.intern({
      routes: routes[group],
      spec,
      endpoints,
      absence,
      conditions: model.initialConditions,
      listeners: listeners[group],
    });
  }

  view(id: number): View {
    return this.views[id];
  }

  withRoutes(id: number, routes: number): number {
    return this.step(id, Step.Routes, 0, routes);
  }

  /** `spec` 0 removes the cluster. */
  withCluster(id: number, cluster: number, spec: number): number {
    return this.step(id, Step.Cluster, cluster, spec);
  }

  withEndpoints(id: number, cluster: number, endpoints: number): number {
    return this.step(id, Step.Endpoints, cluster, endpoints);
  }

  withWarming(id: number, cluster: number): number {
    return this.step(id, Step.Warming, cluster, 0);
  }

  withConditions(id: number, conditions: number): number {
    return this.step(id, Step.Conditions, 0, conditions);
  }

  withListeners(id: number, listeners: number): number {
    return this.step(id, Step.Listeners, 0, listeners);
  }

  private step(id: number, step: number, cluster: number, value: number): number {
    const taken = this.steps.of(id, step, cluster, value);
    if (taken === this.next.length) this.next.push(this.intern(changed(this.views[id], step, cluster, value)));
    return this.next[taken];
  }

  private intern(view: View): number {
    const key = `${view.routes}|${view.spec}|${view.endpoints}|${view.absence}|${view.conditions}|${view.listeners}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.views.push(view) - 1;
      this.ids.set(key, id);
    }
    return id;
  }
}

function changed(view: View, step: number, cluster: number, value: number): View {
  const replace = (array: readonly number[], element: number): number[] => array.with(cluster, element);
  switch (step) {
    case Step.Routes:
      return { ...view, routes: value };
    case Step.Cluster: {
      // Removed while it was warming, it has never been there.
      const gone = view.spec[cluster] === 0 ? Absence.Unknown : Absence.Removed;
      const absence = value === 0 ? replace(view.absence, gone) : view.absence;
      return { ...view, spec: replace(view.spec, value), absence };
    }
    case Step.Endpoints:
      return { ...view, endpoints: replace(view.endpoints, value) };
    case Step.Conditions:
      return { ...view, conditions: value };
    case Step.Listeners:
      return { ...view, listeners: value };
    default:
      return view.spec[cluster] !== 0 ? view : { ...view, absence: replace(view.absence, Absence.Warming) };
  }
}
