/** The requests that meet the change. */
import { z } from 'zod';
import { distribution } from './distribution-schema.js';
import { field, milliseconds, optionalField, probability, section, share } from './fields.js';
import { streamsField, tcpConnectionsField } from './long-lived-schema.js';
import type { TrafficShape } from './types.js';

const endpointTraits = z.strictObject({
  durationMs: distribution.optional().describe('In place of requestDurationMs.'),
  errorShare: probability.default(0).describe('Share of requests that they answer with an error of their own.'),
  errorCode: z
    .union([z.literal(500), z.literal(503)])
    .default(500)
    .describe('Its code.'),
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
      tcpConnections: tcpConnectionsField(),
      streams: streamsField(),
      methods: field(
        z.record(z.string().regex(/^[A-Z]+$/, 'is not a method such as GET'), share).refine(isAnyPositive, {
          message: 'no method has a share',
          params: { hint: 'Write {GET: 9, POST: 1}.' },
        }),
        { GET: 9, POST: 1 },
        'Relative share per HTTP method, where the match rule leaves it open.',
        'assumption: mostly reads',
      ),
      requestDurationMs: field(
        distribution,
        { lognormal: { median: 20, p95: 100 } },
        'Request sent → answer begins, at an endpoint that serves it. Longer than a timeout of the route is 504 UT.',
        'assumption: set your own',
      ),
      backgroundResetShare: field(
        probability,
        0,
        'Share of tries that end as UC at any time, rollout or not, such as by keep-alive races; reported apart.',
        'no noise unless you say so',
      ),
      endpointCapacityPerSecond: optionalField(
        z.number().min(0.001).max(1e9),
        'Requests that one endpoint can work off. Left out: any number.',
        200,
      ),
      endpointQueueMs: field(
        milliseconds,
        1000,
        'The longest that a request waits at an endpoint that is at its capacity; further ones are answered 503.',
        'assumption: set your own',
      ),
      callers: callersField(),
      chains: chainsField(),
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

const RETRIES_MAX = 10;
const retries = z.int().min(0).max(RETRIES_MAX);
const protocol = z.enum(['http', 'grpc']);
/** As `retryOn` of a VirtualService. */
const retryOn = z
  .string()
  .regex(/^[\w-]+( *, *[\w-]+)*$/, 'is not a list of conditions and codes')
  .describe('Conditions and status codes, separated by commas, as in a VirtualService.');

function callersField() {
  const OWN = 'assumption: set your own';
  return section(
    {
      retries: field(retries, 0, 'Retries of its own that a caller makes after a failed answer.', OWN),
      retryOn: field(retryOn, 'gateway-error', 'What it retries: conditions and codes as in a VirtualService.', OWN),
      delayMs: field(distribution, { uniform: [50, 150] }, 'Failed answer → first retry.', OWN),
      delayFactor: field(z.number().min(1).max(10), 2, 'Each further delay is so many times longer.', OWN),
      retriesAllMethods: field(
        z.boolean(),
        false,
        'It retries POST and PATCH too, not idempotent ones alone.',
        'RFC 9110',
      ),
      protocol: field(protocol, 'http', '`grpc`: `unavailable` in retryOn means an answer of UNAVAILABLE.', OWN),
    },
    'Who sends the requests, and what their own retries hide. Every retry goes to the same proxy and worker.',
  );
}

function chainsField() {
  const hop = z.strictObject({
    proxy: z.enum(['gateway', 'sidecar']).describe('Kind of proxy that sends the request on.'),
    host: z.string().min(1).describe('Host of the VirtualService, fully qualified; one that never fails if untouched.'),
    protocol: protocol.default('http').describe('Of this hop. Default "http".'),
    retries: retries.optional().describe("Retries of the hop's proxy. Left out: those of the host's route before."),
    retryOn: retryOn.optional().describe("Left out: that of the host's route before, or Istio's of the version."),
  });
  return field(
    z.array(
      z.strictObject({
        name: z.string().min(1),
        hops: z.array(hop).min(1).max(10),
        requestsPerSecond: z.number().min(0).max(1e9).optional().describe('Left out: traffic.requestsPerSecond.'),
      }),
    ),
    [],
    'User requests that pass several hops, such as gateway → service A → service B: one fails where any hop fails and no retry of a hop before hides it.',
    'none unless you name one',
  );
}

function isAnyPositive(shares: Readonly<Record<string, number>>): boolean {
  return Object.values(shares).some((value) => value > 0);
}

/** Traffic as it is where nobody says anything. */
export const DEFAULT_TRAFFIC: TrafficShape = trafficField().parse({});
