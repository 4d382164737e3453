/**
 * Requests one by one: the oracle of the exact integral in exposure.ts. Fed with the intervals of a trajectory, it lets
 * requests arrive by chance and walks each through the proxy as Envoy does (envoy.md 3.1, 10). It knows no probability
 * of an outcome, so that an error in outcomes.ts cannot repeat itself here.
 */
import { newSampler, type Sampler } from '../kernel/distribution.js';
import { log } from '../kernel/elementary.js';
import { type Draws, UniformStream } from '../kernel/random.js';
import type { MeshModel } from '../mesh/model.js';
import { Takes } from '../rollout/connection-kinds.js';
import type { IstioBehaviour } from '../scenario/istio-behaviour.js';
import { istioBehaviour } from '../scenario/istio-versions.js';
import type { EndpointMoment } from './attempts.js';
import type { Cause } from './causes.js';
import type { IntervalListener } from './exposure.js';
import type { EndpointCourses } from './in-flight/endpoint-courses.js';
import type { ConnectionFacts } from './outcomes.js';
import type { RequestClass } from './request-classes.js';
import { type EndingName, endingOf, type Flags, flagsOf, type RetryLimit } from './response-flags.js';
import { isRetried, longestBackOffMs, retryRules } from './retries.js';
import { decide, type Forward, type RouteDecision } from './routing.js';
import { pickHost, pickPart } from './sampled-picks.js';
import { type Upstream, upstreamsOf } from './upstreams.js';
import type { View, Views } from './views.js';

/** How one request ended. */
export interface SampledOutcome {
  readonly flag: Flags;
  readonly code: number;
  /** Host as the VirtualService names it, and what the route chose; empty for none. */
  readonly host: string;
  readonly destination: string;
  readonly subset: string;
  readonly kind: 'sidecar' | 'gateway';
}

/** What else there is to tell of it. */
export interface SampledRequest extends SampledOutcome {
  readonly proxy: number;
  readonly worker: number;
  readonly atNs: number;
  /** Number among the requests of its worker. */
  readonly ordinal: number;
  /** Among the request classes of its proxy's group. */
  readonly index: number;
  readonly ending: EndingName;
  /** undefined where only the course of the rollout tells why a cluster is not there. */
  readonly cause: Cause | undefined;
  /** Of the worker at that moment. */
  readonly view: number;
  /** Tracked cluster; −1: none, or none that the rollout touches. */
  readonly cluster: number;
  /** Of the last try; −1: none. */
  readonly endpoint: number;
  readonly tries: number;
  readonly durationMs: number;
}

/** The tries of a request that has found a cluster with endpoints. */
interface Tried {
  readonly ending: EndingName;
  readonly cause: Cause;
  readonly limit: RetryLimit | undefined;
  readonly endpoint: number;
  readonly tries: number;
  readonly durationMs: number;
}

/** Apart from the purposes of the mesh (mesh/context.ts): requests must not share the mesh's luck. */
const PURPOSE_REQUESTS = 0x1000;

const NS_PER_SECOND = 1e9;

export class RequestSampler {
  private readonly streams: UniformStream[];
  private readonly ordinals: Int32Array;
  private readonly decisions = new Map<number, readonly RouteDecision[]>();
  private readonly byKey = new Map<string, { outcome: SampledOutcome; count: number }>();
  private readonly istio: IstioBehaviour;
  private readonly durationMs: Sampler;
  private readonly upstreams: readonly Upstream[];

  constructor(
    private readonly model: MeshModel,
    /** Per proxy group. */
    private readonly classes: readonly (readonly RequestClass[])[],
    private readonly views: Views,
    draws: Draws,
    private readonly onRequest?: (request: SampledRequest) => void,
    /** Limits refuse requests and retries as often as these say; without them, never. */
    private readonly facts?: Pick<ConnectionFacts, 'overflowShare' | 'refusedRetryShare'>,
    /** What no view shows of endpoints; without it, nothing befalls them. */
    private readonly courses?: EndpointCourses,
  ) {
    const { mesh, traffic } = model.scenario;
    const workers = model.proxies.count * mesh.workersPerProxy;
    this.streams = Array.from({ length: workers }, (_, w) => new UniformStream(draws, w, PURPOSE_REQUESTS));
    this.ordinals = new Int32Array(workers);
    this.istio = istioBehaviour(mesh.istio);
    this.durationMs = newSampler(traffic.requestDurationMs);
    this.upstreams = upstreamsOf(model);
  }

