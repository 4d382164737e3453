/** Runs a plan in a mesh and keeps everything that can be seen of it. */
import { newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import { msToNs } from '../../packages/sim-core/src/kernel/time.js';
import { newDictionary } from '../../packages/sim-core/src/mesh/dictionary.js';
import type { PushContents } from '../../packages/sim-core/src/mesh/istiod/push-content.js';
import { MeshModel } from '../../packages/sim-core/src/mesh/model.js';
import { newMeshRun } from '../../packages/sim-core/src/mesh/run.js';
import type { RolloutPlan } from '../../packages/sim-core/src/rollout/plan.js';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';
import { DEFAULT_TRAFFIC } from '../../packages/sim-core/src/scenario/traffic-schema.js';
import type {
  Costs,
  EnvoyCosts,
  IstiodCosts,
  Latencies,
  MeshSize,
  Scenario,
  TrafficShape,
} from '../../packages/sim-core/src/scenario/types.js';
import type { TraceDictionary, TraceSink } from '../../packages/sim-core/src/trace/events.js';
import { FanOut } from '../../packages/sim-core/src/trace/fan-out.js';
import { Recording } from '../../packages/sim-core/src/trace/recording.js';
import { Exposure, type ExposureTotals, type IntervalListener } from '../../packages/sim-core/src/traffic/exposure.js';
import { EndpointCourses } from '../../packages/sim-core/src/traffic/in-flight/endpoint-courses.js';
import {
  type CutRequests,
  InFlight,
  type InFlightTotals,
  NOTHING_IN_FLIGHT,
} from '../../packages/sim-core/src/traffic/in-flight/in-flight.js';
import { withInFlight } from '../../packages/sim-core/src/traffic/in-flight/with-in-flight.js';
import { LongLivedModel } from '../../packages/sim-core/src/traffic/long-lived/long-lived-model.js';
import { Outcomes } from '../../packages/sim-core/src/traffic/outcomes.js';

const NOTHING_LASTS = { openAfter: () => 0 };

const MESH: MeshSize = {
  istio: '1.32',
  sidecars: 0,
  gateways: 1,
  services: 10,
  istiodReplicas: 1,
  istiodCores: 4,
  pushThrottle: 'auto',
  workersPerProxy: 1,
  interception: 'redirect',
  namespaces: {},
  localities: {},
  initialFetchTimeoutMs: 0,
  filterGatewayClusters: false,
  maxConnectionAgeMin: 'never',
  drainTimeS: 45,
};

export type ScenarioParts = Partial<Omit<Scenario, 'mesh' | 'traffic'>> & {
  readonly mesh?: Partial<MeshSize>;
  readonly traffic?: Partial<TrafficShape>;
};

export function newScenario({ mesh, traffic, ...parts }: ScenarioParts = {}): Scenario {
  return {
    name: 'test',
    seed: 'test',
    trials: 1,
    mesh: { ...MESH, ...mesh },
    traffic: { ...DEFAULT_TRAFFIC, ...traffic },
    workloads: {
      rollout: 'before',
      startMs: 2,
      startupMs: 3,
      drainMs: 5000,
      nativeSidecars: true,
      acceptsWhileDraining: true,
      flapping: [],
    },
    debounce: { afterMs: 100, maxMs: 10_000, endpoints: true },
    churn: { endpointEventsPerSecond: 0, configEventsPerSecond: 0 },
    faults: { slowProxies: {}, partitions: [], streamResets: [], istiodRestarts: [], nacks: [] },
    ...PRESETS.default,
    strategies: {},
    userSet: new Set(),
    ...parts,
  };
}

/** Round numbers, in µs: what a message costs, and what each of its resources does. */
const STEADY_COSTS: Costs = {
  istiod: {
    pushContextUs: 400,
    pushContextPerServiceUs: 0,
    pushContextEndpointsUs: 400,
    scopePerServiceUs: 0,
    proxyStateUs: 500,
    proxyStatePerServiceUs: 0,
    cdsUs: 100,
    cdsPerClusterUs: 0,
    cdsPerServiceUs: 0,
    edsUs: 100,
    edsPerSubscribedUs: 0,
    edsPerResourceUs: 0,
    ldsUs: 100,
    ldsPerServiceUs: 0,
    rdsUs: 100,
    rdsPerServiceUs: 0,
    rdsPerMissedServiceUs: 0,
    timeSliceMs: 10,
  },
  envoy: {
    cdsUs: 100,
    cdsPerUnchangedUs: 100,
    cdsPerChangedUs: 1_000,
    edsUs: 100,
    edsPerClusterUs: 100,
    ldsUs: 100,
    ldsPerListenerUs: 100,
    rdsUs: 300,
    rdsPerServiceUs: 0,
    rdsPerUnchangedServiceUs: 0,
  },
  spreadSigma: 0,
};

const STEADY_LATENCIES: Latencies = {
  apiRequestMs: 10,
  watchMs: 1,
  virtualServiceExtraMs: 0.5,
  endpointSliceMs: 5,
  timerLateMs: 0,
  xdsOneWayMs: 1,
  requestFlushMs: 0.1,
  wakeMs: 0.1,
  workerPostMs: 0.2,
  tcpHandshakeMs: 0.5,
  tlsHandshakeMs: 2,
};

interface Slower {
  readonly latencies?: Partial<Latencies>;
  readonly istiod?: Partial<IstiodCosts>;
  readonly envoy?: Partial<EnvoyCosts>;
}

/** Every delay and every cost one number: a trace that can be worked out by hand. */
export function steadyScenario(mesh: Partial<MeshSize> = {}, { latencies, istiod, envoy }: Slower = {}): Scenario {
  return newScenario({
    mesh,
    latencies: { ...STEADY_LATENCIES, ...latencies },
    costs: {
      ...STEADY_COSTS,
      istiod: { ...STEADY_COSTS.istiod, ...istiod },
      envoy: { ...STEADY_COSTS.envoy, ...envoy },
    },
  });
}

export interface Observed {
  readonly model: MeshModel;
  readonly outcomes: Outcomes;
  readonly courses: EndpointCourses;
  readonly cut: readonly CutRequests[];
  /** What else becomes of requests after they were sent. */
  readonly later: InFlightTotals['differences'];
  readonly contents: PushContents;
  readonly recording: Recording;
  readonly dictionary: TraceDictionary;
  readonly exposure: Exposure;
  readonly totals: ExposureTotals;
  readonly horizonNs: number;
}

export interface ObserveOptions {
  readonly seed?: string;
  readonly trial?: number;
  readonly horizonMs?: number;
  readonly outcomes?: Outcomes;
  /** Pods that wait for what is open to them find it. */
  readonly lasting?: boolean;
  readonly onInterval?: (outcomes: Outcomes) => IntervalListener;
  /** Further readers of the same trace. */
  readonly sinks?: (outcomes: Outcomes, exposure: Exposure, contents: PushContents) => readonly TraceSink[];
}

export function observe(scenario: Scenario, plan: RolloutPlan, options: ObserveOptions = {}): Observed {
  const outcomes = options.outcomes ?? new Outcomes(new MeshModel(scenario, plan));
  const { model } = outcomes;
  const { seed = 'test', trial = 0, horizonMs = 60_000 } = options;
  const horizonNs = msToNs(horizonMs);
  const listener = options.onInterval?.(outcomes);
  const inFlight = InFlight.isNeeded(outcomes) ? new InFlight(outcomes) : undefined;
  const exposure = new Exposure(outcomes, (...interval) => {
    inFlight?.onInterval(...interval);
    listener?.(...interval);
  });
  const recording = new Recording();
  const lasting = options.lasting ? new LongLivedModel(outcomes).lasting : NOTHING_LASTS;
  const courses = new EndpointCourses(lasting);
  const run = newMeshRun(model, { root: newRootKey(seed), trial, horizonNs, lasting });
  run.run(new FanOut([recording, exposure, courses, ...(options.sinks?.(outcomes, exposure, run.contents) ?? [])]));
  const totals = exposure.finish(horizonNs);
  const { cut, differences, ...others } = inFlight?.finish(courses, horizonNs) ?? NOTHING_IN_FLIGHT;
  return {
    model,
    outcomes,
    courses,
    cut,
    later: differences.filter(({ bucket }) => bucket.cause !== 'pod-killed'),
    contents: run.contents,
    recording,
    dictionary: newDictionary(model, run.contents),
    exposure,
    totals: withInFlight(totals, { cut, differences, ...others }),
    horizonNs,
  };
}

/** Expected requests with a flag, alone or with URX. */
export function expectedOf(totals: ExposureTotals, flag: string): number {
  return totals.buckets.reduce(
    (sum, { bucket, expected }) => sum + (bucket.flag.split(',')[0] === flag ? expected : 0),
    0,
  );
}
