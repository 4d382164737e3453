/** PeerAuthentication as it is written, checked and read. */
import { z } from 'zod';
import type { ObjectMeta, PeerAuthentication } from './types.js';

const mtls = z.strictObject({ mode: z.enum(['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT']).optional() });

export const peerAuthenticationShape = z.looseObject({
  spec: z
    .strictObject({
      selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()).optional() }).optional(),
      mtls: mtls.optional(),
      portLevelMtls: z.record(z.string(), mtls).optional(),
    })
    .optional(),
});

export function newPeerAuthentication(
  meta: ObjectMeta,
  { spec }: z.infer<typeof peerAuthenticationShape>,
): PeerAuthentication {
  const ports = Object.entries(spec?.portLevelMtls ?? {});
  return {
    type: 'PeerAuthentication',
    meta,
    selector: spec?.selector?.matchLabels,
    mode: spec?.mtls?.mode ?? 'UNSET',
    portModes: Object.fromEntries(ports.map(([port, { mode = 'UNSET' }]) => [Number(port), mode])),
  };
}
