/**
 * The scenario file, `xdsim.scenario/v1`. Every default of the tool is declared here (or in presets.ts, by preset; or
 * with its strategy), once, with its source. The strategies' parameters come from outside: this room knows none of them.
 */
import { z } from 'zod';
import { distribution } from './distribution-schema.js';
import { checkFaults, churnField, faultsField } from './fault-schema.js';
import { field, type IssueDetails, milliseconds, optionalField, section, share } from './fields.js';
import { ISTIO_VERSIONS, istioVersionOf } from './istio-versions.js';
import { DEFAULT_SIZE, MESH_SIZES, meshSizesText, SIZE_FIELDS } from './mesh-sizes.js';
import { costsField, latenciesField } from './preset-schemas.js';
import { PRESETS, type PresetName } from './presets.js';
import { trafficField } from './traffic-schema.js';
import type { MeshSizeName } from './types.js';
import { workloadsField } from './workload-schema.js';

/** Strategy name → schema of its parameters, every one with a default. */
export type StrategySchemas = Readonly<Record<string, z.ZodObject>>;

export const SCENARIO_SCHEMA = 'xdsim.scenario/v1';

const MAX_PROXIES = 200_000;

export const presetName = z.enum(Object.keys(PRESETS) as [PresetName, ...PresetName[]]);
export const meshSizeName = z.enum(Object.keys(MESH_SIZES) as [MeshSizeName, ...MeshSizeName[]]);

/** @param size of the mesh, unless its fields say otherwise */
export function newScenarioSchema(
  strategies: StrategySchemas,
  preset: PresetName = 'default',
  size: MeshSizeName = DEFAULT_SIZE,
) {
  const { latencies, costs } = PRESETS[preset];
  const file = z.strictObject({
    schema: field(z.literal(SCENARIO_SCHEMA), SCENARIO_SCHEMA, 'Format of this file.', 'this version of xdsim'),
    name: optionalField(z.string().min(1), 'Name in reports. Left out: the folder of this file.', 'my-change'),
    before: z.string().min(1).describe('Manifests as they are applied now: a file or folder, relative to this file.'),
    after: z.string().min(1).describe('Manifests as they shall be: a file or folder, relative to this file.'),
    calibration: optionalField(
      z.string().min(1),
      'What `xdsim calibrate` has written: its values hold where this file says nothing. Relative to this file.',
      'calibration.yaml',
    ),
    mesh: meshField(size),
    traffic: trafficField(),
    readiness: section(
      {
        newVersionMs: optionalField(
          distribution,
          'When each endpoint that only `after` has becomes ready, counted from the first write. ' +
            'Left out: all of them are ready before it.',
          { uniform: [8000, 20000] },
        ),
      },
      'Endpoints of the new version.',
    ),
    workloads: workloadsField(),
    debounce: debounceField(),
    churn: churnField(),
    faults: faultsField(),
    preset: field(
      presetName,
      'default',
      'Where latencies and costs come from: `default`, or `lab` to stand for the machine of test/lab.',
      'presets.ts',
    ),
    latencies: latenciesField(latencies),
    costs: costsField(costs),
    strategies: strategiesField(strategies),
    horizonMs: optionalField(
      z
        .number()
        .min(1)
        .max(7 * 86_400_000),
      'How long a rollout is watched. Left out: until 120 s after the latest write that any strategy plans.',
      150_000,
    ),
    trials: field(z.int().min(1).max(1e6), 400, 'Simulated rollouts per strategy.', 'mean ± 5 % in most cases'),
    seed: field(
      z.union([z.string().min(1), z.int()]),
      '1',
      'Root of all random draws: the same seed gives the same bytes.',
      'any text does',
    ),
  });
  return file.superRefine(({ mesh, faults }, ctx) => {
    checkFaults({ mesh: { ...mesh, istio: istioVersion(mesh.istio) }, faults }, (path, message, hint) => {
      ctx.addIssue({ code: 'custom', path: [...path], message, params: { hint } });
    });
  });
}

export type ScenarioFile = z.output<ReturnType<typeof newScenarioSchema>>;

