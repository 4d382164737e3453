/** A rollout as `xdsim.run/v1`. */
import {
  eventsOf,
  type Focus,
  failureOf,
  isFailure,
  type LongLivedTotals,
  NOT_MODELLED,
  type Rollout,
  type RolloutWindow,
  type RunReport,
  refusalInWords,
  type TimelineEntry,
} from '@xdsim/sim-core';
import { TOOL } from '../tool.js';
import { newTimeline } from './timeline.js';
import { newProxyTimeline } from './timeline-proxy.js';
import { windowEntries } from './timeline-windows.js';

const NS_PER_MS = 1e6;

export function newRunReport(rollout: Rollout, focus: Focus): RunReport {
  const { study, strategy, trial, dictionary, failing, windows } = rollout;
  const { scenario, horizonMs } = study;
  const { mesh } = scenario;
  const { id, kind } = dictionary.proxies[focus.proxy];
  const shape = {
    proxies: dictionary.proxies.length,
    workersPerProxy: mesh.workersPerProxy,
    debounceAfterMs: scenario.debounce.afterMs,
    drainTimeS: mesh.drainTimeS,
  };
  return {
    schema: 'xdsim.run/v1',
    tool: { ...TOOL },
    scenario: {
      name: scenario.name,
      file: scenario.file ?? null,
      seed: scenario.seed,
      overrides: study.overrides.map(({ path, value }) => ({ path, value })),
      istio: mesh.istio,
      proxies: { sidecar: mesh.sidecars, gateway: mesh.gateways },
      requestsPerSecond: scenario.traffic.requestsPerSecond,
      horizonMs,
    },
    strategy: { name: strategy.name, label: strategy.label },
    trial,
    timeline: merged(newTimeline(eventsOf(rollout), shape), windows, shape.proxies),
    windows: [...windows],
    proxy: {
      id,
      kind,
      why: focus.why,
      failingMs: failing.failingMs(focus.proxy),
      timeline: withWindows(newProxyTimeline(eventsOf(rollout), id), rollout, focus.proxy),
    },
    summary: summaryOf(rollout),
    notModelled: [...NOT_MODELLED],
    warnings: study.warnings.map(({ code, message }) => ({ code, message })),
  };
}

function summaryOf({ exposure, convergence, failing, longLived }: Rollout): RunReport['summary'] {
  const { completeNs, unsettledShare, propagationNs, skewNs, inconsistentNs } = convergence;
  const { failingNs, failingSpans, failures, errors, buckets } = exposure;
  const optional = (ns: number | undefined): number | null => (ns === undefined ? null : ns / NS_PER_MS);
  return {
    completeMs: optional(completeNs),
    unsettledShare,
    propagationMs: propagationNs / NS_PER_MS,
    skewMs: skewNs / NS_PER_MS,
    inconsistentMs: inconsistentNs / NS_PER_MS,
    failingMs: failingNs / NS_PER_MS,
    failingFromMs: optional(failingSpans[0]?.fromNs),
    failingToMs: optional(failingSpans.at(-1)?.toNs),
    failingProxies: failing.proxies,
    failures,
    errors,
    requests: buckets.reduce((sum, { expected }) => sum + expected, 0),
    byCause: buckets
      .filter(({ bucket, expected }) => expected > 0 && isFailure(bucket))
      .map(({ bucket, expected }) => ({ ...failureOf(bucket), expected }))
      .sort((a, b) => b.expected - a.expected),
    ...connectionsOf(longLived),
  };
}

/** Left out where the rollout can affect none. */
function connectionsOf({ tcp, streams, handshakes, peakHandshakesPerUpstream, refused }: LongLivedTotals) {
  if (tcp.openAtStart + tcp.opened + streams.openAtStart + streams.opened + refused.length === 0) return {};
  return {
    longLived: {
      tcp: { ...tcp },
      streams: { ...streams },
      handshakes,
      peakHandshakesPerUpstream,
      refused: refused.map(({ refusal: { kind, ...refusal }, expected }) => ({
        ...refusal,
        proxyKind: kind,
        why: refusalInWords(refusal.cause),
        expected,
      })),
    },
  };
}

/** The proxy's own failing windows between what it does. */
function withWindows(timeline: readonly TimelineEntry[], rollout: Rollout, proxy: number): TimelineEntry[] {
  const { failing, dictionary, study } = rollout;
  return merged(timeline, failing.windows(dictionary, study.horizonMs * NS_PER_MS, proxy), undefined);
}

function merged(timeline: readonly TimelineEntry[], windows: readonly RolloutWindow[], of: number | undefined) {
  const entries = windows.flatMap((window) => windowEntries(window, of));
  return [...timeline, ...entries].sort((a, b) => a.fromMs - b.fromMs);
}
