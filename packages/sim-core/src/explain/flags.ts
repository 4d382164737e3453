/** Envoy's response flags, as access logs show them. */
import { bodyOf, ENDINGS, type EndingName, endingOf, type Flag } from '../traffic/response-flags.js';
import { CAUSE_TEXTS, REFUSAL_TEXTS } from './causes.js';
import type { Explanation } from './explanation.js';

interface FlagText {
  readonly meaning: string;
  readonly why: string;
  readonly helps: string;
  readonly see?: readonly string[];
}

const FLAGS: Readonly<Record<Flag | 'URX', FlagText>> = {
  '-': {
    meaning: 'No flag: the answer came from upstream, or the route itself gave it (`direct_response`).',
    why: 'A 503 without a flag is the answer of another proxy further on, such as the sidecar in front of the application: its own access log has the flag.',
    helps: 'Look into the log of the next proxy, with the same `x-request-id`.',
  },
  NR: {
    meaning: 'No route: no VirtualService or no rule of it takes the request. On a TCP connection: no filter chain.',
    why: 'A rule was removed or narrowed before requests stopped, or a gateway has not got its routes yet. A server with STRICT mutual TLS logs it for plaintext, and its client sees UC.',
    helps: 'Keep the old rule until nobody uses it. Posts from before 2021 that say 503 NR mean what is NC today.',
  },
  NC: {
    meaning: 'No cluster: the route names a cluster that the proxy does not have.',
    why: 'Routes and clusters travel in messages of their own, and nothing waits for the other. Which of them was late, the cause says.',
    helps:
      'Clusters before routes when adding, routes before clusters when removing, and a pause in between: `dr-first`. No retry of the proxy helps; that of a caller does, once the window has closed.',
  },
  UH: {
    meaning: 'No healthy upstream: the cluster is there and has no endpoint to send to.',
    why: 'The labels of the subset select no ready pod, or outlier detection has ejected all of them. No request is tried again.',
    helps: 'Wait for ready endpoints before the switch: `readiness-gated`.',
  },
  UF: {
    meaning: 'Upstream connection failure: no connection to the endpoint, or its TLS handshake failed.',
    why: "The pod is gone or does not listen, or one end starts TLS and the other does not. Istio's default retries try it at two more endpoints.",
    helps: 'For pods that go: a preStop pause. For TLS: `permissive-bridge`.',
  },
  UC: {
    meaning: 'Upstream connection termination: the connection was lost with the request on it.',
    why: 'Plaintext to a server that takes TLS only, a pod that was killed, a listener of the server that has drained, or a keep-alive connection that the server closed just then. Default retries do not cover it, since the request may have been served.',
    helps: '`retryOn: reset` for requests that may be sent twice; for TLS `permissive-bridge`.',
  },
  UR: {
    meaning: 'Upstream reset: the server reset the stream.',
    why: 'An HTTP/2 server that shuts down refuses new streams; that is tried again. Other resets are not.',
    helps: 'This model does not produce it. In your logs, look at the server.',
  },
  UO: {
    meaning: 'Upstream overflow: a limit of `connectionPool` is reached, or of retries at once.',
    why: 'Pending or running requests exceed the limit, always or in the burst behind a swap of the cluster, when all connections are made anew. It is never tried again. Beside the flag of a failure, as in `UF,UO`, or with an answer of upstream: `maxRetries` or `retryBudget` kept it from being tried again.',
    helps:
      'Raise the limit above what arrives during a handshake, or the one of retries above what they hold at once. Limits count per cluster and proxy.',
  },
  UT: {
    meaning: 'Upstream timeout: the answer took longer than `timeout` or `perTryTimeout` of the route.',
    why: "Istio's default has no timeout. What is as slow without the rollout is noise.",
    helps: 'Set `traffic.requestDurationMs` to your durations. A timeout of the whole request is never tried again.',
  },
  DC: {
    meaning: 'Downstream connection termination: the client has gone, or this proxy has closed its connection.',
    why: 'A changed listener drains for 45 s and then cuts what is left: a request that takes longer logs code 0 with `downstream_local_disconnect(filter_chain_is_being_removed)`.',
    helps: 'Change listeners when long requests are few; clients of long-lived connections reconnect.',
  },
  URX: {
    meaning: 'Retry limit exceeded: it joins the flag of the last try, as in `UF,URX`. Newer Envoys write `URX,UF`.',
    why: 'All retries met the same end. Without retries, or where a failure is of a kind that is not tried again, it does not appear.',
    helps: 'See the other flag. More retries help only where another endpoint would do better.',
  },
};

