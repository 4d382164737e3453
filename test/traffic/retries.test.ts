/** What Envoy tries again under Istio's defaults and under words of one's own (envoy.md 10.2). */
import { expect, test } from 'vitest';
import type { RetryPolicy } from '../../packages/sim-core/src/manifest/types.js';
import { istioBehaviour } from '../../packages/sim-core/src/scenario/istio-versions.js';
import {
  bodyOf,
  ENDINGS,
  type EndingName,
  endingOf,
  grpcStatusOf,
} from '../../packages/sim-core/src/traffic/response-flags.js';
import { isAnswerRetried, isRetried, type Protocol, retryRules } from '../../packages/sim-core/src/traffic/retries.js';

const NAMES = Object.keys(ENDINGS) as EndingName[];

function retried(policy: RetryPolicy | undefined, istio = '1.32', protocol: Protocol = 'http'): string[] {
  const rules = retryRules(policy, istioBehaviour(istio), false);
  return NAMES.filter((name) => isRetried(name, rules, protocol));
}

const NOT_CONNECTED = ['connection-refused', 'connection-timeout', 'handshake-failed'];

test("Istio's default: failed connections and refused streams; an answer of 503 up to 1.23 only, but for gRPC", () => {
  const since24 = [...NOT_CONNECTED, 'stream-refused'];
  expect(retried(undefined, '1.24')).toEqual(since24);
  expect(retried(undefined, '1.23')).toEqual([...since24, 'unavailable-upstream']);
  expect(retried(undefined, '1.32', 'grpc')).toEqual([...since24, 'unavailable-upstream']);
  // `attempts` alone keeps the default conditions, those of the version.
  expect(retried({ attempts: 5 }, '1.23')).toEqual(retried(undefined, '1.23'));
});

test('no words at all retry NC, NR, UH, UO, a timeout of the request, or what the client is to blame for', () => {
  const words = ['5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'refused-stream'];
  const everything = retried({
    attempts: 1,
    retryOn: [...words, 'retriable-4xx', 'unavailable', 'cancelled', '503', '504'],
  });
  const never = ['no-route', 'no-cluster', 'no-host', 'overflow', 'request-timeout', 'client-gone', 'listener-drained'];
  expect(NAMES.filter((name) => !everything.includes(name))).toEqual(
    NAMES.filter((name) => [...never, 'served', 'answered-by-route'].includes(name)),
  );
});

test('reset-before-request and connect-failure need a request that was not on its way', () => {
  expect(retried({ attempts: 1, retryOn: ['reset-before-request'] })).toEqual(NOT_CONNECTED);
  expect(retried({ attempts: 1, retryOn: ['connect-failure'] })).toEqual(NOT_CONNECTED);
  const resets = [...NOT_CONNECTED, 'connection-cut', 'stream-refused', 'stream-reset', 'try-timeout'];
  expect(retried({ attempts: 1, retryOn: ['reset'] })).toEqual(resets);
});

test('an answer of 503 is one answer, whoever looks at it', () => {
  const words = ['5xx', 'gateway-error', 'reset', 'connect-failure', 'retriable-4xx', 'unavailable', '503', '409'];
  for (const word of words) {
    for (const protocol of ['http', 'grpc'] as const) {
      const rules = retryRules({ attempts: 1, retryOn: [word] }, istioBehaviour('1.32'), false);
      expect(isRetried('unavailable-upstream', rules, protocol), word).toBe(isAnswerRetried(503, rules, protocol));
    }
  }
});

test('details and bodies as Envoy writes them', () => {
  expect(endingOf('connection-refused')).toMatchObject({
    details:
      'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
    transportFailure: 'delayed_connect_error:_Connection_refused',
  });
  expect(endingOf('connection-cut').details).toBe('upstream_reset_before_response_started{connection_termination}');
  // The sizes that access logs of such answers have.
  expect(bodyOf('connection-cut', 1)).toHaveLength(95);
  expect(bodyOf('overflow', 1)).toHaveLength(81);
  expect(bodyOf('no-host', 1)).toHaveLength(19);
  expect(bodyOf('request-timeout', 1)).toHaveLength(24);
  expect(bodyOf('connection-refused', 3)).toBe(
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: ' +
      'remote connection failure, transport failure reason: delayed connect error: Connection refused',
  );
  // The size in published logs of refused connections with URX.
  expect(bodyOf('connection-refused', 3)).toHaveLength(190);
});

test('gRPC statuses of HTTP codes', () => {
  expect([200, 400, 401, 403, 404, 429, 500, 502, 503, 504].map(grpcStatusOf)).toEqual([
    0, 13, 16, 7, 12, 14, 2, 14, 14, 14,
  ]);
});