  /** Requests so far, by how they ended. */
  get counts(): readonly { readonly outcome: SampledOutcome; readonly count: number }[] {
    return [...this.byKey.values()];
  }

  readonly onInterval: IntervalListener = (proxy, worker, viewId, fromNs, toNs) => {
    const { proxies, scenario } = this.model;
    const perProxy = scenario.mesh.workersPerProxy;
    const stream = this.streams[proxy * perProxy + worker];
    this.classes[proxies.groupOf[proxy]].forEach((requests, index) => {
      const perNs = requests.perSecond / perProxy / NS_PER_SECOND;
      if (perNs === 0) return;
      const gapNs = (): number => -log(stream.next()) / perNs;
      // Poisson arrivals have no memory: each interval may start its clock anew.
      for (let at = fromNs + gapNs(); at < toNs; at += gapNs()) {
        this.count(this.request(proxy, worker, viewId, index, at));
      }
    });
  };

  /** Walks one request of a class through a worker. */
  request(proxy: number, worker: number, viewId: number, index: number, atNs: number): SampledRequest {
    const group = this.model.proxies.groupOf[proxy];
    const id = proxy * this.model.scenario.mesh.workersPerProxy + worker;
    const view = this.views.view(viewId);
    const requests = this.classes[group][index];
    const walked = this.walk(this.decisionsOf(view.routes, group)[index], group, view, this.streams[id], atNs);
    const { kind } = this.model.proxies.groups[group];
    const ordinal = this.ordinals[id]++;
    const request = { ...walked, host: requests.host, kind, index, proxy, worker, atNs, ordinal, view: viewId };
    this.onRequest?.(request);
    return request;
  }

  private walk(decision: RouteDecision, group: number, view: View, stream: UniformStream, atNs: number) {
    const none = { destination: '', subset: '', cluster: -1, endpoint: -1, tries: 0, durationMs: 0 };
    if (decision.kind === 'no-route') return { ...none, ...ended('no-route', 'no-route') };
    if (decision.kind === 'answer') {
      return { ...none, ...ended('answered-by-route', 'answered-by-route'), code: decision.code };
    }
    const { cluster, host: destination, subset } = pickPart(decision.parts, stream.next());
    const reached = { ...none, destination, subset, cluster };
    if (cluster < 0) {
      const durationMs = this.durationMs.quantile(stream.next());
      return { ...reached, ...ended('served', 'served'), tries: 1, durationMs };
    }
    if (view.spec[cluster] === 0) return { ...reached, ...ended('no-cluster', undefined) };
    if (this.model.endpoints.sets.size(view.endpoints[cluster]) === 0) {
      return { ...reached, ...ended('no-host', 'no-ready-endpoints') };
    }
    if (this.facts !== undefined && stream.next() < this.facts.overflowShare(view, cluster)) {
      return { ...reached, ...ended('overflow', 'pool-overflow'), tries: 1 };
    }
    const refusedRetries = this.facts?.refusedRetryShare(group, view, cluster) ?? 0;
    const { limit, ...tried } = this.tries(cluster, decision, view, refusedRetries, stream, atNs);
    return { ...reached, ...ended(tried.ending, tried.cause, limit), ...tried };
  }

  private tries(
    cluster: number,
    { retries, timeoutMs }: Forward,
    view: View,
    refusedRetries: number,
    stream: UniformStream,
    atNs: number,
  ): Tried {
    const isHashed = this.model.clusters.policyOf(view.spec[cluster]).hashKey !== undefined;
    const rules = retryRules(retries, this.istio, isHashed);
    const hosts = this.model.endpoints.sets.members(view.endpoints[cluster]);
    const tried: number[] = [];
    // The back-off shows in the duration only: against the timeout neither it nor the integral counts it.
    let [waitedMs, backOffMs] = [0, 0];
    for (let tries = 1; ; tries++) {
      const endpoint = pickHost(hosts, tried, rules.choice, stream);
      tried.push(endpoint);
      const { ending, cause, tookMs } = this.try(
        cluster,
        endpoint,
        view,
        rules.perTryTimeoutMs,
        timeoutMs - waitedMs,
        stream,
        waitedMs,
        this.courses?.momentAt(endpoint, atNs),
      );
      waitedMs += tookMs;
      const wantsRetry = rules.retries > 0 && isRetried(ending, rules);
      const isExhausted = wantsRetry && tries > rules.retries;
      const isRefused =
        !isExhausted && wantsRetry && tries === 1 && refusedRetries > 0 && stream.next() < refusedRetries;
      if (!wantsRetry || isExhausted || isRefused) {
        const limit = isExhausted ? 'URX' : isRefused ? 'UO' : undefined;
        return { ending, cause, limit, endpoint, tries, durationMs: waitedMs + backOffMs };
      }
      backOffMs += stream.next() * longestBackOffMs(tries);
    }
  }

