/** How long proxies have been in each pair of revisions of VirtualServices and DestinationRules, by name. */
import type { ObjectRevision } from '../mesh/group-scope.js';
import type { MeshModel } from '../mesh/model.js';

interface State {
  readonly vs: string;
  readonly dr: string;
  proxyNs: number;
}

export class RevisionStates {
  private readonly states = new Map<string, State>();

  constructor(private readonly model: MeshModel) {}

  get list(): readonly Readonly<State>[] {
    return [...this.states.values()];
  }

  /** A proxy has acted on a route table, a listener table and a set of rules for so long. */
  add(routes: number, listeners: number, rules: number, durationNs: number): void {
    const key = `${routes},${listeners},${rules}`;
    let state = this.states.get(key);
    if (state === undefined) {
      const { objects, snapshots } = this.model;
      const isRouting = ({ object }: ObjectRevision): boolean => objects[object].kind === 'VirtualService';
      const inListeners = snapshots.listenerTables.get(listeners).revisions.filter(isRouting);
      const vs = this.nameOf([...snapshots.routeTables[routes].revisions, ...inListeners]);
      state = { vs, dr: this.nameOf(snapshots.ruleSets[rules]), proxyNs: 0 };
      this.states.set(key, state);
    }
    state.proxyNs += durationNs;
  }

  /** One name where all changed objects are at the same revision, else all of them. */
  private nameOf(revisions: readonly ObjectRevision[]): string {
    const changed = revisions.filter(({ object }) => this.model.objects[object].revisions.length > 1);
    const names = new Set(changed.map(({ object, revision }) => this.model.objects[object].revisionNames[revision]));
    return names.size === 0 ? 'unchanged' : [...names].join('+');
  }
}
