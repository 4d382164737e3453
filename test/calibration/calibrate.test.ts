/** A mesh's own numbers from istiod's metrics: what is taken, what stays, and how well the model then fits. */
import { expect, test } from 'vitest';
import { calibrate } from '../../packages/sim-core/src/calibration/calibrate.js';
import { calibrationSchema, newCalibrationFile } from '../../packages/sim-core/src/calibration/calibration-file.js';
import { modelMetrics, type PushMix, type Weighted } from '../../packages/sim-core/src/calibration/model-metrics.js';
import { metricsOf, type Sample, type Scrape } from '../../packages/sim-core/src/calibration/scrape.js';
import { scenarioFromFlags } from '../../packages/sim-core/src/rollout/scenario-reader.js';
import type { Scenario } from '../../packages/sim-core/src/scenario/types.js';

const MIX: PushMix = { virtualService: 0.2, destinationRule: 0.5, endpoints: 0.3 };
const SCALE = 100_000;

function histogram(
  name: string,
  values: Weighted,
  bounds: readonly number[],
  labels: Record<string, string> = {},
): Sample[] {
  const within = (le: number) => values.reduce((sum, { ms, weight }) => sum + (ms <= le * 1000 ? weight : 0), 0);
  const buckets = [...bounds, Infinity].map((le) => ({
    name: `${name}_bucket`,
    labels: { ...labels, le: le === Infinity ? '+Inf' : String(le) },
    value: within(le) * SCALE,
  }));
  const sum = values.reduce((total, { ms, weight }) => total + ms * weight, 0) / 1000;
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: sum * SCALE },
    { name: `${name}_count`, labels, value: within(Infinity) * SCALE },
  ];
}

/** What istiod would show if it were the model. */
function scrapeOf(scenario: Scenario): Scrape {
  const model = modelMetrics(scenario, MIX);
  const types = Object.entries(model.push).flatMap(([type, values]) => [
    ...histogram('pilot_xds_push_time', values, [0.01, 0.1, 0.5, 1], { type }),
    { name: 'pilot_xds_pushes', labels: { type }, value: values.reduce((sum, { weight }) => sum + weight, 0) * SCALE },
  ]);
  return {
    source: 'model',
    samples: [
      ...histogram('pilot_pushcontext_init_seconds', model.pushContextInit, [0.01, 0.1, 0.5, 1]),
      ...histogram('pilot_proxy_queue_time', model.proxyQueue, [0.1, 0.5, 1]),
      ...histogram('pilot_proxy_convergence_time', model.proxyConvergence, [0.1, 0.5, 1]),
      ...types,
      { name: 'pilot_xds', labels: { version: '1.31.2' }, value: 62 },
      { name: 'pilot_services', labels: {}, value: 300 },
    ],
  };
}

function defaultScenario(settings: Readonly<Record<string, string>> = {}): Scenario {
  const overrides = Object.entries(settings).map(([path, value]) => ({ path, value }));
  return unwrap(scenarioFromFlags({ before: '.', after: '.' }, overrides)).scenario;
}

function meshOf(factor: number): Scenario {
  const defaults = defaultScenario();
  const { istiod } = defaults.costs;
  const scaled = Object.fromEntries(
    Object.entries(istiod).map(([name, value]) => [
      name,
      /^(cds|eds|lds|rds|pushContext)/.test(name) ? value * factor : value,
    ]),
  ) as unknown as typeof istiod;
  const mesh = {
    ...defaults.mesh,
    sidecars: 60,
    gateways: 0,
    services: 300,
    istio: '1.31.2',
    maxConnectionAgeMin: 'never' as const,
  };
  return { ...defaults, mesh, costs: { ...defaults.costs, istiod: scaled } };
}

function unwrap<T>(result: { ok: true; value: T } | { ok: false; errors: readonly { message: string }[] }): T {
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.value;
}

test('costs that made the metrics come back, and the histograms with them', () => {
  for (const factor of [1, 3]) {
    const { taken, fit } = calibrate(unwrap(metricsOf([[scrapeOf(meshOf(factor))]])), defaultScenario());
    const value = (field: string) => taken.find((each) => each.field === field)?.value;
    expect([value('mesh.sidecars'), value('mesh.services'), value('mesh.istio')]).toEqual([60, 300, '1.31.2']);
    for (const type of ['cds', 'eds', 'lds', 'rds']) {
      const { meanMs = 0, modelMeanMs } = fit.find(({ metric }) => metric.includes(`"${type}"`)) ?? {};
      expect(Math.abs((modelMeanMs ?? 0) / meanMs - 1)).toBeLessThan(0.15);
    }
    const { istiod } = defaultScenario().costs;
    for (const cost of ['pushContextUs', 'cdsUs', 'edsUs', 'ldsUs', 'rdsUs', 'rdsPerMissedServiceUs'] as const) {
      expect(Math.abs(Number(value(`costs.istiod.${cost}`)) / istiod[cost] / factor - 1)).toBeLessThan(0.2);
    }
    for (const { largest } of fit) expect(largest).toBeLessThan(0.05);
  }
});