/** Flags that this model never sets, for those who read real logs. */
const OTHER_FLAGS: Readonly<Record<string, string>> = {
  LR: 'Local reset: this proxy reset the stream, 503.',
  UPE: 'The upstream broke the protocol, 502.',
  UMSDR: 'The upstream took longer than the maximum duration of a stream, 504.',
  DPE: 'The client broke the protocol, mostly 400.',
  SI: 'The stream was idle for too long, 408.',
  DT: 'The connection or stream reached its maximum duration.',
  DI: 'The fault filter delayed the request.',
  FI: 'The fault filter aborted the request.',
  LH: 'The local service failed its health check, 503.',
  RL: 'Rate limited, 429.',
  RLSE: 'The rate limit service failed.',
  UAEX: 'External authorization denied the request.',
  IH: 'A header has a value that is not allowed, 400.',
  OM: 'The overload manager ended the request.',
  DF: 'The address of the upstream could not be resolved.',
  DO: 'Endpoints told the proxy to drop load, 503.',
};

/** What stands in the place of a flag where the answer is the application's own. */
const OWN_ANSWERS: Readonly<Record<string, string>> = {
  '500': 'The application answered 500: no flag of Envoy, details `via_upstream`.',
  '503': 'The application answered 503 itself: no flag of Envoy, details `via_upstream`.',
};

export function flagExplanations(): Explanation[] {
  const known = Object.entries(FLAGS).map(([word, { meaning, why, helps }]): Explanation => {
    return {
      word,
      kind: 'flag',
      meaning,
      facts: [...answerFacts(word), ['Why here', why], ['What helps', helps]],
      see: Object.entries({ ...CAUSE_TEXTS, ...REFUSAL_TEXTS }).flatMap(([cause, { flag }]) =>
        flag === word ? [cause] : [],
      ),
    };
  });
  const others = Object.entries(OTHER_FLAGS).map(
    ([word, meaning]): Explanation => ({
      word,
      kind: 'flag',
      meaning,
      facts: [['Why here', 'This model does not produce it: a rollout of routing and policies does not lead to it.']],
      see: [],
    }),
  );
  const own = Object.entries(OWN_ANSWERS).map(
    ([word, meaning]): Explanation => ({
      word,
      kind: 'flag',
      meaning,
      facts: [
        [
          'Why here',
          'An endpoint that traffic.endpoints gives an errorShare, or one that has more than it can work off.',
        ],
        ['What helps', 'Look at the application; outlier detection takes an endpoint out that goes on answering so.'],
      ],
      see: ['endpoint-errors', 'endpoint-overloaded'],
    }),
  );
  return [...known, ...own, ...others];
}

export function causeExplanations(): Explanation[] {
  return Object.entries({ ...CAUSE_TEXTS, ...REFUSAL_TEXTS }).map(([word, { flag, words, why, helps }]) => ({
    word,
    kind: 'cause',
    meaning: sentence(words),
    facts: [
      ['Flag', flag],
      ['Why here', why],
      ['What helps', helps],
    ],
    see: flag === '-' ? [] : [flag],
  }));
}

/** As the causes stand in docs/report.md. */
export function sentence(words: string): string {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}

/** What a client reads, and what the proxy logs. Endings of one flag differ in their details alone. */
function answerFacts(flag: string): Explanation['facts'] {
  const endings = (Object.keys(ENDINGS) as EndingName[]).filter((name) => endingOf(name).flag === flag);
  const codes = [...new Set(endings.map((name) => endingOf(name).code))];
  const bodies = [...new Set(endings.map((name) => bodyOf(name, 1).replace(/(reset reason:).*/, '$1 …')))];
  const retried = [...new Set(endings.flatMap((name) => endingOf(name).retriedOn))];
  const failing = codes.some((code) => code >= 400);
  if (endings.length === 0) return [];
  return [
    ['Code', codes.map((code) => (code === 0 ? '0, nothing was answered' : String(code))).join(' or ')],
    ['Details', [...new Set(endings.map((name) => endingOf(name).details))].join('\n')],
    ['Body', bodies.map((body) => (body === '' ? 'empty, or of upstream' : body)).join('\n')],
    ...(failing ? [['Retried on', retried.length === 0 ? 'nothing: never' : retried.join(', ')] as const] : []),
  ];
}
