/** The requests that meet the change. */
import { z } from 'zod';
import { distribution } from './distribution-schema.js';
import { field, probability, section, share } from './fields.js';

const endpointTraits = z.strictObject({
  durationMs: distribution.optional().describe('In place of requestDurationMs.'),
  errorShare: probability.default(0).describe('Share of requests that they answer with an error of their own.'),
  errorCode: z.int().min(500).max(599).default(500).describe('Its code.'),
});

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
      requestDurationMs: field(
        distribution,
        { lognormal: { median: 20, p95: 100 } },
        'How long an endpoint takes for a request: so long is its connection busy.',
        'assumption: a web service; set your own',
      ),
      endpoints: field(
        z.record(z.string().min(1), endpointTraits),
        {},
        'Endpoints unlike the others, by labels (`version=v2`) or name (`reviews-v2-0`): durationMs, errorShare, errorCode.',
        'endpoints that are alike and do not fail',
      ),
    },
    'Traffic that meets the change.',
  );
}
