/**
 * Which endpoints a proxy is sent by where they run (istio:pilot/pkg/networking/core/loadbalancer/loadbalancer.go). With
 * outlier detection istiod sorts endpoints by nearness, since localityLbSetting is on in the mesh by default
 * (istiod.md 8.1), and Envoy sends all load to the nearest ones that there are.
 */
import type { LocalityBalancing } from '../manifest/traffic-policy.js';

/** `region/zone/subzone` of a proxy, and the rule for it. */
export interface Reach extends LocalityBalancing {
  readonly locality: string;
}

/**
 * Of some endpoints those that the proxy sends to.
 * @param localities of the endpoints; '' where nobody knows it, `/zone` where only the zone is known
 */
export function reached({ locality, failover, distribute }: Reach, localities: readonly string[]): boolean[] {
  const split = distribute.find(({ from }) => matches(locality, from));
  if (split !== undefined) return localities.map((own) => split.to.some((pattern) => matches(own, pattern)));
  // Where it distributes, nearness does not count, also not for whom it does not name.
  if (distribute.length > 0) return localities.map(() => true);
  const region = failover.find(({ from }) => from === partsOf(locality).region)?.to;
  const distances = localities.map((own) => distance(locality, own, region));
  const nearest = Math.min(...distances);
  return distances.map((own) => own === nearest);
}

/** As istiod's priorities: the same subzone 0, zone 1, region 2, and then the region that takes over before others. */
function distance(proxy: string, endpoint: string, takesOver: string | undefined): number {
  const [own, other] = [partsOf(proxy), partsOf(endpoint)];
  if (!isSameRegion(own, other)) return takesOver === undefined || other.region === takesOver ? 3 : 4;
  if (own.zone !== other.zone) return 2;
  return own.subzone === other.subzone ? 0 : 1;
}

interface Parts {
  readonly region: string;
  readonly zone: string;
  readonly subzone: string;
}

function partsOf(locality: string): Parts {
  const [region = '', zone = '', subzone = ''] = locality.split('/');
  return { region, zone, subzone };
}

/** A zone whose region nobody has told is taken to be in the region that has one of that name. */
function isSameRegion(proxy: Parts, endpoint: Parts): boolean {
  if (endpoint.region === '' && endpoint.zone !== '') return proxy.zone === endpoint.zone;
  return proxy.region === endpoint.region;
}

/** `eu/*`, `eu/a/*`, `eu/a`, `*`: what a pattern leaves out may be anything (istio:pilot/pkg/networking/util, LocalityMatch). */
function matches(locality: string, pattern: string): boolean {
  const own = locality.split('/');
  const isZoneOnly = own[0] === '' && own.length > 1;
  return pattern
    .split('/')
    .every((part, at) => part === '*' || part === '' || part === (own[at] ?? '') || (at === 0 && isZoneOnly));
}

/** Spreads the pods of a workload over localities in proportion to shares, as topology spread constraints would. */
export class LocalitySpread {
  private readonly shares: readonly (readonly [locality: string, share: number])[];
  private readonly placed = new Map<string, number[]>();

  constructor(shares: Readonly<Record<string, number>>) {
    this.shares = Object.entries(shares).filter(([, share]) => share > 0);
  }

  /** Where the next pod of a workload runs; '' where there are no localities. */
  next(workload: string): string {
    const { shares, placed } = this;
    if (shares.length === 0) return '';
    const counts = placed.get(workload) ?? shares.map(() => 0);
    placed.set(workload, counts);
    let best = 0;
    for (let at = 1; at < shares.length; at++) {
      // Fewer pods for its share; of equal ones the first.
      if ((counts[at] + 1) * shares[best][1] < (counts[best] + 1) * shares[at][1]) best = at;
    }
    counts[best]++;
    return shares[best][0];
  }
}
