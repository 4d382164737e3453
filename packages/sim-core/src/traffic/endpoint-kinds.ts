/** What new connections to the endpoints of a cluster come to (envoy.md 7.2): none of the bits that the client sends is taken. */
import type { MeshModel } from '../mesh/model.js';
import { Takes } from '../rollout/connection-kinds.js';
import type { EndpointKind } from './attempts.js';
import type { View } from './views.js';

const SERVED = { ending: 'served', cause: 'served' } as const;
const REFUSED = { ending: 'connection-refused', cause: 'endpoint-refuses' } as const;
/** A server that awaits a handshake hears a request, and closes: the connection had been made. */
const CUT = { ending: 'connection-cut', cause: 'server-expects-tls' } as const;
const HANDSHAKE_FAILED = { ending: 'handshake-failed', cause: 'server-expects-plaintext' } as const;

/** Ready endpoints of a cluster that the view has, by how a try ends there. */
export function endpointKinds(model: MeshModel, view: View, cluster: number): EndpointKind[] {
  const counts = new Map<typeof SERVED | typeof REFUSED | typeof CUT | typeof HANDSHAKE_FAILED, number>();
  for (const endpoint of model.endpoints.sets.members(view.endpoints[cluster])) {
    const takes = model.conditions.takes(view.conditions, endpoint);
    const sent = model.connectionKind(view.spec[cluster], endpoint);
    const end =
      (takes & sent) !== 0
        ? SERVED
        : takes === Takes.Nothing
          ? REFUSED
          : sent === Takes.Plaintext
            ? CUT
            : HANDSHAKE_FAILED;
    counts.set(end, (counts.get(end) ?? 0) + 1);
  }
  return [...counts].map(([end, count]) => ({ ...end, count }));
}
