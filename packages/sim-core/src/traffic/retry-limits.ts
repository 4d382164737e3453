/**
 * Limits of retries at once (envoy.md 8.1, 8.4): a DestinationRule's `maxRetries`, or its `retryBudget`, per cluster and
 * proxy over all workers. A request that is tried again holds a place from the failure of its first try to its end. First
 * failures come at random, and how long places are held does not matter but in the mean: the refused share is Erlang's.
 */
import { poissonUpperTail } from '../kernel/elementary.js';
import type { ClusterPolicy } from '../manifest/traffic-policy.js';
import { retryDemand } from './attempts.js';
import { endpointKinds } from './endpoint-kinds.js';
import type { Outcomes } from './outcomes.js';
import { retryRules } from './retries.js';
import type { View } from './views.js';

/** Less than this of all states is nothing. */
const NEGLIGIBLE = 1e-12;
const LARGE = 1e200;
/** Steps until refusals and budget agree to the last digits that anybody sees. */
const BALANCING = 20;

export class RetryLimits {
  private readonly known = new Map<string, number>();

  /** @param connectMs mean time after which a connection fails */
  constructor(
    private readonly outcomes: Outcomes,
    private readonly connectMs: number,
  ) {}

  /** Share of first retries that are refused while a group's proxies have this view. */
  refusedShare(group: number, view: View, cluster: number): number {
    const policy = this.outcomes.model.clusters.policyOf(view.spec[cluster]);
    if (!limitsRetries(policy)) return 0;
    const key = [group, cluster, view.routes, view.spec[cluster], view.endpoints[cluster], view.conditions].join();
    let share = this.known.get(key);
    if (share === undefined) {
      share = this.newShare(group, view, cluster, policy);
      this.known.set(key, share);
    }
    return share;
  }

  private newShare(group: number, view: View, cluster: number, policy: ClusterPolicy): number {
    const { outcomes, connectMs } = this;
    const { model, upstreams, serving, istio } = outcomes;
    const kinds = endpointKinds(model, upstreams, view, cluster);
    const at = { held: 0, first: 0, again: 0 };
    outcomes.decisionsOf(view.routes).forEach((decision, index) => {
      if (decision.kind !== 'forward') return;
      const rules = retryRules(decision.retries, istio, policy.hashKey !== undefined);
      for (const part of decision.parts) {
        if (part.cluster !== cluster) continue;
        const perMs = (part.share * outcomes.classes[group][index].perSecond) / 1000;
        const demand = retryDemand(kinds, rules, decision.timeoutMs, serving, connectMs);
        at.held += perMs * demand.heldMs;
        at.first += perMs * demand.firstMs;
        at.again += perMs * demand.againMs;
      }
    });
    return refusedRetryShare(policy, at);
  }
}

export function limitsRetries({ retryBudget, maxRetries }: ClusterPolicy): boolean {
  return retryBudget !== undefined || maxRetries < Number.POSITIVE_INFINITY;
}

/** Mean numbers at any moment if no retry were refused. */
export interface AtOnce {
  /** Places that are held. */
  readonly held: number;
  /** First tries under way, and retries. */
  readonly first: number;
  readonly again: number;
}

/** A budget is a share of the requests under way, whose number is taken to be Poisson at any moment. */
export function refusedRetryShare({ retryBudget, maxRetries }: ClusterPolicy, { held, first, again }: AtOnce): number {
  if (retryBudget === undefined) return lossShare(held, (retries) => (retries < maxRetries ? 1 : 0));
  const { share, minConcurrency } = retryBudget;
  const refused = (underWay: number): number =>
    lossShare(held, (retries) => {
      if (retries < minConcurrency) return 1;
      return share === 0 ? 0 : poissonUpperTail(Math.ceil((retries + 1) / share), underWay);
    });
  // Retries that are refused are not under way, and make the budget smaller: up to where both agree.
  let found = refused(first + again);
  for (let step = 0; step < BALANCING; step++) found = refused(first + (1 - found) * again);
  return found;
}

/** Share of random arrivals that find no place, given the chance of a place beside so many others. */
function lossShare(offered: number, chanceBeside: (others: number) => number): number {
  let [weight, all, lost] = [1, 0, 0];
  for (let others = 0; ; others++) {
    const chance = chanceBeside(others);
    all += weight;
    lost += weight * (1 - chance);
    weight *= (offered * chance) / (others + 1);
    if (weight === 0 || (others > offered && weight < NEGLIGIBLE * all)) return lost / all;
    if (all > LARGE) [weight, all, lost] = [weight / LARGE, all / LARGE, lost / LARGE];
  }
}
