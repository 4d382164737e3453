/** What a sampled proxy tells of its failures, by request class: what first tries and callers' retries meet there. */
import { TraceKind } from '../../trace/events.js';
import type { Bucket, Outcomes } from '../outcomes.js';
import { refusedRetriesAt, steadyFailures } from '../pools/endpoint-failures.js';
import type { ClusterSetting, Load } from '../pools/setting.js';
import { Outcome } from '../pools/tally.js';
import type { Span } from '../time-bins.js';
import type { ClusterFailures, ClusterState, TimedFailures } from './cluster-failures.js';
import type { ClassFlow, ClusterLoads } from './cluster-loads.js';
import type { FailingShare, FirstFailures, ProxyFailures } from './failing-shares.js';
import { bucketOf } from './sampled-bucket.js';
import type { SampledProxy } from './sampled-trace.js';

export interface FailureParts {
  readonly outcomes: Outcomes;
  readonly loads: ClusterLoads;
  readonly setting: ClusterSetting;
  readonly horizonNs: number;
}

/** Of the proxy's first worker. */
interface Routed extends Span {
  readonly routes: number;
  readonly flows: readonly ClassFlow[];
}

/** @param clusters those of the proxy that are simulated, by number */
export function failuresByClass(
  parts: FailureParts,
  { proxy, weight, group, events }: SampledProxy,
  clusters: ReadonlyMap<number, ClusterFailures> = new Map(),
): ProxyFailures {
  const { outcomes, loads, setting, horizonNs } = parts;
  const { model } = outcomes;
  const { kind } = model.proxies.groups[group];
  const bucket = (source: number, outcome: number): Bucket =>
    bucketOf(setting, loads.sources[source], source, outcome, kind);
  const classes = outcomes.classes[group].map(() => ({ first: [] as FirstFailures[], again: [] as FailingShare[][] }));
  const routed = routesOver(model.firstSnapshot.routes[group], events, loads);
  for (const failed of [...clusters.values()].flatMap(({ failures }) => failures)) {
    const span = { fromNs: failed.fromNs, toNs: Math.min(horizonNs, failed.toNs) };
    if (span.toNs <= span.fromNs) continue;
    for (const { index, part } of takersOf(failed, routed)) {
      const count = part * failed.count;
      classes[index].first.push({ ...span, bucket: bucket(failed.source, failed.outcome), count });
    }
  }
  for (const { fromNs, toNs, routes, flows } of routed) {
    for (const flow of flows) {
      const { again } = classes[flow.index];
      const failures = clusters.get(flow.cluster);
      const sampled = failures === undefined ? [] : sampledShares(parts, flow, routes, failures, bucket);
      for (const shares of sampled) {
        const ofClass = within(shares, fromNs, toNs).map((part) => ({ ...part, share: flow.share * part.share }));
        if (ofClass.length > 0) again.push(lasting(ofClass, horizonNs));
      }
    }
  }
  return { proxy, weight, classes };
}

/** Of what a flow sends to a cluster; a list for each way in which it may fail. */
function sampledShares(
  { loads, setting }: FailureParts,
  { source, cluster }: ClassFlow,
  routes: number,
  { states, bursts }: ClusterFailures,
  bucket: (source: number, outcome: number) => Bucket,
): FailingShare[][] {
  const byOutcome = new Map<number, FailingShare[]>();
  for (const { fromNs, toNs, ...state } of states) {
    for (const { outcome, share } of failingIn(setting, state, source, loads.of(routes, cluster))) {
      const shares = byOutcome.get(outcome) ?? [];
      shares.push({ fromNs, toNs, bucket: bucket(source, outcome), share });
      byOutcome.set(outcome, shares);
    }
  }
  const refusal = bucket(source, Outcome.WhileConnecting);
  return [...byOutcome.values(), bursts.map((burst) => ({ ...burst, bucket: refusal }))];
}

function routesOver(start: number, events: SampledProxy['events'], loads: ClusterLoads): Routed[] {
  const changes = events.filter(({ kind, a: worker }) => kind === TraceKind.WorkerRoutes && worker === 0);
  const routes = [start, ...changes.map(({ b }) => b)];
  return routes.map((table, at) => ({
    fromNs: at === 0 ? Number.NEGATIVE_INFINITY : changes[at - 1].timeNs,
    toNs: changes[at]?.timeNs ?? Number.POSITIVE_INFINITY,
    routes: table,
    flows: loads.flowsOf(table),
  }));
}

/** Classes that the failures may be of, by their part: as the routes are, or were before. */
function takersOf({ source, fromNs }: TimedFailures, routed: readonly Routed[]) {
  for (const { flows } of routed.filter((stretch) => stretch.fromNs <= fromNs).toReversed()) {
    const taking = flows.filter((flow) => flow.source === source);
    const all = taking.reduce((sum, { perSecond }) => sum + perSecond, 0);
    if (all > 0) return taking.map(({ index, perSecond }) => ({ index, part: perSecond / all }));
  }
  return [];
}

function failingIn(
  setting: ClusterSetting,
  { spec, available, conditions }: Omit<ClusterState, keyof Span>,
  source: number,
  load: Load,
) {
  if (available.length === 0) return [{ outcome: Outcome.AllEjected, share: 1 }];
  const refused = refusedRetriesAt(setting, spec, available, conditions, load);
  return steadyFailures(setting, spec, available, conditions, source, refused).filter(({ share }) => share > 0);
}

function within(shares: readonly FailingShare[], fromNs: number, toNs: number): FailingShare[] {
  return shares.flatMap((share) => {
    const span = { fromNs: Math.max(fromNs, share.fromNs), toNs: Math.min(toNs, share.toNs) };
    return span.toNs > span.fromNs ? [{ ...share, ...span }] : [];
  });
}

function lasting(shares: readonly FailingShare[], horizonNs: number): FailingShare[] {
  return shares.map((share) => (share.toNs >= horizonNs ? { ...share, toNs: Number.POSITIVE_INFINITY } : share));
}
