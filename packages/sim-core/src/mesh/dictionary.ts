/** What the numbers of a run's trace stand for, from the model and the contents that the run has made. */
import type { ResponseContent, RevisionNames, TraceDictionary } from '../trace/events.js';
import type { ObjectRevision } from './group-scope.js';
import type { PushContents } from './istiod/push-content.js';
import type { Listener } from './listeners/listener-tables.js';
import type { MeshModel } from './model.js';

export function newDictionary(model: MeshModel, contents: PushContents): TraceDictionary {
  return new ModelDictionary(model, contents);
}

class ModelDictionary implements TraceDictionary {
  readonly clusters: readonly string[];
  readonly writes: TraceDictionary['writes'];
  readonly groups: readonly string[];
  readonly endpoints: readonly string[];
  private readonly routeNames: RevisionNames[] = [];
  private readonly listenerNames: RevisionNames[] = [];
  private readonly snapshotNames: RevisionNames[] = [];

  constructor(
    private readonly model: MeshModel,
    private readonly contents: PushContents,
  ) {
    this.clusters = model.clusters.clusters.map(({ name }) => name);
    this.writes = model.writes.map(({ planned: { action, key, revision } }) => ({ action, key, revision }));
    this.groups = model.plan.groups.map(({ label }) => label);
    this.endpoints = model.endpoints.endpoints.map(({ endpoint }) => endpoint.id);
  }

  endpointEvent(event: number) {
    const { endpoint, isPresent } = this.model.endpointEvent(event);
    return { endpoint: this.endpoints[endpoint], isReady: isPresent };
  }

  get proxies(): TraceDictionary['proxies'] {
    return this.model.proxies.ids;
  }

  content(id: number): ResponseContent {
    return this.contents.content(id);
  }

  endpointSetSize(id: number): number {
    return this.model.endpoints.sets.size(id);
  }

  snapshot(id: number): RevisionNames {
    this.snapshotNames[id] ??= this.named(
      this.model.snapshot(id).revisions.map((revision, object) => ({ object, revision })),
    );
    return this.snapshotNames[id];
  }

  routes(id: number): RevisionNames {
    this.routeNames[id] ??= this.named(this.model.snapshots.routeTables[id].revisions);
    return this.routeNames[id];
  }

  listeners(id: number): RevisionNames {
    this.listenerNames[id] ??= this.named(this.model.snapshots.listenerTables.get(id).revisions);
    return this.listenerNames[id];
  }

  replacedListeners(from: number, to: number): readonly string[] {
    const tables = this.model.snapshots.listenerTables;
    const gone = new Set(tables.replaced(from, to));
    const loses = ({ chains }: Listener): boolean => chains.some(({ id }) => gone.has(id));
    return tables
      .get(from)
      .listeners.filter(loses)
      .map(({ name }) => name);
  }

  /** Objects that do not exist at their revision are left out. */
  private named(revisions: readonly ObjectRevision[]): RevisionNames {
    const { objects } = this.model;
    return Object.fromEntries(
      revisions.flatMap(({ object, revision }) => {
        const { key, revisions: contents, revisionNames } = objects[object];
        return contents[revision] === undefined ? [] : [[key, revisionNames[revision]]];
      }),
    );
  }
}
