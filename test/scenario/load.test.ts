/** Reading scenario files and `--set`: what comes out, and every error with its place. */
import { describe, expect, it, test } from 'vitest';
import type { Result, UserError } from '../../packages/sim-core/src/errors.js';
import {
  parseScenario,
  scenarioFromFlags,
  scenarioTemplate,
} from '../../packages/sim-core/src/rollout/scenario-reader.js';
import type { ScenarioInput } from '../../packages/sim-core/src/scenario/load.js';
import type { Override } from '../../packages/sim-core/src/scenario/overrides.js';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';

const MINIMAL = 'before: old\nafter: new\n';

function read(text: string, overrides: readonly Override[] = []): Result<ScenarioInput> {
  return parseScenario({ path: 'cases/shop/scenario.yaml', text }, overrides);
}

function scenarioOf(text: string, ...settings: string[]) {
  const result = read(text, settings.map(override));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value.scenario;
}

function override(setting: string): Override {
  const at = setting.indexOf('=');
  return { path: setting.slice(0, at), value: setting.slice(at + 1) };
}

function errorsOf(text: string, ...settings: string[]): readonly UserError[] {
  const result = read(text, settings.map(override));
  return result.ok ? [] : result.errors;
}

function lines(errors: readonly UserError[]): string[] {
  return errors.map(({ code, message, position, hint }) => {
    const place = position === undefined ? '' : `${position.file}:${position.line}:${position.column} `;
    return `${place}${code} ${message}. ${hint}`;
  });
}

describe('a file that says nothing but the paths', () => {
  const result = read(MINIMAL);
  it('has the documented defaults', () => {
    expect(result).toMatchObject({
      ok: true,
      value: {
        beforePath: 'old',
        afterPath: 'new',
        scenario: {
          name: 'shop',
          file: 'cases/shop/scenario.yaml',
          seed: '1',
          trials: 400,
          mesh: {
            istio: '1.32',
            sidecars: 50,
            gateways: 2,
            services: 200,
            istiodReplicas: 1,
            istiodCores: 4,
            pushThrottle: 'auto',
            workersPerProxy: 2,
            interception: 'redirect',
          },
          traffic: { requestsPerSecond: 1000, hosts: {}, sources: { gateway: 1, sidecar: 1 }, matches: {} },
          readinessMs: undefined,
          debounce: { afterMs: 100, maxMs: 10000, endpoints: true },
          latencies: PRESETS.default.latencies,
          costs: PRESETS.default.costs,
          strategies: {
            simultaneous: {},
            'vs-first': { gapMs: 2000 },
            'dr-first': { gapMs: 2000 },
            weighted: { gapMs: 2000, dwellMs: 30000, percents: [10, 50, 100] },
            'readiness-gated': { gapMs: 2000, pollMs: 1000, timeoutMs: 300000 },
          },
          userSet: new Set(['before', 'after']),
        },
      },
    });
  });
});

describe('what the user writes', () => {
  it('is kept, and the rest of its group stays default', () => {
    const scenario = scenarioOf(
      `${MINIMAL}mesh: {istio: 1.30, services: 7}\nseed: 42\nstrategies:\n  vs-first:\n  dr-first: {gapMs: 20}\n`,
    );
    expect(scenario.mesh).toMatchObject({ istio: '1.30', services: 7, sidecars: 50 });
    expect(scenario.seed).toBe('42');
    expect(scenario.strategies).toEqual({ 'vs-first': { gapMs: 2000 }, 'dr-first': { gapMs: 20 } });
    expect([...scenario.userSet]).toEqual([
      'before',
      'after',
      'mesh.istio',
      'mesh.services',
      'seed',
      'strategies.vs-first',
      'strategies.dr-first.gapMs',
    ]);
  });
  it('goes over the preset field by field', () => {
    const { lab } = PRESETS;
    const scenario = scenarioOf(`${MINIMAL}preset: lab\nlatencies: {watchMs: 3}\ncosts: {sharedHost: {cores: 8}}\n`);
    expect(scenario.latencies).toEqual({ ...lab.latencies, watchMs: 3 });
    expect(scenario.costs).toEqual({ ...lab.costs, sharedHost: { ...lab.costs.sharedHost, cores: 8 } });
  });
  it('may leave a group blank', () => {
    expect(scenarioOf(`${MINIMAL}mesh:\nreadiness:\n  newVersionMs:\n`).mesh.services).toBe(200);
  });
});

