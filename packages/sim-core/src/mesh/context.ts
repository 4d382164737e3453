/** What every part of one run shares: the clock, the event queue, the draws, the trace. */

import type { Distribution } from '../kernel/distribution.js';
import { newSampler, type Sampler } from '../kernel/distribution.js';
import type { EventQueue } from '../kernel/event-queue.js';
import type { Draws } from '../kernel/random.js';
import { msToNs } from '../kernel/time.js';
import type { Latencies } from '../scenario/types.js';
import type { TraceSink } from '../trace/events.js';
import type { MeshModel } from './model.js';

/** Integer event kinds, dispatched in run.ts; a and b mean what the handler says. */
export const EventKind = {
  GroupDue: 0,
  WriteCommitted: 1,
  GatePoll: 2,
  PodReady: 3,
  SliceCommitted: 4,
  WatchDelivered: 5,
  DebounceTimer: 6,
  ContextReady: 7,
  CpuTick: 8,
  ScopeReady: 9,
  StepGenerated: 10,
  RequestArrived: 11,
  RequestRead: 12,
  ResponseArrived: 13,
  MainWoken: 14,
  EndpointsReached: 15,
  MessageProcessed: 16,
  Flush: 17,
  WorkerRuns: 18,
  ChurnDue: 19,
  ChurnDelivered: 20,
  SendUnblocked: 21,
  StreamEnds: 22,
  Reconnect: 23,
  StreamAccepted: 24,
  IstiodFails: 25,
  IstiodReturns: 26,
  LinkCut: 27,
  Start: 28,
  IstiodSlice: 29,
  ServerChanged: 30,
  DrainOver: 31,
  PodProbed: 32,
  PodAvailable: 33,
  PodGone: 34,
  PodSlice: 35,
  PodFlaps: 36,
  PodProbedAgain: 37,
  AgesDue: 38,
  StreamReset: 39,
  FetchTimedOut: 40,
} as const;

/** What a draw is for: a stream of its own for every (entity, purpose), so that strategies meet the same luck. */
export const Purpose = {
  GroupStart: 0,
  WriteOrder: 1,
  ApiRequest: 2,
  Watch: 3,
  VirtualServiceExtra: 4,
  Readiness: 5,
  EndpointSlice: 6,
  TimerLate: 7,
  PushOrder: 8,
  IstiodCost: 9,
  Downstream: 10,
  Upstream: 11,
  IstiodWake: 12,
  EnvoyWake: 13,
  EnvoyCost: 14,
  Flush: 15,
  WorkerPost: 16,
  Preemption: 17,
  Replica: 18,
  EndpointPlace: 19,
  ChurnGap: 20,
  ChurnKind: 21,
  ChurnWatch: 22,
  ConnectionAge: 23,
  Backoff: 24,
  RestartAt: 25,
  RestartDown: 26,
  ChurnStart: 27,
  TimeSlice: 28,
  ServerPost: 29,
  ServerChange: 30,
  ListenerPost: 31,
  PodStart: 32,
  PodStartup: 33,
  PodSlice: 34,
  PodFlap: 35,
  PodDown: 36,
  PodIdle: 37,
} as const;

/** One for all events of the mesh: at equal times they run in the order in which they were scheduled. */
export const PRIORITY = 0;

export interface RunContext {
  readonly model: MeshModel;
  readonly queue: EventQueue;
  readonly draws: Draws;
  sink: TraceSink;
  readonly delays: { readonly [K in keyof Latencies]: Sampler };
  now: number;
}

/** A delay in ns, drawn for an (entity, purpose, ordinal). */
export function drawNs(ctx: RunContext, sampler: Sampler, entity: number, purpose: number, ordinal: number): number {
  if (sampler.isConstant) return msToNs(sampler.mean);
  return Math.max(0, msToNs(sampler.quantile(ctx.draws.uniform(entity, purpose, ordinal))));
}

export function newDelays(latencies: Latencies): RunContext['delays'] {
  const entries = Object.entries(latencies) as [keyof Latencies, Distribution][];
  return Object.fromEntries(entries.map(([name, spec]) => [name, newSampler(spec)])) as unknown as RunContext['delays'];
}