test('churn needs the time between two scrapes', () => {
  const scrape = scrapeOf(meshOf(1));
  const updates = (value: number): Sample => ({ name: 'pilot_inbound_updates', labels: { type: 'eds' }, value });
  const at = (seconds: number | undefined, eds: number): Scrape => {
    const samples = scrape.samples.map((sample) => ({ ...sample, value: seconds === 0 ? 0 : sample.value }));
    return { ...scrape, atSeconds: seconds, samples: [...samples, updates(eds)] };
  };
  const churn = (scrapes: readonly Scrape[]) =>
    calibrate(unwrap(metricsOf([scrapes])), defaultScenario()).taken.find(({ field }) =>
      field.startsWith('churn.endpoint'),
    )?.value;
  expect(churn([at(0, 100), at(60, 400)])).toBe(5);
  expect(churn([at(undefined, 400)])).toBeUndefined();
});

test('a counter that is smaller later, and histograms that are not there, are errors of the user', () => {
  const scrape = scrapeOf(meshOf(1));
  const smaller = {
    ...scrape,
    source: 'later',
    samples: scrape.samples.map((each) => ({ ...each, value: each.value / 2 })),
  };
  const codes = (scrapes: readonly Scrape[]) => {
    const metrics = metricsOf([scrapes]);
    return metrics.ok ? [] : metrics.errors.map(({ code }) => code);
  };
  expect(codes([scrape, smaller])).toEqual(['XDS-METRICS-RESET']);
  expect(codes([{ source: 'node', samples: [{ name: 'node_load1', labels: {}, value: 1 }] }])).toEqual([
    'XDS-METRICS-MISSING',
  ]);
});

test('the file that a scenario includes says where each value comes from, and holds every bucket', () => {
  const file = newCalibrationFile(calibrate(unwrap(metricsOf([[scrapeOf(meshOf(1))]])), defaultScenario()));
  expect(() => calibrationSchema.parse(JSON.parse(JSON.stringify(file)))).not.toThrow();
  const { metric, buckets } = file.fit[1];
  expect(metric).toBe('pilot_proxy_queue_time');
  expect(buckets.map(({ leSeconds }) => leSeconds)).toEqual([0.1, 0.5, 1, null]);
  expect(file.values).toMatchObject({ mesh: { sidecars: 60, services: 300, istio: '1.31.2' } });
});

/** Counters at the end of ten minutes, and nothing at their start, as a range query of several istiods has them. */
function rangeOf(parts: readonly (readonly [pod: string, proxies: number, updates: number])[]): Scrape[] {
  const [counted] = [scrapeOf(meshOf(1)).samples.filter(({ name }) => !['pilot_xds', 'pilot_services'].includes(name))];
  const samples = parts.flatMap(([pod, proxies, updates]): Sample[] => [
    ...counted.map((sample) => ({ ...sample, labels: { ...sample.labels, pod } })),
    { name: 'pilot_xds', labels: { pod, version: '1.31.2' }, value: proxies },
    { name: 'pilot_services', labels: { pod }, value: 300 },
    { name: 'pilot_inbound_updates', labels: { pod, type: 'eds' }, value: updates },
  ]);
  const start = samples.map((sample) => ({ ...sample, value: 0 }));
  return [
    { source: 'start', samples: start, atSeconds: 0 },
    { source: 'end', samples, atSeconds: 600 },
  ];
}

const valuesIn = ({ taken }: { taken: readonly { field: string; value: unknown }[] }) =>
  Object.fromEntries(taken.map(({ field, value }) => [field, value]));

