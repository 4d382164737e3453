import type { MeshModel } from '../../packages/sim-core/src/mesh/model.js';

/** What an event is to istiod: sidecars only hear of routes that are bound to the mesh. */
export type EventKind = 'gateway routes' | 'mesh routes' | 'rule' | 'authentication' | 'endpoints' | 'first endpoints';

/** Tells events apart as each istiod does, which takes the first endpoints of a service for the service (istiod.md 7). */
export function newEventKinds({ plan, writes }: MeshModel): (event: number, replica: number) => EventKind {
  const known = new Map<number, Set<string>>();
  const initial = plan.initial.endpoints.flatMap(({ hosts }) => hosts);
  return (event, replica) => {
    const write = writes[event]?.planned;
    const object = write?.object;
    if (object?.type === 'DestinationRule') return 'rule';
    if (object?.type === 'PeerAuthentication') return 'authentication';
    if (object?.type === 'VirtualService') return object.gateways.includes('mesh') ? 'mesh routes' : 'gateway routes';
    const { hosts } = object?.type === 'Endpoint' ? object : plan.readiness[event - writes.length].target;
    const served = known.get(replica) ?? new Set(initial);
    known.set(replica, served);
    const isFirst = write?.action !== 'delete' && hosts.some((host) => !served.has(host));
    for (const host of hosts) served.add(host);
    return isFirst ? 'first endpoints' : 'endpoints';
  };
}
