/**
 * Requests one by one: the oracle of the exact integral in exposure.ts. Fed with the intervals of a trajectory, it lets
 * requests arrive by chance and walks each through the proxy as Envoy does (envoy.md 3.1, 10). It knows no probability
 * of an outcome, so that an error in outcomes.ts cannot repeat itself here.
 */
import { log } from '../kernel/elementary.js';
import { type Draws, UniformStream } from '../kernel/random.js';
import type { RetryPolicy } from '../manifest/types.js';
import type { MeshModel } from '../mesh/model.js';
import { Takes } from '../rollout/connection-kinds.js';
import type { IntervalListener } from './exposure.js';
import { connectAttempts, type Flag, HOST_SELECTION_ATTEMPTS } from './outcomes.js';
import type { RequestClass } from './request-classes.js';
import { decide, type RouteDecision, type RoutePart } from './routing.js';
import type { View, Views } from './views.js';

/** How one request ended. */
export interface SampledOutcome {
  readonly flag: Flag;
  readonly code: number;
  /** Host as the VirtualService names it, and what the route chose; empty for none. */
  readonly host: string;
  readonly destination: string;
  readonly subset: string;
  readonly kind: 'sidecar' | 'gateway';
}

type Ending = Pick<SampledOutcome, 'flag' | 'code'>;

/** Apart from the purposes of the mesh (mesh/context.ts): requests must not share the mesh's luck. */
const PURPOSE_REQUESTS = 0x1000;

const NS_PER_SECOND = 1e9;

const SERVED: Ending = { flag: '-', code: 200 };

export class RequestSampler {
  private readonly streams: UniformStream[];
  private readonly decisions = new Map<number, readonly RouteDecision[]>();
  private readonly byKey = new Map<string, { outcome: SampledOutcome; count: number }>();

  constructor(
    private readonly model: MeshModel,
    /** Per proxy group. */
    private readonly classes: readonly (readonly RequestClass[])[],
    private readonly views: Views,
    draws: Draws,
  ) {
    const workers = model.proxies.count * model.scenario.mesh.workersPerProxy;
    this.streams = Array.from({ length: workers }, (_, w) => new UniformStream(draws, w, PURPOSE_REQUESTS));
  }

  /** Requests so far, by how they ended. */
  get counts(): readonly { readonly outcome: SampledOutcome; readonly count: number }[] {
    return [...this.byKey.values()];
  }

  readonly onInterval: IntervalListener = (proxy, worker, viewId, fromNs, toNs) => {
    const { proxies, scenario } = this.model;
    const perProxy = scenario.mesh.workersPerProxy;
    const stream = this.streams[proxy * perProxy + worker];
    const group = proxies.groupOf[proxy];
    const view = this.views.view(viewId);
    const decisions = this.decisionsOf(view.routes, group);
    this.classes[group].forEach((requests, index) => {
      const perNs = requests.perSecond / perProxy / NS_PER_SECOND;
      if (perNs === 0) return;
      const gapNs = (): number => -log(stream.next()) / perNs;
      // Poisson arrivals have no memory: each interval may start its clock anew.
      for (let at = fromNs + gapNs(); at < toNs; at += gapNs()) {
        this.count(this.walk(requests, decisions[index], view, group, stream));
      }
    });
  };

  private walk(
    { host }: RequestClass,
    decision: RouteDecision,
    view: View,
    group: number,
    stream: UniformStream,
  ): SampledOutcome {
    const { kind } = this.model.proxies.groups[group];
    if (decision.kind === 'no-route') return { flag: 'NR', code: 404, host, destination: '', subset: '', kind };
    if (decision.kind === 'answer') {
      return { flag: '-', code: decision.code, host, destination: '', subset: '', kind };
    }
    const part = pickPart(decision.parts, stream.next());
    const ending = this.forward(part.cluster, decision.retries, view, stream);
    return { ...ending, host, destination: part.host, subset: part.subset, kind };
  }

  private forward(cluster: number, retries: RetryPolicy | undefined, view: View, stream: UniformStream): Ending {
    if (cluster < 0) return SERVED;
    if (view.spec[cluster] === 0) return { flag: 'NC', code: 503 };
    const { conditions, endpoints } = this.model;
    const hosts = endpoints.sets.members(view.endpoints[cluster]);
    if (hosts.length === 0) return { flag: 'UH', code: 503 };
    const tried = new Set<number>();
    for (let attempt = 0; attempt < connectAttempts(retries); attempt++) {
      const host = pickHost(hosts, tried, stream);
      const takes = conditions.takes(view.conditions, host);
      const sent = this.model.connectionKind(view.spec[cluster], host);
      if ((takes & sent) !== 0) return SERVED;
      if (takes !== Takes.Nothing && sent === Takes.Plaintext) return { flag: 'UC', code: 503 };
      tried.add(host);
    }
    return { flag: 'UF', code: 503 };
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

  private count(outcome: SampledOutcome): void {
    const { flag, code, host, destination, subset, kind } = outcome;
    const key = `${flag} ${code} ${host} ${destination} ${subset} ${kind}`;
    const entry = this.byKey.get(key);
    if (entry === undefined) this.byKey.set(key, { outcome, count: 1 });
    else entry.count++;
  }
}

/** One weighted choice, made whether or not the cluster is there (envoy.md 3.4). */
function pickPart(parts: readonly RoutePart[], u: number): RoutePart {
  let rest = u;
  for (const part of parts) {
    rest -= part.share;
    if (rest < 0) return part;
  }
  return parts[parts.length - 1];
}

/** The previous-hosts predicate: some more picks to find an endpoint not tried yet, then whatever came last. */
function pickHost(hosts: readonly number[], tried: ReadonlySet<number>, stream: UniformStream): number {
  const pick = (): number => hosts[Math.floor(stream.next() * hosts.length)];
  let host = pick();
  for (let extra = 0; extra < HOST_SELECTION_ATTEMPTS && tried.has(host); extra++) host = pick();
  return host;
}