  private try(
    cluster: number,
    endpoint: number,
    view: View,
    perTryMs: number,
    leftMs: number,
    stream: UniformStream,
    waitedMs: number,
    moment: EndpointMoment | undefined,
  ): Pick<Tried, 'ending' | 'cause'> & { readonly tookMs: number } {
    const takes = this.model.conditions.takes(view.conditions, endpoint);
    const sent = this.model.connectionKind(view.spec[cluster], endpoint);
    const { backgroundResetShare } = this.model.scenario.traffic;
    if ((takes & sent) === 0) {
      if (takes === Takes.Nothing) return { ending: 'connection-refused', cause: 'endpoint-refuses', tookMs: 0 };
      return sent === Takes.Plaintext
        ? { ending: 'connection-cut', cause: 'server-expects-tls', tookMs: 0 }
        : { ending: 'handshake-failed', cause: 'server-expects-plaintext', tookMs: 0 };
    }
    const { durationMs, errors } = this.upstreams[endpoint];
    const { waitMs = 0, refusedShare = 0 } = moment ?? {};
    const stopsInMs = (moment?.stopsInMs ?? Number.POSITIVE_INFINITY) - waitedMs;
    if (stopsInMs <= 0) return { ending: 'connection-refused', cause: 'endpoint-refuses', tookMs: 0 };
    if (stream.next() < backgroundResetShare) return { ending: 'connection-cut', cause: 'background-reset', tookMs: 0 };
    if (refusedShare > 0 && stream.next() < refusedShare) {
      return { ending: 'unavailable-upstream', cause: 'endpoint-overloaded', tookMs: 0 };
    }
    const workMs = durationMs.quantile(stream.next());
    const tookMs = waitMs + workMs;
    if (stopsInMs < Math.min(tookMs, leftMs, perTryMs)) {
      return { ending: 'connection-cut', cause: 'pod-killed', tookMs: stopsInMs };
    }
    const late = workMs > Math.min(leftMs, perTryMs) ? 'slow-answer' : 'queued-too-long';
    if (tookMs > leftMs && leftMs <= perTryMs) {
      return { ending: 'request-timeout', cause: late, tookMs: leftMs };
    }
    if (tookMs > perTryMs) return { ending: 'try-timeout', cause: late, tookMs: perTryMs };
    const isError = errors !== undefined && stream.next() < errors.share;
    return isError
      ? { ending: errors.ending, cause: 'endpoint-errors', tookMs }
      : { ending: 'served', cause: 'served', tookMs };
  }

  private decisionsOf(routes: number, group: number): readonly RouteDecision[] {
    let decisions = this.decisions.get(routes);
    if (decisions === undefined) {
      const table = this.model.snapshots.routeTables[routes];
      decisions = this.classes[group].map(({ request }) => decide(this.model, table, request));
      this.decisions.set(routes, decisions);
    }
    return decisions;
  }

  private count({ flag, code, host, destination, subset, kind }: SampledOutcome): void {
    const key = `${flag} ${code} ${host} ${destination} ${subset} ${kind}`;
    const entry = this.byKey.get(key);
    if (entry === undefined) {
      this.byKey.set(key, { outcome: { flag, code, host, destination, subset, kind }, count: 1 });
    } else entry.count++;
  }
}

function ended(ending: EndingName, cause: Cause | undefined, limit?: RetryLimit) {
  return { ending, cause, flag: flagsOf(ending, limit), code: endingOf(ending).code };
}
