/**
 * Random small meshes and rollouts, as the plain data that fast-check draws, shrinks and prints. Each has some features
 * switched off altogether, so that the others are met alone too.
 */
import fc from 'fast-check';
import type { PresetName } from '../../packages/sim-core/src/scenario/presets.js';

export interface MeshSpec {
  readonly sidecars: number;
  readonly gateways: number;
  readonly services: number;
  readonly workers: number;
  readonly cores: number;
  readonly slots: number;
  readonly replicas: number;
  readonly afterMs: number;
  readonly maxMs: number;
  readonly edsDebounce: boolean;
  readonly preset: PresetName;
  /** Factor on every delay and every cost. */
  readonly slowness: number;
  /** Left out: clusters wait for their endpoints for ever. */
  readonly initialFetchTimeoutMs?: number;
}

/** What a host has at first: its rule and routes, and the endpoints of each version. */
export interface HostSpec {
  readonly rule: RuleSpec | null;
  readonly routes: RouteSpec | null;
  readonly bound: 'mesh' | 'gateway' | 'both';
  /** Per version: for each endpoint whether it is ready, what it takes (bits; undefined: what fits), and its sidecar. */
  readonly endpoints: readonly (readonly {
    readonly ready: boolean;
    readonly takes?: number;
    readonly hasSidecar: boolean;
  }[])[];
}

export interface RuleSpec {
  /** Which of SUBSETS there are. */
  readonly has: readonly boolean[];
  /** Version that subset i selects: SUBSETS[(i + shift) % 3]. */
  readonly shift: number;
  readonly policy: number;
}

export interface RouteSpec {
  /** Of the default cluster, then of each of SUBSETS; all 0 stands for all of it to the default cluster. */
  readonly weights: readonly number[];
  readonly attempts: number | null;
  readonly retryOn: readonly string[] | null;
  readonly perTryMs: number | null;
  readonly timeoutMs: number | null;
}

export type OpSpec =
  | { readonly op: 'rule'; readonly host: number; readonly rule: RuleSpec | null }
  | { readonly op: 'routes'; readonly host: number; readonly routes: RouteSpec | null }
  | { readonly op: 'authentication'; readonly mode: 'DISABLE' | 'PERMISSIVE' | 'STRICT' | null }
  | {
      readonly op: 'endpoint';
      readonly host: number;
      readonly version: number;
      readonly at: number;
      readonly there: boolean;
    };

interface GroupSpec {
  readonly startMs: number;
  /** After the group before, or at that time of the run. */
  readonly isAbsolute: boolean;
  readonly isShuffled: boolean;
  /** Host and version that the group waits for. */
  readonly gate: readonly [number, number] | null;
  readonly ops: readonly OpSpec[];
}

export interface WorldSpec {
  readonly mesh: MeshSpec;
  readonly hosts: readonly HostSpec[];
  readonly groups: readonly GroupSpec[];
  readonly readyMs: readonly number[];
  readonly requestsPerSecond: number;
  readonly backgroundResetShare: number;
  readonly trial: number;
}

export const meshSpec: fc.Arbitrary<MeshSpec> = fc
  .record({
    sidecars: fc.nat(8),
    gateways: fc.nat(4),
    services: fc.integer({ min: 3, max: 60 }),
    workers: fc.integer({ min: 1, max: 4 }),
    cores: fc.integer({ min: 1, max: 4 }),
    slots: fc.integer({ min: 1, max: 5 }),
    replicas: fc.integer({ min: 1, max: 2 }),
    afterMs: fc.integer({ min: 20, max: 200 }),
    maxMs: fc.constantFrom(100, 300, 1_000, 10_000),
    edsDebounce: fc.boolean(),
    preset: fc.constantFrom<PresetName>('default', 'lab'),
    slowness: fc.constantFrom(0.1, 1, 5),
  })
  .map((spec) => (spec.sidecars + spec.gateways === 0 ? { ...spec, sidecars: 1 } : spec));