test('of several istiods proxies add up; services and events are what each of them has', () => {
  const three = rangeOf([
    ['a', 40, 1200],
    ['b', 30, 1220],
    ['c', 32, 1180],
  ]);
  const values = valuesIn(calibrate(unwrap(metricsOf([three])), defaultScenario()));
  expect(values).toMatchObject({
    'mesh.sidecars': 100,
    'mesh.services': 300,
    'mesh.istiodReplicas': 3,
    'churn.endpointEventsPerSecond': 2,
  });
  // The same from files of their own, without labels.
  const pods = new Map<string, Sample[]>(['a', 'b', 'c'].map((pod) => [pod, []]));
  for (const { labels, ...sample } of three[1].samples) {
    const { pod, ...others } = labels;
    pods.get(pod)?.push({ ...sample, labels: others });
  }
  const each = [...pods].map(([source, samples]) => [{ source, samples }]);
  const found = valuesIn(calibrate(unwrap(metricsOf(each)), defaultScenario()));
  expect(found).toMatchObject({ 'mesh.sidecars': 100, 'mesh.services': 300, 'mesh.istiodReplicas': 3 });
  // An istiod has a third of the proxies to push to, whatever it is called.
  const alone = rangeOf([['a', 35, 1200]]);
  const one = valuesIn(calibrate(unwrap(metricsOf([alone])), defaultScenario()));
  expect(values['costs.istiod.rdsUs']).toBe(one['costs.istiod.rdsUs']);
  expect(one).not.toHaveProperty('mesh.istiodReplicas');
});

test('what the user sets goes over the metrics, and a cost that is set stays', () => {
  const metrics = unwrap(metricsOf([[scrapeOf(meshOf(3))]]));
  const settings = {
    'mesh.gateways': '12',
    'mesh.istiodCores': '2',
    'mesh.services': '250',
    'costs.istiod.cdsUs': '7',
  };
  const calibration = calibrate(metrics, defaultScenario(settings));
  expect(valuesIn(calibration)).toMatchObject({
    'mesh.sidecars': 50,
    'mesh.gateways': 12,
    'mesh.istiodCores': 2,
    'mesh.services': 250,
    'costs.istiod.cdsUs': 7,
  });
  expect(calibration.taken.filter(({ from }) => from === '--set')).toHaveLength(4);
  expect(calibration.taken.filter(({ field }) => field === 'mesh.services')).toHaveLength(1);
  const left = calibration.left.map(({ field }) => field);
  expect(left).not.toContain('mesh.istiodCores');
  expect(left).not.toContain('mesh.gateways');
  // The other costs of CDS make up for the one that is fixed.
  const [cds] = calibration.fit.filter(({ metric }) => metric.includes('"cds"'));
  expect(Math.abs((cds.modelMeanMs ?? 0) / cds.meanMs - 1)).toBeLessThan(0.2);
});

test('debounce, sends and causes tell what they can', () => {
  const [start, end] = rangeOf([['a', 62, 30_000]]);
  const pod = { pod: 'a' };
  const waits = [0.4, 2, 8, 10.1].map((seconds) => ({ ms: seconds * 1000, weight: 0.25 }));
  const sends = [...Array.from({ length: 99 }, () => 1), 2_000].map((ms) => ({ ms, weight: 0.01 }));
  const samples = [
    ...end.samples,
    ...histogram('pilot_debounce_time', waits, [0.1, 0.5, 1, 3, 5, 10, 20], pod),
    ...histogram('pilot_xds_send_time', sends, [0.01, 0.1, 1, 3], pod),
    { name: 'pilot_push_triggers', labels: { ...pod, type: 'endpoint' }, value: 120 * SCALE },
    { name: 'pilot_push_triggers', labels: { ...pod, type: 'config' }, value: 60 * SCALE },
  ];
  const { fit, left, notes } = calibrate(unwrap(metricsOf([[start, { ...end, samples }]])), defaultScenario());
  // 50 events a second leave no quiet for long: the model waits for seconds as well.
  const [waited] = fit.filter(({ metric }) => metric === 'pilot_debounce_time');
  expect(waited.meanMs).toBeCloseTo(5125);
  expect(waited.modelMeanMs).toBeGreaterThan(1000);
  expect(waited.modelMeanMs).toBeLessThan(10_200);
  const why = (field: string) => left.find((each) => each.field === field)?.why;
  expect(why('faults.slowProxies')).toBe(
    '1 % of sends took longer than 1 s (pilot_xds_send_time); to which proxies, no metric tells',
  );
  expect(why('debounce')).toContain('compared with pilot_debounce_time');
  expect(notes.find((note) => note.includes('pilot_push_triggers'))).toMatch(
    /had 3 causes .*endpoint 66\.7 %, config 33\.3 %/,
  );
  const calm = calibrate(unwrap(metricsOf([[{ ...end, atSeconds: undefined, samples }]])), defaultScenario());
  expect(calm.fit.map(({ metric }) => metric)).not.toContain('pilot_debounce_time');
  expect(calm.left.find(({ field }) => field === 'debounce')?.why).toContain('nothing to compare');
});
