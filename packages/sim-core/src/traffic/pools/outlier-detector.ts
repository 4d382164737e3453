/**
 * Outlier detection of one cluster object (envoy.md 9): consecutive errors per endpoint, counted over all workers;
 * ejection at once, return at the ticks of the interval. A new cluster object has a new detector, which knows nothing.
 */
import { msToNs } from '../../kernel/time.js';
import type { OutlierDetection } from '../../manifest/traffic-policy.js';

/** What Envoy never exceeds unless the base time itself does (envoy.md 9.1). */
const MAX_EJECTION_NS = 300e9;

/** Failures of the proxy's own to reach the endpoint count as this code (envoy.md 9.3). */
const LOCAL_ORIGIN_CODE = 503;

/**
 * Whether one more endpoint may go. Since Envoy 1.28 also the first ejection has to keep the limit (envoy#27909): 10 % of
 * five endpoints are none.
 */
export function mayEject({ maxEjectionPercent }: OutlierDetection, ejections: number, members: number): boolean {
  return (100 * (ejections + 1)) / members <= maxEjectionPercent;
}

export class OutlierDetector {
  private readonly serverErrors: Int32Array;
  private readonly gatewayErrors: Int32Array;
  private readonly localErrors: Int32Array;
  /** Endpoint → since when; NaN: not ejected. */
  private readonly ejectedNs: Float64Array;
  /** Endpoint → multiplier of its next return: up with each ejection, down with each tick in service. */
  private readonly times: Int32Array;
  private readonly intervalNs: number;
  private readonly baseNs: number;
  private readonly limitNs: number;
  private ejections = 0;
  private backoffs = 0;

  /** @param startNs when the interval's ticks start */
  constructor(
    private readonly rule: OutlierDetection,
    endpoints: number,
    private readonly startNs: number,
  ) {
    this.serverErrors = new Int32Array(endpoints);
    this.gatewayErrors = new Int32Array(endpoints);
    this.localErrors = new Int32Array(endpoints);
    this.ejectedNs = new Float64Array(endpoints).fill(Number.NaN);
    this.times = new Int32Array(endpoints);
    this.intervalNs = msToNs(Math.max(1, rule.intervalMs));
    this.baseNs = msToNs(rule.baseEjectionMs);
    this.limitNs = Math.max(this.baseNs, MAX_EJECTION_NS);
  }

  isEjected(endpoint: number): boolean {
    return !Number.isNaN(this.ejectedNs[endpoint]);
  }

  /** Some tick to come changes something. */
  get isRemembering(): boolean {
    return this.ejections > 0 || this.backoffs > 0;
  }

  /** Whether one more of so many endpoints may go. */
  mayEject(members: number): boolean {
    return mayEject(this.rule, this.ejections, members);
  }

  /** Share of the endpoints in service, in percent, below which health is ignored; 0: never. */
  get panicPercent(): number {
    return this.rule.minHealthPercent;
  }

  /**
   * An answer of an endpoint, as a code; or the proxy's own failure to get one.
   * @param members endpoints of the cluster
   * @returns whether that ejects it
   */
  report(endpoint: number, code: number, isLocalOrigin: boolean, members: number, nowNs: number): boolean {
    if (this.isEjected(endpoint)) return false;
    const { rule } = this;
    if (isLocalOrigin && rule.splitsLocalOrigin) {
      return this.strikes(this.localErrors, endpoint, rule.consecutiveLocalOrigin, members, nowNs);
    }
    const counted = isLocalOrigin ? LOCAL_ORIGIN_CODE : code;
    if (!isLocalOrigin) this.localErrors[endpoint] = 0;
    if (counted < 500) {
      this.serverErrors[endpoint] = 0;
      this.gatewayErrors[endpoint] = 0;
      return false;
    }
    if (!isGatewayError(counted)) this.gatewayErrors[endpoint] = 0;
    else if (this.strikes(this.gatewayErrors, endpoint, rule.consecutiveGateway, members, nowNs)) return true;
    return this.strikes(this.serverErrors, endpoint, rule.consecutive5xx, members, nowNs);
  }

  /** What it has counted of an endpoint after so many failures in a row of which none could eject it. */
  countRow(endpoint: number, code: number, isLocalOrigin: boolean, failures: number): void {
    const { rule } = this;
    const after = (most: number): number => (most === 0 ? failures : failures % most);
    if (isLocalOrigin && rule.splitsLocalOrigin) {
      this.localErrors[endpoint] = after(rule.consecutiveLocalOrigin);
      return;
    }
    const counted = isLocalOrigin ? LOCAL_ORIGIN_CODE : code;
    this.gatewayErrors[endpoint] = isGatewayError(counted) ? after(rule.consecutiveGateway) : 0;
    this.serverErrors[endpoint] = after(rule.consecutive5xx);
  }

  /** The first tick after a moment. */
  nextTickNs(afterNs: number): number {
    return this.startNs + (Math.floor((afterNs - this.startNs) / this.intervalNs) + 1) * this.intervalNs;
  }

  /** @returns whether an endpoint is back in service */
  tick(nowNs: number): boolean {
    let isBack = false;
    for (let endpoint = 0; endpoint < this.times.length; endpoint++) {
      if (!this.isEjected(endpoint)) {
        if (this.times[endpoint] > 0) {
          this.times[endpoint]--;
          this.backoffs--;
        }
      } else if (nowNs - this.ejectedNs[endpoint] >= Math.min(this.baseNs * this.times[endpoint], this.limitNs)) {
        this.ejectedNs[endpoint] = Number.NaN;
        this.ejections--;
        this.serverErrors[endpoint] = 0;
        this.gatewayErrors[endpoint] = 0;
        this.localErrors[endpoint] = 0;
        isBack = true;
      }
    }
    return isBack;
  }

  /** An endpoint that leaves the cluster takes its record with it. */
  forget(endpoint: number): void {
    if (this.isEjected(endpoint)) this.ejections--;
    this.backoffs -= this.times[endpoint];
    this.ejectedNs[endpoint] = Number.NaN;
    this.times[endpoint] = 0;
    this.serverErrors[endpoint] = 0;
    this.gatewayErrors[endpoint] = 0;
    this.localErrors[endpoint] = 0;
  }

  private strikes(counter: Int32Array, endpoint: number, most: number, members: number, nowNs: number): boolean {
    if (++counter[endpoint] !== most) return false;
    counter[endpoint] = 0;
    if (!this.mayEject(members)) return false;
    this.ejectedNs[endpoint] = nowNs;
    this.ejections++;
    this.times[endpoint]++;
    this.backoffs++;
    return true;
  }
}

function isGatewayError(code: number): boolean {
  return code >= 502 && code <= 504;
}
