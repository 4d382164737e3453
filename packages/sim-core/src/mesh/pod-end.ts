/**
 * When a pod that is told to go has stopped (envoy.md 13.2; istio: pkg/envoy/agent.go): its own processes at the signal,
 * behind a sidecar when that has drained.
 */
import { exp } from '../kernel/elementary.js';
import type { PodTiming } from '../manifest/pod-template.js';

/** What may still be open to a pod: the mesh asks, and whoever knows the traffic answers. */
export interface LastingConnections {
  /** Expected connections and requests to an endpoint that are still open so long after its pod was told to go. */
  openAfter(endpoint: number, ms: number): number;
}

/** In ms from the deletion. */
export interface PodEnd {
  readonly signalMs: number;
  readonly stopMs: number;
  /** The last look at its connections that found some; 0: nobody has found any. */
  readonly busyMs: number;
  /** It stopped because nothing was open to it any more. */
  readonly isIdle: boolean;
}

const POLL_MS = 1000;

/**
 * What is open to a pod is a Poisson number, each with a time of its own left, so that all have ended with the probability
 * exp(−open): one uniform number says at which look.
 * @param meshDrainMs terminationDrainDuration where the pod has none of its own
 * @param open expected number, by ms from the deletion
 */
export function podEnd(
  timing: PodTiming,
  hasSidecar: boolean,
  meshDrainMs: number,
  open: (ms: number) => number,
  uniform: () => number,
): PodEnd {
  const { gracePeriodMs } = timing;
  const signalMs = Math.min(timing.preStopMs, gracePeriodMs);
  if (!hasSidecar) return { signalMs, stopMs: signalMs, busyMs: 0, isIdle: false };
  if (!timing.exitsWhenIdle) {
    const stopMs = Math.min(signalMs + (timing.drainMs ?? meshDrainMs), gracePeriodMs);
    return { signalMs, stopMs, busyMs: 0, isIdle: false };
  }
  const u = uniform();
  let busyMs = 0;
  for (let atMs = signalMs + timing.minimumDrainMs + POLL_MS; atMs < gracePeriodMs; atMs += POLL_MS) {
    if (u < exp(-open(atMs))) return { signalMs, stopMs: atMs, busyMs, isIdle: true };
    busyMs = atMs;
  }
  return { signalMs, stopMs: gracePeriodMs, busyMs, isIdle: false };
}

/**
 * How many connections are open when a pod stops, as a multiple of what would be without a look: none where it stopped
 * for want of them, and more where looks have found some.
 */
export function openShareAtEnd({ busyMs, isIdle }: Pick<PodEnd, 'busyMs' | 'isIdle'>, openAtLook: number): number {
  if (isIdle) return 0;
  return busyMs === 0 || openAtLook === 0 ? 1 : 1 / (1 - exp(-openAtLook));
}
