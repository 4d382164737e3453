/**
 * Delays and unit costs. `default` is what users get; `lab` stands for the one host on which test/lab was measured and
 * is for validation only. Sources: I = istiod reference (sections), E = Envoy reference, T = tools reference, L = lab.
 */
import type { Preset } from './types.js';

const DEFAULT: Preset = {
  latencies: {
    apiRequestMs: { lognormal: { median: 12, p95: 30 } }, // T0.2: kubectl to a near API server 12–15 ms
    watchMs: { lognormal: { median: 2, p95: 10 } }, // T0.2: no published number; assumption
    virtualServiceExtraMs: { uniform: [0, 0.5] }, // I1.4: two more goroutine hand-offs, sub-ms
    endpointSliceMs: { lognormal: { median: 15, p95: 60 } }, // T9: kubelet status and slice write, no batching
    timerLateMs: { uniform: [0.05, 0.3] }, // I12: "debounce 100.18 ms" in istio#28402
    xdsOneWayMs: { lognormal: { median: 1, p95: 3 } }, // E15: rtt_xds 2 ms
    requestFlushMs: { uniform: [0.05, 0.3] }, // L: 0.1–0.7 ms on a busy host
    wakeMs: { uniform: [0.02, 0.2] }, // assumption: an idle thread on an idle core
    workerPostMs: { lognormal: { median: 0.2, p95: 1 } }, // E15: d_post
    tcpHandshakeMs: { lognormal: { median: 0.5, p95: 1.5 } }, // E15: h_tcp
    tlsHandshakeMs: { lognormal: { median: 2, p95: 5 } }, // E15: h_tls
  },
  costs: {
    istiod: {
      pushContextUs: 360, // I12: istio#28402
      pushContextPerServiceUs: 2, // I13: 0.19 ms for 100 services (istio#48443)
      pushContextEndpointsUs: 180, // L: about half of the others
      scopePerServiceUs: 2, // I13: b1
      proxyStateUs: 350, // L: 0.5 ms of CPU per proxy at 11 services
      proxyStatePerServiceUs: 0.8, // L: 5 ms of CPU at 1,001 services in all
      cdsUs: 100,
      cdsPerClusterUs: 8, // I12
      cdsPerServiceUs: 0.8, // L: 0.1 ms at 11 services, 1 ms at 1,001
      edsUs: 20,
      edsPerSubscribedUs: 0.2, // L: endpoint-only pushes stay cheap at 1,001 services
      edsPerResourceUs: 4.5, // I12
      ldsUs: 100,
      ldsPerServiceUs: 0.5, // L: LDS hardly grows with HTTP services
      rdsUs: 60, // I12: 20–60 µs per VirtualService on a gateway
      rdsPerServiceUs: 2, // L: at 1,001 services
      rdsPerMissedServiceUs: 5, // I12 says 3.3
      timeSliceMs: 10, // Go's scheduler
    },
    envoy: {
      cdsUs: 60,
      cdsPerUnchangedUs: 18, // E15: d_hash_skip
      cdsPerChangedUs: 1000, // E15: d_cluster_new
      edsUs: 100,
      edsPerClusterUs: 40, // E15: d_eds_apply
      ldsUs: 50,
      ldsPerListenerUs: 50, // L
      rdsUs: 100, // E15: d_rds_apply
      rdsPerServiceUs: 80, // E15: d_rds_apply
      rdsPerUnchangedServiceUs: 10, // assumption: hash only
    },
    spreadSigma: 0.25, // I12: unit costs ± 2×
  },
};

/**
 * Unit costs were set beside istiod's own metrics and the spans of scale/, which are few among the numbers that are fitted;
 * no step of `xdsim fit test/lab` from there gains anything. docs/validation.md has how well each is determined.
 */
const LAB: Preset = {
  latencies: {
    apiRequestMs: {
      quantiles: [
        [0, 0.7],
        [0.1, 0.95],
        [0.5, 1.6],
        [0.9, 2.5],
        [1, 4.5],
      ],
    },
    watchMs: { uniform: [0.05, 0.4] },
    virtualServiceExtraMs: { uniform: [0, 0.3] },
    endpointSliceMs: 0,
    timerLateMs: {
      quantiles: [
        [0, 0.3],
        [0.1, 0.6],
        [0.5, 1.1],
        [0.9, 1.6],
        [1, 3.3],
      ],
    },
    xdsOneWayMs: { uniform: [0.05, 0.15] },
    requestFlushMs: {
      quantiles: [
        [0, 0.07],
        [0.1, 0.1],
        [0.5, 0.3],
        [0.9, 1.7],
        [1, 5],
      ],
    },
    wakeMs: {
      quantiles: [
        [0, 0.05],
        [0.1, 0.13],
        [0.5, 0.85],
        [0.9, 2.7],
        [1, 4.5],
      ],
    },
    workerPostMs: {
      quantiles: [
        [0, 0.03],
        [0.1, 0.06],
        [0.5, 0.2],
        [0.9, 0.9],
        [1, 2],
      ],
    },
    tcpHandshakeMs: { uniform: [0.1, 0.4] },
    tlsHandshakeMs: { uniform: [1, 3] },
  },
  costs: {
    istiod: {
      pushContextUs: 100,
      pushContextPerServiceUs: 2,
      pushContextEndpointsUs: 45,
      scopePerServiceUs: 2,
      proxyStateUs: 350,
      proxyStatePerServiceUs: 1.1,
      cdsUs: 60,
      cdsPerClusterUs: 5,
      cdsPerServiceUs: 0.4,
      edsUs: 80,
      edsPerSubscribedUs: 0.05,
      edsPerResourceUs: 3,
      ldsUs: 40,
      ldsPerServiceUs: 0.1,
      rdsUs: 20,
      rdsPerServiceUs: 1,
      rdsPerMissedServiceUs: 8,
      timeSliceMs: 10,
    },
    envoy: {
      cdsUs: 60,
      cdsPerUnchangedUs: 40,
      cdsPerChangedUs: 675,
      edsUs: 30,
      edsPerClusterUs: 41,
      ldsUs: 100,
      ldsPerListenerUs: 15,
      rdsUs: 60,
      rdsPerServiceUs: 40,
      rdsPerUnchangedServiceUs: 10,
    },
    spreadSigma: 0.15,
    sharedHost: {
      cores: 2,
      backgroundCores: 0.35,
      burstMs: 0.8,
      preemptionShare: 0.1,
      preemptionMs: {
        quantiles: [
          [0, 0.5],
          [0.5, 2.5],
          [1, 5],
        ],
      },
    },
  },
};

export const PRESETS = { default: DEFAULT, lab: LAB } as const;
export type PresetName = keyof typeof PRESETS;
