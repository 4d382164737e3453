/**
 * What is still open to a pod some time after it was told to go: long-lived connections, and requests that take as long.
 * As many as before the rollout, in a steady state (kernel/lifetime.ts); nobody opens new ones.
 */
import { type Lifetime, newLifetime } from '../../kernel/lifetime.js';
import type { MeshModel } from '../../mesh/model.js';
import type { LastingConnections } from '../../mesh/pod-end.js';
import type { Outcomes } from '../outcomes.js';
import { traitsOf } from '../upstreams.js';
import type { Flow } from './flows.js';
import type { Openings } from './openings.js';

/** Kinds of long-lived connections, by group, and how they open. */
interface SteadyConnections {
  readonly flows: readonly (readonly Flow[])[];
  readonly openings: Openings;
  readonly lifetimes: readonly (readonly Lifetime[])[];
  /** Of each worker. */
  readonly ratesPerMs: readonly (readonly number[])[];
}

/** Opened at a rate, each open for a lifetime, or until it is so old. */
interface Stock {
  readonly perMs: number;
  readonly lifetime: Lifetime;
  readonly limitMs: number;
}

export class LastingOnPods implements LastingConnections {
  private stocks: Stock[][] | undefined;

  constructor(
    private readonly longLived: SteadyConnections,
    private readonly outcomes: Outcomes,
  ) {}

  openAfter(endpoint: number, ms: number): number {
    this.stocks ??= this.newStocks();
    return this.stocks[endpoint].reduce((sum, { perMs, lifetime, limitMs }) => {
      // Opened within the limit before, and as old as the limit at most by then.
      return sum + (ms >= limitMs ? 0 : perMs * (lifetime.excess(ms) - lifetime.excess(limitMs)));
    }, 0);
  }

  private newStocks(): Stock[][] {
    const { model } = this.outcomes;
    const stocks: Stock[][] = model.endpoints.endpoints.map(() => []);
    model.proxies.groups.forEach(({ count }, group) => {
      if (count === 0) return;
      this.addConnections(stocks, group, count * model.scenario.mesh.workersPerProxy);
      this.addRequests(stocks, group, count);
    });
    return stocks;
  }

  private addConnections(stocks: Stock[][], group: number, workers: number): void {
    const { flows, openings, lifetimes, ratesPerMs } = this.longLived;
    const { model, views } = this.outcomes;
    const ids = openings.of(group, views.initial(model, group));
    for (const flow of flows[group].keys()) {
      const { accepted, limitMs } = openings.get(ids[flow]);
      for (const { share, endpoints } of accepted) {
        const members = model.endpoints.sets.members(endpoints);
        const perMs = (workers * ratesPerMs[group][flow] * share) / members.length;
        for (const endpoint of members) stocks[endpoint].push({ perMs, lifetime: lifetimes[group][flow], limitMs });
      }
    }
  }

  private addRequests(stocks: Stock[][], group: number, proxies: number): void {
    const { model, classes, views } = this.outcomes;
    const view = views.view(views.initial(model, group));
    const lifetimes = durationsOf(model);
    this.outcomes.decisionsOf(view.routes).forEach((decision, index) => {
      if (decision.kind !== 'forward') return;
      for (const { cluster, share } of decision.parts) {
        const members =
          cluster < 0 || view.spec[cluster] === 0 ? [] : model.endpoints.sets.members(view.endpoints[cluster]);
        const perMs = (proxies * classes[group][index].perSecond * share) / members.length / 1000;
        for (const endpoint of members)
          stocks[endpoint].push({ perMs, lifetime: lifetimes[endpoint], limitMs: Infinity });
      }
    });
  }
}

/** By number of the endpoint. */
function durationsOf(model: MeshModel): Lifetime[] {
  const usual = newLifetime(model.scenario.traffic.requestDurationMs);
  return traitsOf(model).map((traits) => (traits?.durationMs === undefined ? usual : newLifetime(traits.durationMs)));
}
