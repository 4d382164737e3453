/** Shares of traffic that name a host or match rule which no VirtualService of the change has. */
import type { Warning } from '../errors.js';
import { nearestWord } from '../manifest/nearest-word.js';
import type { TrafficShape } from '../scenario/types.js';
import type { RequestClass } from '../traffic/request-classes.js';

export function unknownTrafficNames(traffic: TrafficShape, classes: readonly RequestClass[]): Warning[] {
  const unknown = (field: 'hosts' | 'matches', known: readonly string[]): Warning[] =>
    Object.keys(traffic[field])
      .filter((name) => !known.includes(name))
      .map((name) => {
        const nearest = nearestWord(name, known);
        const meant = nearest === undefined ? `known: ${known.join(', ')}` : `did you mean "${nearest}"?`;
        return {
          code: 'XDS-TRAFFIC-NAME',
          message: `traffic.${field} names "${name}", which gets no requests here (${meant})`,
        };
      });
  return [
    ...unknown('hosts', [...new Set(classes.map(({ host }) => host))]),
    ...unknown('matches', [...new Set(classes.map(({ rule }) => rule))]),
  ];
}