describe('--set', () => {
  it('reaches each kind of field', () => {
    const scenario = scenarioOf(
      `${MINIMAL}mesh: {services: 7}\n`,
      'mesh.services=9',
      'seed=007',
      'latencies.watchMs={uniform: [1, 2]}',
      'traffic.hosts["reviews.example.com"]=3',
      'traffic.hosts.ratings.shop.svc.cluster.local=2',
      'traffic.matches["reviews/http[0]"]=5',
      'strategies.dr-first.gapMs=20',
      'readiness.newVersionMs=8000',
    );
    expect(scenario).toMatchObject({
      mesh: { services: 9 },
      seed: '007',
      latencies: { watchMs: { uniform: [1, 2] } },
      traffic: {
        hosts: { 'reviews.example.com': 3, 'ratings.shop.svc.cluster.local': 2 },
        matches: { 'reviews/http[0]': 5 },
      },
      strategies: { 'dr-first': { gapMs: 20 } },
      readinessMs: 8000,
    });
    expect([...scenario.userSet]).toEqual(
      expect.arrayContaining(['seed', 'traffic.hosts["reviews.example.com"]', 'strategies.dr-first.gapMs']),
    );
  });
  it('of one parameter leaves the other strategies in', () => {
    const scenario = scenarioOf(MINIMAL, 'strategies.dr-first.gapMs=20');
    expect(Object.keys(scenario.strategies)).toHaveLength(8);
    expect(scenario.userSet.has('strategies.weighted')).toBe(false);
  });
  it('of null gives the default back', () => {
    const scenario = scenarioOf(`${MINIMAL}mesh: {services: 7}\n`, 'mesh.services=null');
    expect(scenario.mesh.services).toBe(200);
    expect(scenario.userSet.has('mesh.services')).toBe(false);
  });
  it('reaches every field that the template shows', () => {
    const template = scenarioOf(scenarioTemplate({ name: 'n', before: 'b', after: 'a' }));
    for (const path of template.userSet) {
      const steps = path.split('.');
      const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], template);
      const value = found ?? { schema: 'xdsim.scenario/v1', before: 'b', after: 'a', preset: 'default' }[path];
      expect(scenarioOf(MINIMAL, `${path}=${JSON.stringify(value)}`).userSet, path).toContain(path);
    }
  });
  it('is wrong in its own line', () => {
    const errors = errorsOf(
      MINIMAL,
      'mesh.servces=3',
      'mesh..x=1',
      'strategies.dr-frist.gapMs=1',
      'latencies.watchMs.uniform=3',
      'traffic.hosts.a.b=[1',
      'mesh.sidecars=',
      'strategies.readiness-gated.pollMs=0',
    );
    expect(lines(errors)).toMatchInlineSnapshot(`
      [
        "--set:1:1 XDS-SET-PATH \`mesh..x\` is not a path. Write it as \`mesh.services\`, or \`traffic.hosts["a.b"]\` where a name has dots.",
        "--set:1:6 XDS-SET-PATH mesh has no field \`servces\`. Did you mean \`mesh.services\`? There are drainTimeS, filterGatewayClusters, gateways, initialFetchTimeoutMs, interception, istio, istiodCores, istiodReplicas, localities, maxConnectionAgeMin, namespaces, pushThrottle, services, sidecars, size, workersPerProxy.",
        "--set:1:12 XDS-SET-PATH strategies has no field \`dr-frist\`. Did you mean \`strategies.dr-first\`? There are dr-first, permissive-bridge, policy-mixed, policy-separated, readiness-gated, simultaneous, vs-first, weighted.",
        "--set:1:15 XDS-SET-VALUE --set mesh.sidecars has no value. Write \`path=value\`; \`path=null\` gives the default back.",
        "--set:1:19 XDS-SET-PATH latencies.watchMs is one value. Set it whole: --set 'latencies.watchMs=…'.",
        "--set:1:21 XDS-SET-VALUE --set traffic.hosts.a.b: Flow sequence must end with a ]. Close the quote or bracket, or indent the line as part of the value above.",
        "--set:1:35 XDS-SCENARIO-VALUE strategies.readiness-gated.pollMs is 0; it must be at least 1. Give a number that is at least 1.",
      ]
    `);
    expect(errors[0].excerpt).toBe('mesh..x=1');
  });
});

