/** Long-lived connections of one moment, and over time. Between what is known they are taken to end evenly. */
import type { ConnectionDrain, LongLivedPicture } from './picture.js';

export interface DrainingStep {
  readonly atNs: number;
  readonly draining: number;
}

/** Those of a proxy that are on replaced listeners. */
export function drainingAt({ drains }: LongLivedPicture, proxy: number, ns: number): number {
  return drains
    .filter((drain) => drain.proxy === proxy && drain.fromNs <= ns && ns < drain.toNs)
    .reduce((sum, drain) => sum + drain.atStart + (ns - drain.fromNs) * slope(drain), 0);
}

/** Over all proxies: corners of a line, two at a moment at which it jumps. */
export function drainingLine({ drains }: LongLivedPicture): DrainingStep[] {
  const corners = drains.flatMap((drain) => [
    { atNs: drain.fromNs, jump: drain.atStart, slope: slope(drain) },
    { atNs: drain.toNs, jump: -atEnd(drain), slope: -slope(drain) },
  ]);
  const line: DrainingStep[] = [];
  let [lastNs, draining, perNs] = [0, 0, 0];
  for (const corner of corners.sort((a, b) => a.atNs - b.atNs)) {
    draining += perNs * (corner.atNs - lastNs);
    line.push({ atNs: corner.atNs, draining: Math.max(0, draining) });
    draining += corner.jump;
    perNs += corner.slope;
    lastNs = corner.atNs;
    line.push({ atNs: corner.atNs, draining: Math.max(0, draining) });
  }
  return line;
}

export function totalOpen({ open }: LongLivedPicture): number {
  return open.reduce((sum, count) => sum + count, 0);
}

function atEnd({ cut, atStart }: ConnectionDrain): number {
  return cut ?? atStart;
}

function slope(drain: ConnectionDrain): number {
  return (atEnd(drain) - drain.atStart) / Math.max(1, drain.toNs - drain.fromNs);
}
