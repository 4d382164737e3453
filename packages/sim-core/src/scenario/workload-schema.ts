/** How pods come and go while the change is rolled out. */
import { z } from 'zod';
import { newSampler } from '../kernel/distribution.js';
import { distribution } from './distribution-schema.js';
import { field, milliseconds, section } from './fields.js';

/** Each failure is an event of the mesh: without a bound a rollout would never end. */
const flappingMs = distribution.refine((spec) => newSampler(spec).mean >= 10, {
  message: 'is less than 10 ms in the mean',
  params: { hint: 'Probes fail every second at most: give at least 10.' },
});

export function workloadsField() {
  return section(
    {
      rollout: field(
        z.enum(['before', 'with-change']),
        'before',
        'Changed Deployments and StatefulSets: `before` the first write they have settled; `with-change` they are ' +
          'applied with the other objects, and their pods are replaced meanwhile.',
        'a rollout of routes starts when its pods are there',
      ),
      startMs: field(
        distribution,
        { lognormal: { median: 2500, p95: 4500 } },
        'Pod created → its containers run, images pulled.',
        'Kubernetes SLO: 99 % within 5 s, pulls not counted',
      ),
      startupMs: field(
        distribution,
        { lognormal: { median: 3000, p95: 8000 } },
        'Containers run → the application would pass its probe, warm-up included.',
        'assumption: set your own',
      ),
      drainMs: field(
        milliseconds,
        5000,
        'terminationDrainDuration: how long a sidecar goes on after the stop signal.',
        'Istio ProxyConfig',
      ),
      nativeSidecars: field(
        z.boolean(),
        true,
        'A sidecar is told to go when the other containers have ended; false: at once, beside them, whatever their preStop.',
        'assumption: Istio 1.27 on Kubernetes 1.33 and later',
      ),
      acceptsWhileDraining: field(
        z.boolean(),
        true,
        'New connections are taken while it drains; if not, they are refused from the stop signal on.',
        'drain_listeners?graceful since Istio 1.10; older ones refused (istio#36660)',
      ),
      flapping: field(
        z.array(
          z.strictObject({
            labels: z.record(z.string(), z.string()).describe('Pods that have all of these labels.'),
            everyMs: flappingMs.describe('From ready to the next failure of the readiness probe.'),
            downMs: flappingMs.describe('From the failure to ready again.'),
            untilMs: milliseconds.default(60_000).describe('No new failure after this, counted from the first write.'),
          }),
        ),
        [],
        'Pods whose readiness probe fails now and then.',
        'pods are well unless you say so',
      ),
    },
    'Pods during the rollout.',
  );
}