describe('errors', () => {
  it('come all at once, in the order of the file', () => {
    const errors = errorsOf(`before: b
mesh:
  istio: 1.21
  sidecras: 3
  services: 0
  workersPerProxy: 1.5
  gateways: "2"
  pushThrottle: aut
latencies:
  watchMs: {lognormel: {median: 2}}
  wakeMs: {uniform: [5, 1]}
  apiRequestMs: {lognormal: {median: 5}}
  timerLateMs: -3
  workerPostMs: {quantiles: [[0, 1], [0.5]]}
strategies:
  dr-frist: {gapMs: 3}
  weighted: {percents: [50, 10], dwelMs: 3}
preset: labb
`);
    expect(lines(errors)).toMatchInlineSnapshot(`
      [
        "cases/shop/scenario.yaml:1:1 XDS-SCENARIO-MISSING after is missing. Add \`after\`.",
        "cases/shop/scenario.yaml:3:3 XDS-SCENARIO-ISTIO-VERSION mesh.istio: Istio 1.21 is older than what is modelled (1.22, the first with delta xDS). Give a version from 1.22 to 1.32; \`xdsim versions\` tells what they differ in.",
        "cases/shop/scenario.yaml:4:3 XDS-SCENARIO-UNKNOWN-FIELD mesh has no field \`sidecras\`. Did you mean \`sidecars\`? Its fields are drainTimeS, filterGatewayClusters, gateways, initialFetchTimeoutMs, interception, istio, istiodCores, istiodReplicas, localities, maxConnectionAgeMin, namespaces, pushThrottle, services, sidecars, size, workersPerProxy.",
        "cases/shop/scenario.yaml:5:3 XDS-SCENARIO-VALUE mesh.services is 0; it must be at least 1. Give a number that is at least 1.",
        "cases/shop/scenario.yaml:6:3 XDS-SCENARIO-VALUE mesh.workersPerProxy cannot be 1.5. It can be a whole number.",
        "cases/shop/scenario.yaml:7:3 XDS-SCENARIO-VALUE mesh.gateways cannot be "2". It can be a number.",
        "cases/shop/scenario.yaml:8:3 XDS-SCENARIO-VALUE mesh.pushThrottle cannot be "aut". Did you mean \`auto\`? It can be auto or a whole number.",
        "cases/shop/scenario.yaml:10:3 XDS-SCENARIO-VALUE latencies.watchMs cannot be {"lognormel":{"median":2}}. Did you mean \`lognormal\`? It can be a number or {constant: …} or {uniform: …} or {lognormal: …} or {gamma: …} or {quantiles: …}.",
        "cases/shop/scenario.yaml:11:12 XDS-SCENARIO-VALUE latencies.wakeMs.uniform: the first number is the lower one. Write {uniform: [low, high]}.",
        "cases/shop/scenario.yaml:12:18 XDS-SCENARIO-VALUE latencies.apiRequestMs.lognormal: a lognormal has a median and either p95 or sigma. Write {lognormal: {median: 12, p95: 30}}, in ms.",
        "cases/shop/scenario.yaml:13:3 XDS-SCENARIO-VALUE latencies.timerLateMs is -3; it must be at least 0. Give a number that is at least 0.",
        "cases/shop/scenario.yaml:14:38 XDS-SCENARIO-VALUE latencies.workerPostMs.quantiles[1] has a wrong length. It must have at least 2 entries.",
        "cases/shop/scenario.yaml:16:3 XDS-SCENARIO-UNKNOWN-FIELD strategies has no field \`dr-frist\`. Did you mean \`dr-first\`? Its fields are dr-first, permissive-bridge, policy-mixed, policy-separated, readiness-gated, simultaneous, vs-first, weighted.",
        "cases/shop/scenario.yaml:17:14 XDS-SCENARIO-VALUE strategies.weighted.percents: percents do not ascend. Write them as [10, 50, 100].",
        "cases/shop/scenario.yaml:17:14 XDS-SCENARIO-VALUE strategies.weighted.percents: the last percent is not 100. End with 100: the rollout ends in the state of after.",
        "cases/shop/scenario.yaml:17:34 XDS-SCENARIO-UNKNOWN-FIELD strategies.weighted has no field \`dwelMs\`. Did you mean \`dwellMs\`? Its fields are dwellMs, gapMs, percents.",
        "cases/shop/scenario.yaml:18:1 XDS-SCENARIO-VALUE preset cannot be "labb". Did you mean \`lab\`? It can be default or lab.",
      ]
    `);
    expect(errors[2].excerpt).toBe('  sidecras: 3');
  });
  it.each([
    ['no proxies', `${MINIMAL}mesh: {sidecars: 0, gateways: 0}\n`],
    ['too many proxies', `${MINIMAL}mesh:\n  sidecars: 200001\n`],
    ['a newer Istio', `${MINIMAL}mesh: {istio: "1.33"}\n`],
    ['no version at all', `${MINIMAL}mesh: {istio: latest}\n`],
    ['no strategies', `${MINIMAL}strategies: {}\n`],
    ['a list', '- before: b\n'],
    ['two documents', `${MINIMAL}---\n${MINIMAL}`],
    ['broken YAML', `before: [\nafter: b\n`],
    ['a shared host without cores', `${MINIMAL}costs: {sharedHost: {cores: 2}}\n`],
    ['a busy shared host', `${MINIMAL}preset: lab\ncosts: {sharedHost: {backgroundCores: 5}}\n`],
    ['a text for a group', `${MINIMAL}mesh: big\n`],
    ['a fault of what is no proxy', `${MINIMAL}faults: {slowProxies: {gateway: 100}}\n`],
    [
      'faults of proxies and istiods that are not there',
      `${MINIMAL}faults:
  slowProxies: {sc-51: 10}
  partitions: [{proxies: [gw-1, gw-3], fromMs: 0, toMs: 1}]
  streamResets: [{proxies: [gw-3], atMs: 1}]
  nacks: [{proxies: [sc-50], types: [RDS], fromMs: 0, toMs: 1}]
  istiodRestarts: [{replica: 2, atMs: 0, downMs: 1}]\n`,
    ],
    ['a fault that ends before it begins', `${MINIMAL}faults: {partitions: [{proxies: [gw-1], fromMs: 2, toMs: 1}]}\n`],
    ['a rejection of no type', `${MINIMAL}faults: {nacks: [{proxies: [gw-1], types: [XDS], fromMs: 0, toMs: 1}]}\n`],
    ['a namespace with no share', `${MINIMAL}mesh: {namespaces: {shop: -1}}\n`],
  ])('%s', (_, text) => {
    expect(lines(errorsOf(text))).toMatchSnapshot();
  });
});

describe('flags in place of a file', () => {
  it('give the defaults', () => {
    const result = scenarioFromFlags({ before: 'old', after: 'new' }, [override('trials=10')]);
    expect(result).toMatchObject({
      ok: true,
      value: { beforePath: 'old', afterPath: 'new', scenario: { name: 'change', file: undefined, trials: 10 } },
    });
  });
});

test('pods that flap without a pause are refused: a rollout would never end', () => {
  const [error] = errorsOf(
    'before: b\nafter: a\nworkloads: {flapping: [{labels: {app: web}, everyMs: 0, downMs: 100}]}\n',
  );
  expect(error).toMatchObject({ code: 'XDS-SCENARIO-VALUE', hint: expect.stringContaining('at least 10') });
});
