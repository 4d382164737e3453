/**
 * Latencies and unit costs as fields of the scenario file. The numbers are those of the preset (presets.ts); here stands
 * what each means and where the default preset's number comes from.
 */
import { z } from 'zod';
import { distribution } from './distribution-schema.js';
import { field, microseconds, milliseconds, optionalField, probability, section } from './fields.js';
import type { Costs, EnvoyCosts, IstiodCosts, Latencies, SharedHost } from './types.js';

/** Meaning, then source. */
type Texts<T> = { readonly [K in keyof T]: readonly [text: string, source: string] };

const LATENCIES: Texts<Latencies> = {
  apiRequestMs: ['One write: request sent → committed and answered.', 'traces of kubectl -v6 near an API server'],
  watchMs: ['Commit → event handled in istiod.', 'assumption; no number is published'],
  virtualServiceExtraMs: ['What a VirtualService event takes longer inside istiod.', 'two more goroutine hand-offs'],
  endpointSliceMs: ['Pod ready → EndpointSlice committed.', 'kubelet status and slice write, unbatched; assumption'],
  timerLateMs: ['Debounce timer due → its goroutine runs.', 'istio#28402: "debounce 100.18 ms"'],
  xdsOneWayMs: ['Between istiod and a proxy, agent hop included, each way.', 'a round trip of 2 ms; assumption'],
  requestFlushMs: ['Envoy has drained its messages → its requests are on the wire.', 'test/lab, without its busy host'],
  wakeMs: ['Input for a sleeping thread → it runs.', 'assumption: an idle thread on an idle core'],
  workerPostMs: ['Main thread posts → a worker runs it.', 'Envoy dispatcher hand-off; assumption'],
  tcpHandshakeMs: ['A proxy connects to an endpoint.', 'assumption: a round trip within a cluster'],
  tlsHandshakeMs: ['What TLS adds to that.', 'assumption: another round trip, and the crypto'],
};

const ISTIOD: Texts<IstiodCosts> = {
  pushContextUs: ['Building the push context after a change of configuration.', 'istio#28402: 0.36 ms'],
  pushContextPerServiceUs: ['The same where services changed, per service.', 'istio#48443: 0.19 ms for 100'],
  pushContextEndpointsUs: ['The same where only endpoints changed.', 'test/lab: half of the others'],
  scopePerServiceUs: ['Scope of a namespace, per service.', 'Istio benchmarks'],
  proxyStateUs: ['Dequeue, proxy state and relevance check of one proxy.', 'test/lab'],
  proxyStatePerServiceUs: ['The same, per service.', 'test/lab at 1,001 services'],
  cdsUs: ['CDS of one proxy.', 'assumption'],
  cdsPerClusterUs: ['CDS, per cluster.', 'Istio benchmarks'],
  cdsPerServiceUs: ['CDS, per service: it goes through all of them.', 'test/lab at 1,001 services'],
  edsUs: ['EDS of one proxy.', 'assumption'],
  edsPerSubscribedUs: ['EDS: scan, per subscribed cluster.', 'test/lab at 1,001 services'],
  edsPerResourceUs: ['EDS, per cluster sent.', 'Istio benchmarks'],
  ldsUs: ['LDS of one proxy.', 'assumption'],
  ldsPerServiceUs: ['LDS, per service.', 'test/lab'],
  rdsUs: ['RDS of one proxy.', 'Istio benchmarks: 20–60 µs per VirtualService'],
  rdsPerServiceUs: ['RDS of a sidecar from the cache, per service.', 'test/lab at 1,001 services'],
  rdsPerMissedServiceUs: ['The same when its VirtualServices have changed.', 'test/lab; Istio benchmarks say 3.3'],
  timeSliceMs: ['CPU time that a goroutine has before others have their turn.', "Go's scheduler: 10 ms"],
};

