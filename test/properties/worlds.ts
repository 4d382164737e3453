/** A scenario and a plan out of what fast-check has drawn. */
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import type { DestinationRule } from '../../packages/sim-core/src/manifest/types.js';
import type { PlannedWrite, RolloutPlan, WriteGroup } from '../../packages/sim-core/src/rollout/plan.js';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';
import type { Latencies, Scenario } from '../../packages/sim-core/src/scenario/types.js';
import * as objects from '../mesh/objects.js';
import { newScenario } from '../mesh/runs.js';
import type { HostSpec, OpSpec, RouteSpec, RuleSpec, WorldSpec } from './world-specs.js';

export { type WorldSpec, worldSpec } from './world-specs.js';

export const HOSTS = ['a', 'b', 'c'].map((name) => `${name}.shop.svc.cluster.local`);
export const SUBSETS = ['v1', 'v2', 'v3'];

export interface World {
  readonly scenario: Scenario;
  readonly plan: RolloutPlan;
  readonly trial: number;
}

/** Long after the last thing that a drawn plan can do, gates at their timeout included. */
export const HORIZON_MS = 60_000;

export function newWorld(spec: WorldSpec): World {
  return { scenario: scenarioOf(spec), plan: planOf(spec), trial: spec.trial };
}

export function scenarioOf(
  spec: Pick<WorldSpec, 'mesh' | 'requestsPerSecond'> & { readonly backgroundResetShare?: number },
): Scenario {
  const { mesh, requestsPerSecond, backgroundResetShare = 0 } = spec;
  const { workers, cores, slots, replicas, afterMs, maxMs, edsDebounce, preset, slowness, ...sizes } = mesh;
  const { latencies, costs } = PRESETS[preset];
  const slower = <T extends object>(units: T): T =>
    Object.fromEntries(Object.entries(units).map(([name, us]) => [name, us * slowness])) as T;
  return newScenario({
    mesh: { ...sizes, workersPerProxy: workers, istiodCores: cores, pushThrottle: slots, istiodReplicas: replicas },
    traffic: { requestsPerSecond, backgroundResetShare },
    debounce: { afterMs, maxMs, endpoints: edsDebounce },
    latencies: slowedLatencies(latencies, slowness),
    costs: { ...costs, istiod: slower(costs.istiod), envoy: slower(costs.envoy) },
  });
}

function slowedLatencies(latencies: Latencies, factor: number): Latencies {
  const entries = Object.entries(latencies).map(([name, spec]) => [name, slowed(spec, factor)]);
  return Object.fromEntries(entries) as Latencies;
}

function slowed(spec: Distribution, factor: number): Distribution {
  if (typeof spec === 'number') return spec * factor;
  if ('uniform' in spec) return { uniform: [spec.uniform[0] * factor, spec.uniform[1] * factor] };
  if ('quantiles' in spec) return { quantiles: spec.quantiles.map(([p, value]) => [p, value * factor]) };
  if ('lognormal' in spec) {
    const { median, p95 = median } = spec.lognormal;
    return { lognormal: { median: median * factor, p95: p95 * factor } };
  }
  return spec;
}

const POLICIES: readonly DestinationRule['trafficPolicy'][] = [
  undefined,
  { connectionPool: { tcp: { maxConnections: 7 } } },
  { tls: { mode: 'DISABLE' } },
  { tls: { mode: 'ISTIO_MUTUAL' } },
  { loadBalancer: { consistentHash: { httpHeaderName: 'user' } } },
];

function ruleOf(host: number, { has, shift, policy }: RuleSpec) {
  const labels = SUBSETS.map((subset, i) => [subset, SUBSETS[(i + shift) % SUBSETS.length]]);
  const subsets = Object.fromEntries(labels.filter((_, i) => has[i]));
  return objects.destinationRule(HOSTS[host], subsets, POLICIES[policy]);
}

