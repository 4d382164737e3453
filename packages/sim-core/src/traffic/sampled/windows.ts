/**
 * Which stretches of a rollout are simulated request by request: around each disturbance, from early enough that the usual
 * number of requests is under way, until the pools have settled. In between the cluster is as in its steady state.
 */

import type { ClusterSetting } from '../pools/setting.js';
import type { ClusterChange, ClusterStart } from './cluster-changes.js';

export interface Window {
  readonly fromNs: number;
  /** The first disturbance. */
  readonly disturbedNs: number;
  readonly toNs: number;
}

/** Requests to each pool in which it becomes as large as it is at most times. */
const SETTLING_REQUESTS = 8;
/** What pools lack by then they get as the steady state tells. */
const SETTLING_MAX_NS = 1e9;

/** Of requests, all but one in a thousand are over by then. */
const NEARLY_ALL = 0.999;
const DURATION_MAX_NS = 10e9;

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;

/** @param scale below 1 where there are too many requests: shorter windows, the same for all */
export function windowsOf(
  setting: ClusterSetting,
  start: ClusterStart,
  changes: readonly ClusterChange[],
  horizonNs: number,
  scale: number,
): Window[] {
  const times = changes.flatMap(({ disturbs, atNs }) => (disturbs ? [atNs] : []));
  const before = scale * longestNs(setting, start, changes);
  const after = before + scale * settlingNs(start, changes);
  const windows: Window[] = [];
  for (const atNs of times) {
    const last = windows.at(-1);
    const toNs = Math.min(horizonNs, atNs + after);
    if (last !== undefined && atNs - before <= last.toNs) windows[windows.length - 1] = { ...last, toNs };
    else windows.push({ fromNs: atNs - before, disturbedNs: atNs, toNs });
  }
  return windows;
}

/** Requests that all windows of a cluster hold, at the highest of its loads. */
export function requestsIn(
  { workers }: ClusterSetting,
  start: ClusterStart,
  changes: readonly ClusterChange[],
  windows: readonly Window[],
): number {
  const loads = changes.flatMap((change) => (change.kind === 'load' ? [change.load.perSecond] : []));
  const lastsNs = windows.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
  return (Math.max(start.load.perSecond, ...loads) * workers * lastsNs) / NS_PER_SECOND;
}

function longestNs(setting: ClusterSetting, start: ClusterStart, changes: readonly ClusterChange[]): number {
  const members = new Set(start.members);
  for (const change of changes) {
    if (change.kind === 'members') for (const endpoint of change.members) members.add(endpoint);
  }
  const durations = [...members].map((endpoint) => setting.upstreams[endpoint].durationMs.quantile(NEARLY_ALL));
  const handshakeMs = setting.tcpHandshakeMs.quantile(NEARLY_ALL) + setting.tlsHandshakeMs.quantile(NEARLY_ALL);
  return Math.min(DURATION_MAX_NS, NS_PER_MS * (Math.max(0, ...durations) + handshakeMs));
}

function settlingNs(start: ClusterStart, changes: readonly ClusterChange[]): number {
  let { perSecond } = start.load;
  let pools = start.members.length;
  for (const change of changes) {
    if (change.kind === 'load' && change.load.perSecond > 0) perSecond = change.load.perSecond;
    if (change.kind === 'members') pools = Math.max(pools, change.members.length);
  }
  if (perSecond === 0) return 0;
  // A worker's load on its own pools.
  return Math.min(SETTLING_MAX_NS, (NS_PER_SECOND * SETTLING_REQUESTS * pools) / perSecond);
}
