/** What the traffic of a scenario names and the change does not have: hosts, match rules, endpoints, hops of chains. */
import type { Warning } from '../errors.js';
import { nearestWord } from '../manifest/nearest-word.js';
import type { Chain, TrafficShape } from '../scenario/types.js';
import type { Flow } from '../traffic/long-lived/flows.js';
import type { Outcomes } from '../traffic/outcomes.js';
import { unmatchedSelectors } from '../traffic/upstreams.js';

export function unknownTrafficNames(
  traffic: TrafficShape,
  { classes: ofGroups, model }: Outcomes,
  flows: readonly (readonly Flow[])[],
): Warning[] {
  const kinds = [...ofGroups.flat(), ...flows.flat()];
  const unknown = (field: 'hosts' | 'matches', known: readonly string[]): Warning[] =>
    Object.keys(traffic[field])
      .filter((name) => !known.includes(name))
      .map((name) => {
        const nearest = nearestWord(name, known);
        const meant = nearest === undefined ? `known: ${known.join(', ')}` : `did you mean "${nearest}"?`;
        return {
          code: 'XDS-TRAFFIC-NAME',
          message: `traffic.${field} names "${name}", which gets no traffic here (${meant})`,
        };
      });
  return [
    ...unknown('hosts', [...new Set(kinds.map(({ host }) => host))]),
    ...unknown('matches', [...new Set(kinds.map(({ rule }) => rule))]),
    ...unmatchedSelectors(model).map((selector) => ({
      code: 'XDS-TRAFFIC-NAME',
      message: `traffic.endpoints names "${selector}", and no endpoint of the changed hosts has these labels or this name`,
    })),
    ...traffic.chains.flatMap((chain) =>
      chainProblems(chain, (kind) => [
        ...new Set(
          ofGroups.flatMap((ofGroup, group) =>
            model.proxies.groups[group].kind === kind ? ofGroup.map(({ host }) => host) : [],
          ),
        ),
      ]),
    ),
  ];
}

/** A hop to a host that the change leaves alone is fine; a slip of the pen, or a chain of nothing else, is not meant. */
function chainProblems({ name, hops }: Chain, hostsOf: (kind: 'gateway' | 'sidecar') => string[]): Warning[] {
  const code = 'XDS-TRAFFIC-NAME';
  const slips = hops.flatMap(({ proxy, host }) => {
    const known = hostsOf(proxy);
    const nearest = known.includes(host) ? undefined : nearestWord(host, known);
    const message = `traffic.chains, ${name}: "${host}" gets no requests from a ${proxy} here (did you mean "${nearest}"?)`;
    return nearest === undefined ? [] : [{ code, message }];
  });
  if (hops.some(({ proxy, host }) => hostsOf(proxy).includes(host))) return slips;
  return [
    ...slips,
    { code, message: `traffic.chains, ${name}: the change touches none of its hops, so it never fails` },
  ];
}
