/** How long proxies have been in each pair of revisions of VirtualServices and DestinationRules, by name. */
import { TupleIds } from '../kernel/tuple-ids.js';
import type { ObjectRevision } from '../mesh/group-scope.js';
import type { MeshModel } from '../mesh/model.js';

interface State {
  readonly vs: string;
  readonly dr: string;
  proxyNs: number;
}

export class RevisionStates {
  /** (routes, listeners, rules), and by its number the state. */
  private readonly ids = new TupleIds();
  private readonly states: State[] = [];

  constructor(private readonly model: MeshModel) {}

  get list(): readonly Readonly<State>[] {
    return this.states;
  }

  /** A proxy has acted on a route table, a listener table and a set of rules for so long. */
  add(routes: number, listeners: number, rules: number, durationNs: number): void {
    const id = this.ids.of(routes, listeners, rules);
    if (id === this.states.length) this.states.push(this.newState(routes, listeners, rules));
    this.states[id].proxyNs += durationNs;
  }

  private newState(routes: number, listeners: number, rules: number): State {
    const { objects, snapshots } = this.model;
    const isRouting = ({ object }: ObjectRevision): boolean => objects[object].kind === 'VirtualService';
    const inListeners = snapshots.listenerTables.get(listeners).revisions.filter(isRouting);
    const vs = this.nameOf([...snapshots.routeTables[routes].revisions, ...inListeners]);
    return { vs, dr: this.nameOf(snapshots.ruleSets[rules]), proxyNs: 0 };
  }

  /** One name where all changed objects are at the same revision, else all of them. */
  private nameOf(revisions: readonly ObjectRevision[]): string {
    const changed = revisions.filter(({ object }) => this.model.objects[object].revisions.length > 1);
    const names = new Set(changed.map(({ object, revision }) => this.model.objects[object].revisionNames[revision]));
    return names.size === 0 ? 'unchanged' : [...names].join('+');
  }
}