const weights = fc
  .array(fc.oneof(fc.constant(0), fc.nat(100)), { minLength: 4, maxLength: 4 })
  .map((drawn) => (drawn.every((weight) => weight === 0) ? [100, 0, 0, 0] : drawn));

const routeSpec: fc.Arbitrary<RouteSpec> = fc.record({
  weights,
  attempts: fc.option(fc.nat(3), { freq: 3 }),
  retryOn: fc.constantFrom(null, null, ['5xx'], ['reset'], ['connect-failure', '504'], ['503']),
  // Around the median of 20 ms and the p95 of 100 ms.
  perTryMs: fc.constantFrom(null, null, null, 15, 60, 200),
  timeoutMs: fc.constantFrom(null, null, null, 10, 100, 150),
});

const ruleSpec: fc.Arbitrary<RuleSpec> = fc.record({
  has: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  shift: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
  policy: fc.nat(4),
});

const endpointSpec = fc.record({
  ready: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.boolean() }),
  takes: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(7) }),
  hasSidecar: fc.boolean(),
});

const hostSpec: fc.Arbitrary<HostSpec> = fc.record({
  rule: fc.option(ruleSpec, { freq: 4 }),
  routes: fc.option(routeSpec, { freq: 4 }),
  bound: fc.constantFrom('mesh', 'gateway', 'both'),
  endpoints: fc.array(fc.array(endpointSpec, { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
});

function opSpec(
  hosts: number,
  swarm: { readonly endpoints: boolean; readonly deletes: boolean; readonly security: boolean },
): fc.Arbitrary<OpSpec> {
  const host = fc.nat(hosts - 1);
  const orNone = <T>(arbitrary: fc.Arbitrary<T>) => (swarm.deletes ? fc.option(arbitrary, { freq: 6 }) : arbitrary);
  const config: fc.Arbitrary<OpSpec>[] = [
    fc.record({ op: fc.constant('rule' as const), host, rule: orNone(ruleSpec) }),
    fc.record({ op: fc.constant('routes' as const), host, routes: orNone(routeSpec) }),
  ];
  const mode = fc.constantFrom('DISABLE' as const, 'PERMISSIVE' as const, 'STRICT' as const);
  const authentication: fc.Arbitrary<OpSpec> = fc.record({
    op: fc.constant('authentication' as const),
    mode: orNone(mode),
  });
  const change: fc.Arbitrary<OpSpec> = fc.record({
    op: fc.constant('endpoint' as const),
    host,
    version: fc.nat(2),
    at: fc.nat(2),
    there: fc.boolean(),
  });
  return fc.oneof(...config, ...(swarm.endpoints ? [change] : []), ...(swarm.security ? [authentication] : []));
}

/** Gaps around the quiet period and the time that a push takes are the interesting ones. */
const gapMs = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 40, max: 260 }), fc.constantFrom(500, 1500));

export const worldSpec: fc.Arbitrary<WorldSpec> = fc
  .record({
    hosts: fc.integer({ min: 1, max: 3 }),
    endpoints: fc.boolean(),
    deletes: fc.boolean(),
    security: fc.boolean(),
    gates: fc.boolean(),
    readiness: fc.boolean(),
  })
  .chain((swarm) =>
    fc.record({
      mesh: meshSpec,
      hosts: fc.array(hostSpec, { minLength: swarm.hosts, maxLength: swarm.hosts }),
      groups: fc.array(
        fc.record({
          startMs: gapMs,
          isAbsolute: fc.boolean(),
          isShuffled: fc.boolean(),
          gate: swarm.gates ? fc.option(fc.tuple(fc.nat(swarm.hosts - 1), fc.nat(2)), { freq: 3 }) : fc.constant(null),
          ops: fc.array(opSpec(swarm.hosts, swarm), { minLength: 1, maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      readyMs: swarm.readiness ? fc.array(fc.nat(900), { maxLength: 3 }) : fc.constant([]),
      requestsPerSecond: fc.integer({ min: 1, max: 2_500 }),
      backgroundResetShare: fc.constantFrom(0, 0, 0, 0.01, 0.3),
      trial: fc.nat(1_000_000),
    }),
  );