const ENVOY: Texts<EnvoyCosts> = {
  cdsUs: ['A CDS message.', 'test/lab'],
  cdsPerUnchangedUs: ['CDS, per unchanged cluster (hashed, skipped).', 'Envoy reference'],
  cdsPerChangedUs: ['CDS, per added or changed cluster.', 'Envoy reference'],
  edsUs: ['An EDS message.', 'assumption'],
  edsPerClusterUs: ['EDS, per cluster.', 'Envoy reference'],
  ldsUs: ['An LDS message.', 'assumption'],
  ldsPerListenerUs: ['LDS, per listener.', 'test/lab'],
  rdsUs: ['An RDS message.', 'Envoy reference'],
  rdsPerServiceUs: ['RDS, per service of a changed route configuration.', 'Envoy reference'],
  rdsPerUnchangedServiceUs: ['RDS, per service of an unchanged one.', 'assumption: hash only'],
};

const timeSlice = z.number().min(0.1).max(1000);

export function latenciesField(defaults: Latencies) {
  return section(
    mapTexts(LATENCIES, (name, [text, source]) => field(distribution, defaults[name], text, source)),
    'Delays between the parts, in ms, each drawn on its own.',
  );
}

export function costsField(defaults: Costs) {
  return section(
    {
      istiod: section(
        mapTexts(ISTIOD, (name, [text, source]) =>
          field(name === 'timeSliceMs' ? timeSlice : microseconds, defaults.istiod[name], text, source),
        ),
        'CPU time of one istiod.',
      ),
      envoy: section(
        mapTexts(ENVOY, (name, [text, source]) => field(microseconds, defaults.envoy[name], text, source)),
        "CPU time of Envoy's main thread, in µs.",
      ),
      spreadSigma: field(
        z.number().min(0).max(3),
        defaults.spreadSigma,
        'Sigma of the lognormal factor (median 1) on every single cost.',
        'Istio benchmarks: unit costs vary twofold',
      ),
      sharedHost: sharedHostField(defaults.sharedHost),
    },
    'Unit costs of the work that the parts do.',
  );
}

const SHARED_HOST = {
  cores: z.number().min(0.1).max(1024).describe('Cores that istiod and the Envoys share.'),
  backgroundCores: z.number().min(0).max(1024).describe("Cores' worth of time that everything else takes."),
  burstMs: milliseconds.describe('How long a thread that wakes runs before it has to share.'),
  preemptionShare: probability.describe('Share of CPU steps that lose the core to another process.'),
  preemptionMs: distribution.describe('For how long they lose it.'),
};

/** A preset without a shared host has nothing to fill in what is missing of one. */
function sharedHostField(defaults: SharedHost | undefined): z.ZodType<SharedHost | undefined> {
  const text = 'All parts on one machine, as in test/lab. Left out: each istiod and each Envoy has its own cores.';
  const isPossible = (host: Pick<SharedHost, 'cores' | 'backgroundCores'>) => host.backgroundCores < host.cores;
  const problem = {
    message: 'the background leaves no core',
    path: ['backgroundCores'],
    params: { hint: 'backgroundCores is less than cores.' },
  };
  if (defaults === undefined) {
    const example = { cores: 2, backgroundCores: 0.5, burstMs: 1, preemptionShare: 0.05, preemptionMs: 1 };
    return optionalField(z.strictObject(SHARED_HOST).refine(isPossible, problem), text, example);
  }
  const { cores, backgroundCores, burstMs, preemptionShare, preemptionMs } = SHARED_HOST;
  const shape = {
    cores: cores.default(defaults.cores),
    backgroundCores: backgroundCores.default(defaults.backgroundCores),
    burstMs: burstMs.default(defaults.burstMs),
    preemptionShare: preemptionShare.default(defaults.preemptionShare),
    preemptionMs: preemptionMs.default(defaults.preemptionMs),
  };
  return z.strictObject(shape).refine(isPossible, problem).prefault({}).describe(text);
}

function mapTexts<T extends object, V>(
  texts: Texts<T>,
  toField: (name: keyof T, text: readonly [string, string]) => V,
): { readonly [K in keyof T]-?: V } {
  const fields = Object.entries(texts).map(([name, text]) => [
    name,
    toField(name as keyof T, text as readonly [string, string]),
  ]);
  return Object.fromEntries(fields) as { readonly [K in keyof T]-?: V };
}
