/**
 * Endpoints that get more than they can work off, as a fluid: work queues up, a request that would wait for too long is
 * answered with an error at once. Within a queue's length of the truth: what of single requests is random evens out over
 * the many that an overload takes.
 */
const NS_PER_SECOND = 1e9;

export class EndpointQueues {
  /** endpoint → requests that wait, and until when that is known. */
  private readonly waiting: Float64Array;
  private readonly sinceNs: Float64Array;
  private readonly waitingMax: number;

  constructor(
    endpoints: number,
    private readonly perSecond: number,
    queueMs: number,
  ) {
    this.waiting = new Float64Array(endpoints);
    this.sinceNs = new Float64Array(endpoints);
    this.waitingMax = (perSecond * queueMs) / 1000;
  }

  /** Before time 0 the rate has been the same for ever. */
  start(endpoint: number, perSecond: number): void {
    this.waiting[endpoint] = perSecond > this.perSecond ? this.waitingMax : 0;
  }

  /**
   * The rate has been the same since the last call.
   * @returns requests that have been refused since then, the first of them after fromNs
   */
  advance(endpoint: number, perSecond: number, timeNs: number): { readonly refused: number; readonly fromNs: number } {
    const seconds = (timeNs - this.sinceNs[endpoint]) / NS_PER_SECOND;
    this.sinceNs[endpoint] = timeNs;
    const waiting = this.waiting[endpoint] + (perSecond - this.perSecond) * seconds;
    this.waiting[endpoint] = Math.min(this.waitingMax, Math.max(0, waiting));
    const refused = Math.max(0, waiting - this.waitingMax);
    const refusedPerSecond = Math.max(perSecond - this.perSecond, Number.MIN_VALUE);
    return { refused, fromNs: timeNs - Math.min(seconds, refused / refusedPerSecond) * NS_PER_SECOND };
  }
}
