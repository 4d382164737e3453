import type { Drain } from './cohort.js';

/** Who wants to see what becomes of long-lived connections, while it does. Numbers are expected ones. */
export interface FateListener {
  /** At a proxy, from the steady state before the rollout; told in parts. */
  openAtStart(proxy: number, count: number): void;
  /** Connections of a proxy are on filter chains that have been replaced: from now on they drain. Told in parts. */
  drains(proxy: number, drain: Drain, atMs: number, count: number): void;
  /** The time of a drain is over, and these are left. */
  cutDrained(proxy: number, drain: Drain, atMs: number, count: number): void;
  /** The other end of the connections of a proxy has gone. */
  cutByServer(proxy: number, atMs: number, count: number): void;
}
