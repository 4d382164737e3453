/** What became of requests and connections, as plain numbers. */
import { WaitHistogram } from './wait-histogram.js';

/** How a request ends. */
export const Outcome = {
  Served: 0,
  /** Answered by the endpoint, with an error of its own. */
  EndpointError: 1,
  /** Refused by a limit (UO) that holds for as long as the load does. */
  AtLimit: 2,
  /** Refused by a limit (UO) while connections are being made. */
  WhileConnecting: 3,
  Refused: 4,
  Cut: 5,
  /** The cluster has no endpoints. */
  NoEndpoint: 6,
  /** All endpoints are ejected. */
  AllEjected: 7,
  NoCluster: 8,
} as const;
export const OUTCOMES = 9;

/** How a connection ends. */
export const End = {
  /** Closed by a swap, a removal or an ejection while it had no request. */
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
  /** A request ends otherwise than served. */
  failed(outcome: number, nowNs: number, count: number): void;
  /** A connection to an endpoint is made. */
  made(endpoint: number, nowNs: number): void;
}

/** Whether it is the endpoint that fails the request, or that none is left in service. */
function isOfEndpoint(outcome: number): boolean {
  return (
    outcome === Outcome.EndpointError ||
    outcome === Outcome.Refused ||
    outcome === Outcome.Cut ||
    outcome === Outcome.AllEjected
  );
}

export class Tally {
  /** Nothing is counted while this is false. */
  isCounting = true;
  countsEndpointFailures = true;
  arrivals = 0;
  retries = 0;
  /** Source × Outcome. */
  readonly outcomes: Float64Array;
  /** Of the endpoints' own errors: source × 1000 + code → count. */
  readonly errorsByCode = new Map<number, number>();
  readonly ends = new Float64Array(ENDS);
  /** Attempts to connect, and those that were made. */
  opened = 0;
  made = 0;
  /** Endpoint → requests that reached it. */
  readonly requestsTo: Float64Array;
  /** Waits for a connection; undefined: nobody looks at them. */
  waits: WaitHistogram | undefined = new WaitHistogram();

  watcher: Watcher | undefined;

  constructor(sources: number, endpoints: number) {
    this.outcomes = new Float64Array(sources * OUTCOMES);
    this.requestsTo = new Float64Array(endpoints);
  }

  /** @param code of an endpoint's own error */
  finished(source: number, outcome: number, code: number, nowNs: number, count = 1): void {
    if (!this.isCounting) return;
    if (!this.countsEndpointFailures && isOfEndpoint(outcome)) return;
    this.outcomes[source * OUTCOMES + outcome] += count;
    if (outcome === Outcome.Served) return;
    this.watcher?.failed(outcome, nowNs, count);
    if (outcome !== Outcome.EndpointError) return;
    const key = source * 1000 + code;
    this.errorsByCode.set(key, (this.errorsByCode.get(key) ?? 0) + count);
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
