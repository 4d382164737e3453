/** Which requests a worker with a route table sends to each cluster, and where they come from. */
import type { RetryPolicy } from '../../manifest/types.js';
import type { Outcomes } from '../outcomes.js';
import type { Load } from '../pools/setting.js';

/** Requests that are told apart: by what a report says of them, and by how they are retried. */
export interface RequestSource {
  /** Host as the VirtualService names it, and what its route chose. */
  readonly host: string;
  readonly destination: string;
  readonly subset: string;
  readonly retries: RetryPolicy | undefined;
}

/** Requests of one class to one cluster. */
export interface ClassFlow {
  /** Of the class, in its group. */
  readonly index: number;
  readonly source: number;
  readonly cluster: number;
  /** Of the class's requests. */
  readonly share: number;
  /** At each worker. */
  readonly perSecond: number;
}

const NO_LOAD: Load = { perSecond: 0, sources: [] };

export class ClusterLoads {
  readonly sources: RequestSource[] = [];
  private readonly numbers = new Map<string, number>();
  /** Route table → cluster → load of each worker. */
  private readonly loads: (readonly Load[] | undefined)[] = [];
  private readonly flows: (readonly ClassFlow[] | undefined)[] = [];

  constructor(private readonly outcomes: Outcomes) {}

  of(routes: number, cluster: number): Load {
    this.loads[routes] ??= this.newLoads(routes);
    return this.loads[routes][cluster];
  }

  /** Which class of the table's group sends how many of its requests where. */
  flowsOf(routes: number): readonly ClassFlow[] {
    this.flows[routes] ??= this.newFlows(routes);
    return this.flows[routes];
  }

  private newLoads(routes: number): Load[] {
    const rates = this.outcomes.model.clusters.clusters.map(() => new Map<number, number>());
    for (const { source, cluster, perSecond } of this.flowsOf(routes)) {
      rates[cluster].set(source, (rates[cluster].get(source) ?? 0) + perSecond);
    }
    return rates.map(toLoad);
  }

  private newFlows(routes: number): ClassFlow[] {
    const { model, classes } = this.outcomes;
    const { group } = model.snapshots.routeTables[routes];
    const { workersPerProxy } = model.scenario.mesh;
    const flows: ClassFlow[] = [];
    this.outcomes.decisionsOf(routes).forEach((decision, index) => {
      if (decision.kind !== 'forward') return;
      const { host, perSecond } = classes[group][index];
      for (const { cluster, host: destination, subset, share } of decision.parts) {
        const rate = (share * perSecond) / workersPerProxy;
        if (cluster < 0 || rate === 0) continue;
        const source = this.sourceOf({ host, destination, subset, retries: decision.retries });
        flows.push({ index, source, cluster, share, perSecond: rate });
      }
    });
    return flows;
  }

  private sourceOf(source: RequestSource): number {
    const key = JSON.stringify(source);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.sources.push(source) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

function toLoad(rates: ReadonlyMap<number, number>): Load {
  const perSecond = [...rates.values()].reduce((sum, rate) => sum + rate, 0);
  if (perSecond === 0) return NO_LOAD;
  return { perSecond, sources: [...rates].map(([source, rate]) => ({ source, share: rate / perSecond })) };
}
