/** What became of requests and connections, as plain numbers. */
import type { EndingName } from '../response-flags.js';
import type { WaitHistogram } from './wait-histogram.js';

/** How a request ends; failures of endpoints in the order of their endings. */
export const Outcome = {
  Served: 0,
  /** Answered by the endpoint with an error of its own: 500, 503. */
  Error: 1,
  Unavailable: 2,
  Refused: 3,
  HandshakeFailed: 4,
  Cut: 5,
  /** All endpoints are ejected. */
  AllEjected: 6,
  /** Refused by a limit that holds for as long as the load does. */
  AtLimit: 7,
  /** Refused by a limit while connections are being made. */
  WhileConnecting: 8,
  /** The cluster has no endpoints. */
  NoEndpoint: 9,
  NoCluster: 10,
} as const;
export const OUTCOMES = 11;

/** It is the endpoint that fails the request, or none is left in service. */
export function isOfEndpoint(outcome: number): boolean {
  return outcome > Outcome.Served && outcome <= Outcome.AllEjected;
}

/** By Outcome. */
export const ENDING_OF: readonly EndingName[] = [
  'served',
  'error-upstream',
  'unavailable-upstream',
  'connection-refused',
  'handshake-failed',
  'connection-cut',
  'no-host',
  'overflow',
  'overflow',
  'no-host',
  'no-cluster',
];

/** How a connection ends. */
export const End = {
  /** Closed by a swap, a removal, an ejection or a drain of its server while it had no request. */
  ClosedIdle: 0,
  /** The same while it had some: it closed after the last. */
  Drained: 1,
  /** It had taken as many requests as it may. */
  Retired: 2,
  /** Nobody used it for the idle timeout. */
  Expired: 3,
  /** It was never made. */
  Failed: 4,
  /** The server closed it on a request. */
  Cut: 5,
} as const;
export const ENDS = 6;

/** Who wants to know when it happens. */
export interface Watcher {
  /** Requests fail for a reason that no steady load has. */
  failed(nowNs: number, count: number): void;
  /** A connection to an endpoint is made. */
  made(endpoint: number, nowNs: number): void;
}

export class Tally {
  /** Nothing is counted while this is false. */
  isCounting = true;
  /** Of a request among the waits. */
  weight = 1;
  countsEndpointFailures = true;
  arrivals = 0;
  retries = 0;
  /** Source × Outcome. */
  readonly outcomes: Float64Array;
  readonly ends = new Float64Array(ENDS);
  /** Attempts to connect, and those that were made. */
  opened = 0;
  made = 0;
  /** Endpoint → requests that reached it. */
  readonly requestsTo: Float64Array;
  /** Waits for a connection; undefined: nobody looks at them. */
  waits: WaitHistogram | undefined;

  watcher: Watcher | undefined;

  constructor(sources: number, endpoints: number) {
    this.outcomes = new Float64Array(sources * OUTCOMES);
    this.requestsTo = new Float64Array(endpoints);
  }

  finished(source: number, outcome: number, nowNs: number, count = 1): void {
    if (!this.isCounting) return;
    if (!this.countsEndpointFailures && isOfEndpoint(outcome)) return;
    this.outcomes[source * OUTCOMES + outcome] += count;
    if (isOfEndpoint(outcome) || outcome === Outcome.WhileConnecting) this.watcher?.failed(nowNs, count);
  }

  ended(end: number): void {
    if (this.isCounting) this.ends[end]++;
  }

  connected(endpoint: number, nowNs: number): void {
    if (!this.isCounting) return;
    this.made++;
    this.watcher?.made(endpoint, nowNs);
  }

  /** Over all sources. */
  total(outcome: number): number {
    let sum = 0;
    for (let at = outcome; at < this.outcomes.length; at += OUTCOMES) sum += this.outcomes[at];
    return sum;
  }
}