function meshField(name: MeshSizeName) {
  const { values, sources } = MESH_SIZES[name];
  const version = z.union([z.string(), z.number()]).superRefine((value, ctx) => {
    const problem = istioProblem(istioVersion(value));
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem.message, params: problem.details });
  });
  const shape = {
    istio: field(version, '1.32', 'Istio version: order and content of pushes.', 'the version measured in test/lab'),
    size: optionalField(
      meshSizeName,
      `Defaults of ${SIZE_FIELDS.join(', ')}: ${meshSizesText()}. Left out: ${DEFAULT_SIZE}.`,
      'large',
    ),
    sidecars: field(z.int().min(0), values.sidecars, 'Sidecar proxies.', sources.sidecars),
    gateways: field(
      z.int().min(0),
      values.gateways,
      'Gateway pods, spread over the selectors of the Gateways.',
      sources.gateways,
    ),
    services: field(
      z.int().min(1).max(100_000),
      values.services,
      'All services, the changed hosts included.',
      sources.services,
    ),
    istiodReplicas: field(
      z.int().min(1).max(1000),
      values.istiodReplicas,
      'istiod pods; proxies spread over them.',
      sources.istiodReplicas,
    ),
    istiodCores: field(z.int().min(1).max(256), values.istiodCores, 'GOMAXPROCS of each istiod.', sources.istiodCores),
    pushThrottle: field(
      z.union([z.literal('auto'), z.int().min(1).max(10_000)]),
      'auto',
      'PILOT_PUSH_THROTTLE, pushes in service at once; auto is min(15 + 5 · cores, 100).',
      'Istio pilot/pkg/features',
    ),
    workersPerProxy: field(z.int().min(1).max(64), 2, 'Envoy worker threads.', 'Istio chart: concurrency 2'),
    interception: field(
      z.enum(['redirect', 'none']),
      'redirect',
      'How a sidecar catches traffic: `redirect` (iptables) or `none` (HTTP proxy port).',
      'Istio: ProxyConfig.interceptionMode',
    ),
    namespaces: field(
      z.record(z.string().min(1), share),
      {},
      'Relative share of the sidecars per namespace; left out, all live in the namespace of the change.',
      'one namespace is one team',
    ),
    localities: field(
      z.record(
        z.string().regex(/^[^/*\s]+(\/[^/*\s]+){0,2}$/, 'must be region, region/zone or region/zone/subzone'),
        share,
      ),
      {},
      'Relative share of the proxies per locality, `region/zone/subzone`; pods of a workload spread likewise. Left out: none has one.',
      'labels of nodes: topology.kubernetes.io/region, /zone',
    ),
    filterGatewayClusters: field(
      z.boolean(),
      false,
      'PILOT_FILTER_GATEWAY_CLUSTER_CONFIG: gateways get only the clusters that their VirtualServices name.',
      'Istio pilot/pkg/features',
    ),
    maxConnectionAgeMin: field(
      z.union([z.literal('never'), z.number().min(0.1).max(10_000)]),
      30,
      'istiod ends a connection at this age ± 10 %, and the proxy connects anew. Minutes, or `never`.',
      'Istio chart: keepaliveMaxServerConnectionAge',
    ),
    initialFetchTimeoutMs: field(
      milliseconds,
      0,
      'How long a new or changed cluster waits for endpoints before it goes on without; 0: for ever. Envoy alone: 15,000.',
      'Istio pilot/pkg/networking/core/cluster_builder.go',
    ),
    drainTimeS: field(
      z.number().min(0).max(86_400),
      45,
      'ProxyConfig.drainDuration: how long a replaced filter chain of a listener keeps its connections.',
      'Istio pkg/config/mesh',
    ),
  };
  const object = z.strictObject(shape).superRefine((mesh, ctx) => {
    const proxies = mesh.sidecars + mesh.gateways;
    if (proxies >= 1 && proxies <= MAX_PROXIES) return;
    const message = proxies < 1 ? 'there is no proxy in the mesh' : `${proxies} proxies are too many`;
    const details: IssueDetails = { hint: `sidecars + gateways must lie between 1 and ${MAX_PROXIES}.` };
    ctx.addIssue({ code: 'custom', path: ['sidecars'], message, params: { ...details } });
  });
  return object.prefault({}).describe('Size and version of the mesh.');
}

function debounceField() {
  const source = 'Istio pilot/pkg/features/tuning.go';
  return section(
    {
      afterMs: field(milliseconds, 100, 'PILOT_DEBOUNCE_AFTER: quiet time before a push.', source),
      maxMs: field(milliseconds, 10_000, 'PILOT_DEBOUNCE_MAX: the longest that events wait.', source),
      endpoints: field(z.boolean(), true, 'PILOT_ENABLE_EDS_DEBOUNCE.', source),
    },
    "istiod's debounce.",
  );
}

function strategiesField(strategies: StrategySchemas) {
  const shape = Object.fromEntries(
    Object.entries(strategies).map(([name, schema]) => [name, schema.optional().describe(schema.description ?? '')]),
  );
  const all = Object.fromEntries(Object.entries(strategies).map(([name, schema]) => [name, schema.parse({})]));
  return z
    .strictObject(shape)
    .refine((named) => Object.keys(named).length > 0, {
      message: 'no strategy is named',
      params: { hint: 'Name one, or leave `strategies` out to compare all.' },
    })
    .default(all)
    .describe('Ways of applying the change that are compared: those named here. Left out: all.');
}

/** YAML reads an unquoted 1.30 as the number 1.3. */
export function istioVersion(value: string | number): string {
  return typeof value === 'number' ? value.toFixed(2) : value;
}

function istioProblem(version: string): { message: string; details: Record<string, string> } | undefined {
  if (istioVersionOf(version) !== undefined) return undefined;
  const [oldest, newest] = [ISTIO_VERSIONS[0], ISTIO_VERSIONS[ISTIO_VERSIONS.length - 1]].map((each) => each.version);
  const minor = Number(/^1\.(\d+)/.exec(version)?.[1]);
  const reason = Number.isNaN(minor)
    ? `is not a version such as ${newest}`
    : minor < Number(oldest.slice(2))
      ? `is older than what is modelled (${oldest}, the first with delta xDS)`
      : `is newer than what is modelled (${newest})`;
  const details: Required<IssueDetails> = {
    code: 'XDS-SCENARIO-ISTIO-VERSION',
    hint: `Give a version from ${oldest} to ${newest}; \`xdsim versions\` tells what they differ in.`,
  };
  return { message: `Istio ${version} ${reason}`, details: { ...details } };
}
