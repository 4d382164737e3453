/** All that one trial tells of requests: what views alone say of them, what the sampled connections add, and what is in flight. */
import type { RootKey } from '../kernel/random.js';
import type { LastingConnections } from '../mesh/pod-end.js';
import type { TraceSink } from '../trace/events.js';
import { Exposure, type ExposureTotals, type IntervalListener } from '../traffic/exposure.js';
import { EndpointCourses } from '../traffic/in-flight/endpoint-courses.js';
import { InFlight, type InFlightTotals, NOTHING_IN_FLIGHT } from '../traffic/in-flight/in-flight.js';
import { withInFlight } from '../traffic/in-flight/with-in-flight.js';
import type { Outcomes } from '../traffic/outcomes.js';
import type { ConnectionStudy, ConnectionTotals, ConnectionTrial } from '../traffic/sampled/connection-study.js';
import { withExtra } from '../traffic/sampled/extra-failures.js';

/** What all trials of a strategy share. */
interface SharedRequests {
  readonly outcomes: Outcomes;
  readonly connections: ConnectionStudy;
  readonly longLived: { readonly lasting: LastingConnections };
}

export interface RequestTotals {
  readonly totals: ExposureTotals;
  readonly connections: ConnectionTotals;
  readonly inFlight: InFlightTotals;
}

export class TrialRequests {
  readonly exposure: Exposure;
  /** In this order, before whoever asks the exposure. */
  readonly sinks: readonly TraceSink[];
  /** Whole once the trial is finished. */
  readonly courses: EndpointCourses;
  private readonly inFlight: InFlight | undefined;
  private readonly connections: ConnectionTrial;
  private readonly endpoints: number;

  /** @param listeners of intervals */
  constructor(shared: SharedRequests, root: RootKey, trial: number, listeners: readonly IntervalListener[]) {
    const { outcomes, longLived, connections } = shared;
    this.inFlight = InFlight.isNeeded(outcomes) ? new InFlight(outcomes) : undefined;
    const all = this.inFlight === undefined ? listeners : [...listeners, this.inFlight.onInterval];
    const tell: IntervalListener = (...interval) => {
      for (const listener of all) listener(...interval);
    };
    this.exposure = new Exposure(outcomes, all.length > 0 ? tell : undefined);
    this.courses = new EndpointCourses(longLived.lasting);
    this.connections = connections.newTrial(root, trial);
    this.endpoints = outcomes.model.endpoints.endpoints.length;
    this.sinks = [this.exposure, this.courses, this.connections];
  }

  finish(horizonNs: number): RequestTotals {
    const { exposure } = this;
    const exact = exposure.finish(horizonNs);
    const connections = this.connections.finish(horizonNs, exact, (proxy) => exposure.viewAt(proxy, 0));
    const sampled = withExtra(exact, connections.sampled);
    const { queues } = connections;
    if (queues !== undefined) this.courses.addQueues(queues, this.endpoints);
    const inFlight = this.inFlight?.finish(this.courses, horizonNs) ?? NOTHING_IN_FLIGHT;
    return { totals: withInFlight(sampled, inFlight), connections, inFlight };
  }
}
