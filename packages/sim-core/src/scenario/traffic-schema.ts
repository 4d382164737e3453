/** The requests that meet the change. */
import { z } from 'zod';
import { field, section, share } from './fields.js';
import { streamsField, tcpConnectionsField } from './long-lived-schema.js';

export function trafficField() {
  const EVEN = 'even spread';
  return section(
    {
      requestsPerSecond: field(
        z.number().min(0).max(1e9),
        1000,
        'Requests of the changed hosts over the whole mesh, before retries. Failures are in proportion to it.',
        'assumption: set your own',
      ),
      hosts: field(z.record(z.string(), share), {}, 'Relative share per VirtualService host (FQDN); others 1.', EVEN),
      sources: section(
        {
          gateway: field(share, 1, 'Share of one gateway pod.', EVEN),
          sidecar: field(share, 1, 'Share of one sidecar.', EVEN),
        },
        'Relative share per proxy of a kind.',
      ),
      matches: field(
        z.record(z.string(), share),
        {},
        'Relative share per match rule, `<VirtualService>/<route name or http[i]>`; others 1.',
        EVEN,
      ),
      tcpConnections: tcpConnectionsField(),
      streams: streamsField(),
    },
    'Traffic that meets the change.',
  );
}
