/** The long-lived connections of a strategy, as far as they do not depend on the trial. */
import { type Lifetime, newLifetime } from '../../kernel/lifetime.js';
import type { MeshModel } from '../../mesh/model.js';
import type { LastingConnections } from '../../mesh/pod-end.js';
import type { Outcomes } from '../outcomes.js';
import { type Flow, longLivedFlows } from './flows.js';
import { LastingOnPods } from './lasting.js';
import { Openings } from './openings.js';

export class LongLivedModel {
  readonly model: MeshModel;
  readonly flows: readonly (readonly Flow[])[];
  readonly openings: Openings;
  /** group → flow → lifetime, and openings per ms at one worker. */
  readonly lifetimes: readonly (readonly Lifetime[])[];
  readonly ratesPerMs: readonly (readonly number[])[];
  /** What keeps pods that wait for their connections to end. */
  readonly lasting: LastingConnections;

  constructor(outcomes: Outcomes) {
    const { model, views } = outcomes;
    this.model = model;
    this.flows = longLivedFlows(model, outcomes);
    this.lasting = new LastingOnPods(this, outcomes);
    this.openings = new Openings(model, outcomes, this.flows);
    const tcp = newLifetime(model.scenario.traffic.tcpConnections.lifetimeMs);
    const stream = newLifetime(model.scenario.traffic.streams.lifetimeMs);
    this.lifetimes = this.flows.map((flows) => flows.map(({ type }) => (type === 'tcp' ? tcp : stream)));
    this.ratesPerMs = this.flows.map((flows, group) => {
      if (flows.length === 0) return [];
      const opening = this.openings.of(group, views.initial(model, group));
      return flows.map(({ openPerProxy }, flow) => {
        const { mean, excess } = this.lifetimes[group][flow];
        const { limitMs } = this.openings.get(opening[flow]);
        return openPerProxy / model.scenario.mesh.workersPerProxy / (mean - excess(limitMs));
      });
    });
  }
}
