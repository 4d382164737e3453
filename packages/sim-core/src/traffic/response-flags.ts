/**
 * How requests end, as Envoy tells it (envoy.md 7.2, 10.2, 16): response flag, code, details, body, and what makes Envoy
 * try again. One table; what this model does not produce yet stands in it for those who read real logs.
 */

/** Envoy's response flags; `-` is an answer without one. */
export type Flag = '-' | 'NR' | 'NC' | 'UH' | 'UF' | 'UC' | 'UR' | 'UO' | 'UT' | 'DC';

/** Why a failure is not tried again that would be: all retries are used up, or too many of others are under way. */
export type RetryLimit = 'URX' | 'UO';

/** As an access log shows them: what kept a retry back joins the flag of the last try. */
export type Flags = Flag | `${Flag},${RetryLimit}`;

/** Words of `retry_on` that this model knows; others, such as `retriable-headers`, never apply. */
export type RetryCondition =
  | '5xx'
  | 'gateway-error'
  | 'reset'
  | 'reset-before-request'
  | 'connect-failure'
  | 'refused-stream'
  | 'retriable-4xx'
  | 'retriable-status-codes'
  | 'cancelled'
  | 'unavailable';

interface Ending {
  readonly flag: Flag;
  /** 0: nothing was answered, or the answer had begun. */
  readonly code: number;
  /** %RESPONSE_CODE_DETAILS%. */
  readonly details: string;
  /** Of Envoy's own answer, after a first try; an answer from upstream has its own. */
  readonly body: string;
  /** Of a connection that could not be made: %UPSTREAM_TRANSPORT_FAILURE_REASON%. */
  readonly transportFailure?: string;
  /** Any of these words in `retry_on` makes Envoy try again; none: it never does. */
  readonly retriedOn: readonly RetryCondition[];
}

/** Without an answer, whatever the reason: Envoy counts it as a 5xx. */
const ANY_RESET = ['5xx', 'gateway-error', 'reset'] as const;
/** And before the request was on its way. */
const NOT_CONNECTED = [...ANY_RESET, 'reset-before-request', 'connect-failure'] as const;

export const ENDINGS = {
  served: { flag: '-', code: 200, details: 'via_upstream', body: '', retriedOn: [] },
  /** A redirect or direct response; the route has its code. */
  'answered-by-route': { flag: '-', code: 200, details: 'direct_response', body: '', retriedOn: [] },
  'no-route': { flag: 'NR', code: 404, details: 'route_not_found', body: '', retriedOn: [] },
  'no-cluster': { flag: 'NC', code: 503, details: 'cluster_not_found', body: '', retriedOn: [] },
  'no-host': { flag: 'UH', code: 503, details: 'no_healthy_upstream', body: 'no healthy upstream', retriedOn: [] },
  'connection-refused': reset(
    'UF',
    'remote connection failure',
    NOT_CONNECTED,
    'delayed connect error: Connection refused',
  ),
  'connection-timeout': reset('UF', 'connection timeout', NOT_CONNECTED),
  'handshake-failed': reset(
    'UF',
    'remote connection failure',
    NOT_CONNECTED,
    'TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
  ),
  'connection-cut': reset('UC', 'connection termination', ANY_RESET),
  'stream-refused': reset('UR', 'remote refused stream reset', [...ANY_RESET, 'refused-stream']),
  'stream-reset': reset('UR', 'remote reset', ANY_RESET),
  overflow: reset('UO', 'overflow', []),
  'request-timeout': {
    flag: 'UT',
    code: 504,
    details: 'upstream_response_timeout',
    body: 'upstream request timeout',
    retriedOn: [],
  },
  'try-timeout': {
    flag: 'UT',
    code: 504,
    details: 'upstream_per_try_timeout',
    body: 'upstream request timeout',
    retriedOn: ANY_RESET,
  },
  /** An error of the application that says nothing of whether it can be reached. */
  'error-upstream': {
    flag: '-',
    code: 500,
    details: 'via_upstream',
    body: '',
    retriedOn: ['5xx', 'retriable-status-codes'],
  },
  /** 503 of the application or of the sidecar in front of it: to the proxy that hands it on an answer like any other. */
  'unavailable-upstream': {
    flag: '-',
    code: 503,
    details: 'via_upstream',
    body: '',
    retriedOn: ['5xx', 'gateway-error', 'retriable-status-codes', 'unavailable'],
  },
  'client-gone': { flag: 'DC', code: 0, details: 'downstream_remote_disconnect', body: '', retriedOn: [] },
  'listener-drained': {
    flag: 'DC',
    code: 0,
    details: 'downstream_local_disconnect(filter_chain_is_being_removed)',
    body: '',
    retriedOn: [],
  },
} as const satisfies Record<string, Ending>;

export type EndingName = keyof typeof ENDINGS;

export function endingOf(name: EndingName): Ending {
  return ENDINGS[name];
}

/** UO stands alone where the last try was answered: an answer has no flag of its own. */
export function flagsOf(name: EndingName, limit: RetryLimit | undefined): Flags {
  const { flag } = endingOf(name);
  if (limit === undefined) return flag;
  return flag === '-' && limit === 'UO' ? 'UO' : `${flag},${limit}`;
}

/** Body of Envoy's answer; it says when the request had been tried before. */
export function bodyOf(name: EndingName, tries: number): string {
  const { body } = ENDINGS[name];
  return tries > 1 ? body.replace(' reset reason:', ' retried and the latest reset reason:') : body;
}

/** gRPC status that Envoy makes of an HTTP code: its own answers to gRPC requests are 200 with this (envoy.md 10.3). */
export function grpcStatusOf(code: number): number {
  switch (code) {
    case 400:
      return 13;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 12;
    case 429:
    case 502:
    case 503:
    case 504:
      return 14;
    default:
      return code === 200 ? 0 : 2;
  }
}

function reset<F extends Flag>(
  flag: F,
  reason: string,
  retriedOn: readonly RetryCondition[],
  transportFailure?: string,
) {
  const spelled = [reason, transportFailure].filter((part) => part !== undefined);
  const because = transportFailure === undefined ? '' : `, transport failure reason: ${transportFailure}`;
  return {
    flag,
    code: 503,
    details: `upstream_reset_before_response_started{${spelled.join('|').replaceAll(' ', '_')}}`,
    body: `upstream connect error or disconnect/reset before headers. reset reason: ${reason}${because}`,
    ...(transportFailure !== undefined && { transportFailure: transportFailure.replaceAll(' ', '_') }),
    retriedOn,
  };
}
