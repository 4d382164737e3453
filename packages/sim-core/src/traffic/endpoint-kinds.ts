/** What new connections to the endpoints of a cluster come to (envoy.md 7.2): none of the bits that the client sends is taken. */
import type { MeshModel } from '../mesh/model.js';
import { Takes } from '../rollout/connection-kinds.js';
import type { EndpointKind, EndpointMoment } from './attempts.js';
import type { Upstream } from './upstreams.js';
import type { View } from './views.js';

const SERVED = { ending: 'served', cause: 'served' } as const;
const REFUSED = { ending: 'connection-refused', cause: 'endpoint-refuses' } as const;
/** A server that awaits a handshake hears a request, and closes: the connection had been made. */
const CUT = { ending: 'connection-cut', cause: 'server-expects-tls' } as const;
const HANDSHAKE_FAILED = { ending: 'handshake-failed', cause: 'server-expects-plaintext' } as const;

type End = typeof SERVED | typeof REFUSED | typeof CUT | typeof HANDSHAKE_FAILED;

/** How a new connection to an endpoint ends, for a client with a cluster of this content. */
export function connectionEnd(model: MeshModel, spec: number, endpoint: number, conditions: number): End {
  const takes = model.conditions.takes(conditions, endpoint);
  const sent = model.connectionKind(spec, endpoint);
  if ((takes & sent) !== 0) return SERVED;
  if (takes === Takes.Nothing) return REFUSED;
  return sent === Takes.Plaintext ? CUT : HANDSHAKE_FAILED;
}

/** What befalls tries that are sent to an endpoint at some moment; undefined: nothing that a view would not show. */
export type Moments = (endpoint: number) => EndpointMoment | undefined;

/** Ready endpoints of a cluster that the view has, by how a try ends there. */
export function endpointKinds(
  model: MeshModel,
  upstreams: readonly Upstream[],
  view: View,
  cluster: number,
  moments?: Moments,
): EndpointKind[] {
  const kinds: EndpointKind[] = [];
  for (const endpoint of model.endpoints.sets.members(view.endpoints[cluster])) {
    const end = connectionEnd(model, view.spec[cluster], endpoint, view.conditions);
    const { durationMs, errors } = upstreams[endpoint];
    const moment = end === SERVED ? moments?.(endpoint) : undefined;
    const at = kinds.findIndex((kind) => {
      const isAlike = kind.durationMs === durationMs && kind.errors === errors && areAlike(kind.moment, moment);
      return kind.ending === end.ending && (isAlike || end !== SERVED);
    });
    if (at >= 0) kinds[at] = { ...kinds[at], count: kinds[at].count + 1 };
    else kinds.push({ ...end, count: 1, durationMs, errors, moment });
  }
  return kinds;
}

function areAlike(a: EndpointMoment | undefined, b: EndpointMoment | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.stopsInMs === b.stopsInMs &&
    a.openShare === b.openShare &&
    a.waitMs === b.waitMs &&
    a.refusedShare === b.refusedShare
  );
}
