/** What a Deployment or StatefulSet says about how its pods come and go; defaults are those of Kubernetes. */
import { durationMs } from './duration.js';
import { fieldOf, isFields, listOf } from './object-source.js';
import type { Workload } from './types.js';

/** Attempts of a probe: at the start, then every period. */
export interface ProbeGrid {
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly successThreshold: number;
}

export interface PodTiming {
  /** undefined: ready as soon as it runs. */
  readonly readinessProbe?: ProbeGrid;
  /** Until it succeeds there is no other probe. */
  readonly startupProbe?: ProbeGrid;
  /** From the deletion until the process hears of it. */
  readonly preStopMs: number;
  /** The same of its sidecar, where that does not wait for the other containers; undefined: it hears of it at once. */
  readonly proxyPreStopMs?: number;
  readonly gracePeriodMs: number;
  /** terminationDrainDuration of its sidecar; undefined: the mesh's. */
  readonly drainMs?: number;
  /**
   * EXIT_ON_ZERO_ACTIVE_CONNECTIONS: the sidecar stays until its last connection ends, or the grace period does, and for
   * MINIMUM_DRAIN_DURATION in any case.
   */
  readonly exitsWhenIdle: boolean;
  readonly minimumDrainMs: number;
}

export interface RolloutLimits {
  /** Pods above, and available pods below the wanted number; a StatefulSet replaces one by one. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** All old pods go before the first new one comes. */
  readonly recreates: boolean;
  readonly minReadyMs: number;
}

export function podTiming({ meta }: Workload): PodTiming {
  const spec = fieldOf(meta.raw, 'spec', 'template', 'spec');
  const containers = listOf(fieldOf(spec, 'containers'));
  const probes = (name: string): ProbeGrid[] => containers.flatMap((container) => probeOf(fieldOf(container, name)));
  const proxyConfig = String(fieldOf(meta.raw, 'spec', 'template', 'metadata', 'annotations', 'proxy.istio.io/config'));
  const drain = durationIn(proxyConfig, 'terminationDrainDuration');
  return {
    readinessProbe: slowest(probes('readinessProbe')),
    startupProbe: slowest(probes('startupProbe')),
    preStopMs: Math.max(0, ...containers.map(preStopOf)),
    proxyPreStopMs: Math.max(0, ...containers.filter(isProxy).map(preStopOf)),
    gracePeriodMs: seconds(fieldOf(spec, 'terminationGracePeriodSeconds'), 30),
    drainMs: drain,
    exitsWhenIdle:
      /EXIT_ON_ZERO_ACTIVE_CONNECTIONS["']?:\s*["']?true/.test(proxyConfig) ||
      containers.filter(isProxy).some((proxy) => envOf(proxy, 'EXIT_ON_ZERO_ACTIVE_CONNECTIONS') === 'true'),
    minimumDrainMs: durationIn(proxyConfig, 'MINIMUM_DRAIN_DURATION') ?? 5000,
  };
}

function isProxy(container: unknown): boolean {
  return fieldOf(container, 'name') === 'istio-proxy';
}

function envOf(container: unknown, name: string): unknown {
  return fieldOf(
    listOf(fieldOf(container, 'env')).find((variable) => fieldOf(variable, 'name') === name),
    'value',
  );
}

function durationIn(proxyConfig: string, name: string): number | undefined {
  const written = new RegExp(`${name}["']?:\\s*["']?((?:[\\d.]+[a-z]+)+)`).exec(proxyConfig)?.[1];
  return written === undefined ? undefined : durationMs(written);
}

/** @param replicas that are wanted: percentages are of them, surge rounded up and unavailable down */
export function rolloutLimits({ meta, type }: Workload, replicas: number): RolloutLimits {
  const spec = meta.raw.spec;
  const minReadyMs = seconds(fieldOf(spec, 'minReadySeconds'), 0);
  if (type === 'StatefulSet') return { maxSurge: 0, maxUnavailable: 1, recreates: false, minReadyMs };
  const rolling = fieldOf(spec, 'strategy', 'rollingUpdate');
  const maxSurge = countOf(fieldOf(rolling, 'maxSurge'), replicas, Math.ceil);
  const maxUnavailable = countOf(fieldOf(rolling, 'maxUnavailable'), replicas, Math.floor);
  return {
    maxSurge,
    // Kubernetes refuses two zeros as written, and makes one of what rounds to them.
    maxUnavailable: maxSurge + maxUnavailable === 0 ? 1 : maxUnavailable,
    recreates: fieldOf(spec, 'strategy', 'type') === 'Recreate',
    minReadyMs,
  };
}

function countOf(written: unknown, replicas: number, round: (value: number) => number): number {
  if (typeof written === 'number') return written;
  const percent = typeof written === 'string' ? Number(/^(\d+)%$/.exec(written)?.[1] ?? 25) : 25;
  return round((percent * replicas) / 100);
}

function probeOf(probe: unknown): ProbeGrid[] {
  if (!isFields(probe)) return [];
  return [
    {
      initialDelayMs: seconds(probe.initialDelaySeconds, 0),
      periodMs: seconds(probe.periodSeconds, 10),
      successThreshold: typeof probe.successThreshold === 'number' ? probe.successThreshold : 1,
    },
  ];
}

/** A pod is ready when its last container is. */
function slowest(grids: readonly ProbeGrid[]): ProbeGrid | undefined {
  if (grids.length === 0) return undefined;
  return grids.reduce((a, b) => (a.initialDelayMs + a.periodMs >= b.initialDelayMs + b.periodMs ? a : b));
}

/** A sleep of its own, or the `sleep N` that most images have. */
function preStopOf(container: unknown): number {
  const hook = fieldOf(container, 'lifecycle', 'preStop');
  const sleep = fieldOf(hook, 'sleep', 'seconds');
  if (typeof sleep === 'number') return sleep * 1000;
  const command = listOf(fieldOf(hook, 'exec', 'command')).join(' ');
  return Number(/\bsleep\s+(\d+(\.\d+)?)/.exec(command)?.[1] ?? 0) * 1000;
}

function seconds(written: unknown, otherwise: number): number {
  return (typeof written === 'number' ? written : otherwise) * 1000;
}
