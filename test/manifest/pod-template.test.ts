/** How pods stop, as a Deployment says it. */
import { expect, test } from 'vitest';
import { type PodTiming, podTiming } from '../../packages/sim-core/src/manifest/pod-template.js';
import { manifests, object } from './support.js';

function timingOf(proxyConfig: string | undefined, spec: Record<string, unknown> = {}): PodTiming {
  const annotations = proxyConfig === undefined ? {} : { 'proxy.istio.io/config': proxyConfig };
  const template = {
    metadata: { labels: { app: 'web' }, annotations },
    spec: { containers: [{ name: 'web' }], ...spec },
  };
  const text = object('apps/v1', 'Deployment', 'web', { spec: { replicas: 1, template } });
  return podTiming(manifests(text).workloads[0]);
}

test('what Kubernetes and Istio do where nothing is written', () => {
  expect(timingOf(undefined)).toMatchObject({
    ...{ preStopMs: 0, gracePeriodMs: 30_000, exitsWhenIdle: false, minimumDrainMs: 5_000 },
    drainMs: undefined,
  });
});

test('a ProxyConfig of the pod: its drain, and that it waits for its connections', () => {
  const written = `
    terminationDrainDuration: 20s
    proxyMetadata:
      EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true"
      MINIMUM_DRAIN_DURATION: 1m10s
  `;
  expect(timingOf(written)).toMatchObject({ drainMs: 20_000, exitsWhenIdle: true, minimumDrainMs: 70_000 });
  expect(timingOf('{"proxyMetadata": {"EXIT_ON_ZERO_ACTIVE_CONNECTIONS": "false"}}').exitsWhenIdle).toBe(false);
  const env = [{ name: 'EXIT_ON_ZERO_ACTIVE_CONNECTIONS', value: 'true' }];
  expect(timingOf(undefined, { containers: [{ name: 'web' }, { name: 'istio-proxy', env }] }).exitsWhenIdle).toBe(true);
  expect(timingOf(undefined, { containers: [{ name: 'web', env }] }).exitsWhenIdle).toBe(false);
});

test.each([
  ['a period of zero', { containers: [{ name: 'web', readinessProbe: { periodSeconds: 0 } }] }],
  ['a grace period below zero', { terminationGracePeriodSeconds: -3 }],
  ['a text for seconds', { terminationGracePeriodSeconds: '30' }],
])('what Kubernetes refuses is refused: %s', (_, spec) => {
  expect(() => timingOf(undefined, spec)).toThrow('XDS-MANIFEST-');
});