function routesOf(host: number, bound: HostSpec['bound'], spec: RouteSpec) {
  const { weights, attempts, retryOn, perTryMs, timeoutMs } = spec;
  const targets = ['', ...SUBSETS].map((subset, i) => [subset, weights[i]] as const);
  const gateways = { mesh: ['mesh'], gateway: ['shop/edge'], both: ['mesh', 'shop/edge'] }[bound];
  const own = { retryOn: retryOn ?? undefined, perTryTimeoutMs: perTryMs ?? undefined };
  const retries = attempts === null ? undefined : { attempts, ...own };
  const options = { gateways, retries, timeoutMs: timeoutMs ?? undefined };
  return objects.virtualService(HOSTS[host], Object.fromEntries(targets), options);
}

const NO_RULE: RuleSpec = { has: [], shift: 0, policy: 0 };
export const ONLY_DEFAULT: RouteSpec = {
  weights: [1, 0, 0, 0],
  attempts: null,
  retryOn: null,
  perTryMs: null,
  timeoutMs: null,
};

function planOf({ hosts, groups, readyMs }: WorldSpec): RolloutPlan {
  const endpointsOf = (host: HostSpec, h: number) =>
    host.endpoints.flatMap((some, v) =>
      some.map((options, i) => objects.endpoint(`${h}/${v}/${i}`, HOSTS[h], SUBSETS[v], options)),
    );
  const writeOf = (op: OpSpec, revision: string): PlannedWrite => {
    if (op.op === 'authentication') {
      return op.mode === null
        ? objects.remove(objects.peerAuthentication('STRICT'))
        : objects.apply(objects.peerAuthentication(op.mode), revision);
    }
    const { host } = op;
    switch (op.op) {
      case 'rule':
        return op.rule === null
          ? objects.remove(ruleOf(host, NO_RULE))
          : objects.apply(ruleOf(host, op.rule), revision);
      case 'routes':
        return op.routes === null
          ? objects.remove(routesOf(host, hosts[host].bound, ONLY_DEFAULT))
          : objects.apply(routesOf(host, hosts[host].bound, op.routes), revision);
      case 'endpoint': {
        const target = objects.endpoint(`${host}/${op.version}/${op.at}`, HOSTS[host], SUBSETS[op.version]);
        return objects.endpointWrite(target, op.there ? 'apply' : 'delete');
      }
    }
  };
  const initial = {
    services: hosts.map((_, h) => objects.service(HOSTS[h])),
    gateways: [objects.gateway('edge')],
    virtualServices: hosts.flatMap(({ routes, bound }, h) => (routes === null ? [] : [routesOf(h, bound, routes)])),
    destinationRules: hosts.flatMap(({ rule }, h) => (rule === null ? [] : [ruleOf(h, rule)])),
    endpoints: hosts.flatMap(endpointsOf),
  };
  // Deleting what is not there is an error of the tool and no event.
  const existing = new Set([...initial.virtualServices, ...initial.destinationRules].map(({ meta }) => meta.key));
  const isEvent = ({ action, kind, key }: PlannedWrite): boolean => {
    if (kind === 'Endpoint') return true;
    if (action === 'delete') return existing.delete(key);
    existing.add(key);
    return true;
  };
  const written = groups.map(({ startMs, isAbsolute, isShuffled, gate, ops }, g): WriteGroup => {
    const writes = ops.map((op, i) => writeOf(op, `r${g}.${i}`)).filter(isEvent);
    const isShufflable = isShuffled && new Set(writes.map(({ key }) => key)).size === writes.length;
    return {
      label: `group ${g}`,
      start: isAbsolute ? { atMs: startMs } : { afterPreviousMs: startMs },
      order: isShufflable ? 'random' : 'given',
      writes,
      gate: gate === null ? undefined : gateOf(...gate),
    };
  });
  const readiness = readyMs.map((atMs, i) => ({
    target: objects.endpoint(`late/${i}`, HOSTS[i % hosts.length], SUBSETS[i]),
    atMs,
  }));
  return objects.plan(initial, written, readiness);
}

function gateOf(host: number, version: number): WriteGroup['gate'] {
  const subsets = [{ host: HOSTS[host], labels: { version: SUBSETS[version] } }];
  return { type: 'endpoints-ready', subsets, pollMs: 50, timeoutMs: 400 };
}
