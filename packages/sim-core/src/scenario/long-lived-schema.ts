/** Connections that are open for longer than a rollout takes. */
import { z } from 'zod';
import { type Distribution, newSampler } from '../kernel/distribution.js';
import { distribution } from './distribution-schema.js';
import { field, milliseconds, section } from './fields.js';

const OWN = 'assumption: set your own';

const lifetime = distribution.refine((written) => newSampler(written).mean > 0, {
  message: 'a connection that lasts no time is never open',
  params: { hint: 'Give a lifetime above 0, such as {lognormal: {median: 300000, p95: 3600000}}.' },
});

const fields = (what: string, total: number, lifetimeMs: Distribution) =>
  section(
    {
      total: field(z.number().min(0).max(1e9), total, 'Open at any time, over the whole mesh.', OWN),
      lifetimeMs: field(lifetime, lifetimeMs, 'How long one stays open when nothing cuts it.', OWN),
      quietMs: field(milliseconds, 1000, 'The longest that nothing is sent on one, in either direction.', OWN),
    },
    what,
  );

export function tcpConnectionsField() {
  return fields('TCP connections that TCP and TLS routes carry.', 1000, {
    lognormal: { median: 300_000, p95: 3_600_000 },
  });
}

export function streamsField() {
  return fields('HTTP streams that stay open (websockets, gRPC streams) to the changed hosts.', 0, {
    lognormal: { median: 600_000, p95: 3_600_000 },
  });
}
