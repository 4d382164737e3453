/** Why requests fail, by the causes that reports name. */
import type { Cause } from '../traffic/causes.js';
import type { RefusalCause } from '../traffic/long-lived/openings.js';

export interface CauseText {
  /** Envoy's flag; `-`: none. */
  readonly flag: string;
  /** As part of a sentence. */
  readonly words: string;
  /** How a rollout comes to it. */
  readonly why: string;
  readonly helps: string;
}

export const CAUSE_TEXTS: Readonly<Record<Cause, CauseText>> = {
  served: { flag: '-', words: 'served', why: 'Nothing is wrong.', helps: 'Nothing to do.' },
  'eds-late': {
    flag: 'NC',
    words: 'the cluster is warming: its endpoints (EDS) have not come yet',
    why: 'A new cluster serves only when Envoy has asked for its endpoints and got them. That takes a round trip to istiod. Routes are loaded without waiting for it, so in a push of both they are there first.',
    helps:
      'Define the subset first, and send requests there only when all proxies have it: `dr-first` with a gap longer than the slowest proxy takes.',
  },
  'rds-late': {
    flag: 'NC',
    words: 'the cluster is removed, and the new routes (RDS) have not come yet',
    why: 'Envoy removes a cluster as soon as CDS says so. RDS comes last in a push: the endpoints of all clusters (EDS) and the listeners stand in between. The more services there are, the longer the routes name what is gone.',
    helps: 'Move the routes first and remove the subset later: the last step of `dr-first`.',
  },
  'cds-late': {
    flag: 'NC',
    words: 'the routes name a cluster that CDS has not brought yet',
    why: 'The VirtualService was pushed before the DestinationRule that defines its subset. Until that push comes, every request there fails.',
    helps: 'Write the DestinationRule first. In one apply of both, istiod merges what lies within its debounce.',
  },
  'subset-undefined': {
    flag: 'NC',
    words: 'no DestinationRule of the rollout defines the subset',
    why: 'istiod does not check that the subset of a route exists. The route is pushed, and its requests fail until somebody defines the subset.',
    helps: 'Correct the name, or define the subset. `istioctl analyze` finds it too.',
  },
  'no-ready-endpoints': {
    flag: 'UH',
    words: 'the cluster has no ready endpoint',
    why: 'The cluster is there, and the labels of its subset select no ready pod: none has the labels, none is ready yet, or the last one has gone. Envoy does not try again, since no endpoint is left to try.',
    helps: 'Compare the labels with those of the pods, and wait for readiness before the switch: `readiness-gated`.',
  },
  'endpoint-refuses': {
    flag: 'UF',
    words: 'the endpoint refuses connections',
    why: "The proxies still have an endpoint whose port is closed: a pod that has gone, or one that was ready and does not listen. Istio's default retries try two more endpoints, so that this shows only where most of them refuse.",
    helps:
      'Let pods wait before they stop (preStop), until the endpoint has left all proxies. Check the port of the Service.',
  },
  'server-expects-tls': {
    flag: 'UC',
    words: 'the client sends plaintext, and the server takes TLS only',
    why: 'The connection is made, the request is sent, and the server, which awaits a handshake, closes. Envoy takes that for a lost connection, which default retries do not cover.',
    helps: 'Servers take both (PERMISSIVE) until all clients send TLS: strategy `permissive-bridge`.',
  },
  'server-expects-plaintext': {
    flag: 'UF',
    words: 'the client starts TLS, and the server takes another kind of connection',
    why: 'The handshake fails, which counts as a failed connection: it is tried again, in vain where all endpoints are alike.',
    helps:
      'Change clients and servers in an order that leaves no pair without a common kind of connection: `permissive-bridge`. Pods without a sidecar need `tls.mode: DISABLE` or no `tls` at all.',
  },
  'slow-answer': {
    flag: 'UT',
    words: 'the answer takes longer than a timeout of the route',
    why: 'The route has a `timeout`, or a `perTryTimeout`. What was as slow before the rollout is noise and reported apart; a shorter timeout, or slower endpoints, are the doing of the rollout.',
    helps:
      'Set `traffic.requestDurationMs` to what your endpoints take. A retry covers a try that took too long only with `reset`, `5xx` or `gateway-error` in `retryOn`.',
  },
  'endpoint-errors': {
    flag: '-',
    words: 'the endpoint answers with an error of its own',
    why: 'The application fails a share of its requests, at its usual rate or because it is overloaded.',
    helps:
      'Retries of the route cover an answer of 503 only if `retryOn` says so (up to Istio 1.23 they did by default).',
  },
  'endpoint-overloaded': {
    flag: '-',
    words: 'the endpoint gets more requests than it can work off',
    why: 'Load moves onto few endpoints: a rule sends more to a small subset, or pods go. Beyond `traffic.endpointCapacityPerSecond` work queues up for `traffic.endpointQueueMs`, and then the application answers 503.',
    helps: 'Scale the subset before the routes move, or move them in steps: `weighted`.',
  },
  'queued-too-long': {
    flag: 'UT',
    words: 'the endpoint works off other requests first, for longer than a timeout of the route',
    why: 'The endpoint gets more than `traffic.endpointCapacityPerSecond`. Requests wait there, and with a `timeout` or a `perTryTimeout` some of them are given up before they are answered.',
    helps: 'As for `endpoint-overloaded`: scale the subset before the routes move, or move them in steps: `weighted`.',
  },
  'pod-killed': {
    flag: 'UC',
    words: 'the pod stops before it has answered',
    why: "Requests that are in flight to a pod end with it: at the end of its sidecar's drain, or, without a sidecar, as soon as it is told to go. Istio's default retries do not cover a connection that is lost after the request was sent.",
    helps:
      'A preStop sleep, a drain (`terminationDrainDuration`) and a grace period that are longer than the longest request. `retryOn: reset` for what may be sent twice.',
  },
  'pool-overflow': {
    flag: 'UO',
    words: 'a limit of the connection pool refuses the request',
    why: 'A limit of `connectionPool` is reached. Behind a change of policy all connections are made anew, and while they are, every request is a pending one.',
    helps: 'Raise `http1MaxPendingRequests` above what arrives during a handshake; there is no retry.',
  },
  'all-ejected': {
    flag: 'UH',
    words: 'outlier detection has ejected every endpoint',
    why: 'Enough consecutive errors eject an endpoint, as far as `maxEjectionPercent` allows (10 by default). With 100 none may be left.',
    helps: 'Set `minHealthPercent`, or a `maxEjectionPercent` that leaves endpoints.',
  },
  'background-reset': {
    flag: 'UC',
    words: 'the connection is cut, as happens to some requests at any time',
    why: '`traffic.backgroundResetShare` says how often: an idle connection that the server closes while a request is on its way, or a pod that dies. It is noise and reported apart.',
    helps:
      'Idle timeouts of the server that are longer than those of its clients; `retryOn: reset` for what may be sent twice.',
  },
  'no-route': {
    flag: 'NR',
    words: 'no route matches the request',
    why: 'No rule of the VirtualService matches, or a gateway has no VirtualService for the host: 404, a failure and not an error.',
    helps: 'Add a rule without `match` at the end.',
  },
  'answered-by-route': {
    flag: '-',
    words: 'the route itself answers with this code',
    why: 'The route has a `directResponse` or a `redirect`.',
    helps: 'It is what the VirtualService says.',
  },
};

/** Why TCP connections are closed as they open, where requests know no such cause. */
export const REFUSAL_TEXTS: Readonly<Record<Exclude<RefusalCause, Cause>, CauseText>> = {
  'lds-late': {
    flag: 'NC',
    words: 'the cluster is removed, and the new listeners (LDS) have not come yet',
    why: 'TCP and TLS routes are in listeners, which istiod sends after the clusters and their endpoints. What CDS has removed is gone, and the listener still names it.',
    helps: 'Move the routes first and remove the subset later, as for HTTP.',
  },
  'no-filter-chain': {
    flag: 'NR',
    words: 'no filter chain of the listener takes it',
    why: 'No TCP or TLS route matches the port or the server name of the connection any more.',
    helps: 'Keep the old match until nobody connects to it.',
  },
  'no-listener': {
    flag: '-',
    words: 'nothing listens on the port any more',
    why: 'The Gateway or the Service lost the port: the listener is removed, and new connections are refused by the operating system.',
    helps: 'Keep the port until nobody connects to it.',
  },
};
