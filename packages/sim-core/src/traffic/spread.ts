/** How traffic is shared out: over the proxies of each group that it can come to, their hosts, and the rules of a host. */
import type { MeshModel } from '../mesh/model.js';

/** A kind of traffic, before it is known how much of it there is. */
interface Draft {
  readonly host: string;
  readonly rule: string;
}

/**
 * Evenly, but for the shares that the scenario gives to kinds of proxies, hosts and rules.
 * @param total over the mesh
 * @param drafts group → kinds of traffic at its proxies
 * @returns group → each of its drafts with the amount at one proxy
 */
export function spreadOver<D extends Draft>(
  { scenario, proxies }: MeshModel,
  total: number,
  drafts: readonly (readonly D[])[],
): (D & { readonly amount: number })[][] {
  const { traffic } = scenario;
  const weights = proxies.groups.map((group, index) =>
    drafts[index].every(({ host }) => traffic.hosts[host] === 0) ? 0 : group.count * (traffic.sources[group.kind] ?? 1),
  );
  const sum = weights.reduce((whole, weight) => whole + weight, 0);
  return proxies.groups.map((group, index) => {
    if (weights[index] === 0 || group.count === 0) return [];
    const perProxy = (total * weights[index]) / sum / group.count;
    return withAmounts(drafts[index], perProxy, traffic.hosts, traffic.matches);
  });
}

function withAmounts<D extends Draft>(
  drafts: readonly D[],
  perProxy: number,
  hostShares: Readonly<Record<string, number>>,
  ruleShares: Readonly<Record<string, number>>,
): (D & { readonly amount: number })[] {
  const hosts = [...new Set(drafts.map((draft) => draft.host))];
  const hostTotal = hosts.reduce((sum, host) => sum + (hostShares[host] ?? 1), 0);
  return hosts.flatMap((host) => {
    const ofHost = drafts.filter((draft) => draft.host === host);
    const ruleTotal = ofHost.reduce((sum, draft) => sum + (ruleShares[draft.rule] ?? 1), 0);
    const amount = hostTotal === 0 ? 0 : (perProxy * (hostShares[host] ?? 1)) / hostTotal;
    return ofHost.map((draft) => ({
      ...draft,
      amount: ruleTotal === 0 ? 0 : (amount * (ruleShares[draft.rule] ?? 1)) / ruleTotal,
    }));
  });
}
