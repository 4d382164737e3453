/**
 * A few requests of one rollout, as an access log would have caught them: each kind of failure, and some that went well.
 * What only the sampled connections tell of (traffic/sampled/), ejections and the burst behind a swap, is not among them.
 */
import { Draws, type RootKey, UniformStream } from '../kernel/random.js';
import { FanOut } from '../trace/fan-out.js';
import type { Cause } from '../traffic/causes.js';
import type { IntervalListener } from '../traffic/exposure.js';
import type { Outcomes } from '../traffic/outcomes.js';
import { RequestSampler, type SampledRequest } from '../traffic/sampler.js';
import { newRunOf, type PreparedStrategy } from './trial.js';
import { TrialRequests } from './trial-requests.js';

export interface LoggedRequest extends Omit<SampledRequest, 'cause'> {
  readonly method: string;
  readonly cause: Cause;
  /** `x-request-id`. */
  readonly id: string;
}

/** Apart from those of the sampler, so that what is picked changes nothing of what happens. */
const Purpose = { Pick: 0x1001, Method: 0x1002, Id: 0x1003 } as const;

/**
 * In order of time. The same (root, trial) picks the same requests.
 * @param lines how many there are at most; a fifth of them succeed, and all where nothing fails
 */
export function sampleRequests(
  prepared: PreparedStrategy,
  root: RootKey,
  trial: number,
  horizonNs: number,
  lines: number,
): LoggedRequest[] {
  const { model, outcomes, connections } = prepared;
  const intervals: Parameters<IntervalListener>[] = [];
  const requests = new TrialRequests(prepared, root, trial, [(...interval) => intervals.push(interval)]);
  newRunOf(prepared, root, trial, horizonNs).run(new FanOut(requests.sinks));
  const { failingSpans } = requests.finish(horizonNs).totals;
  const failingFromNs = failingSpans[0]?.fromNs ?? 0;
  const failingToNs = failingSpans.at(-1)?.toNs ?? horizonNs;
  const draws = new Draws(root, trial);
  const picks = new Picks(new UniformStream(draws, 0, Purpose.Pick), lines);
  const onRequest = (request: SampledRequest): void => {
    // Beside failures those that succeed at the same time tell most.
    const isWithin = request.atNs >= failingFromNs && request.atNs <= failingToNs;
    if (request.code >= 400) picks.fail(request);
    else if (isWithin) picks.succeed(request);
  };
  const sampler = new RequestSampler(
    model,
    outcomes.classes,
    outcomes.views,
    draws,
    onRequest,
    connections,
    requests.courses,
  );
  for (const interval of intervals) sampler.onInterval(...interval);
  return picks.chosen().map((request) => logged(request, outcomes, draws));
}

/** Equally likely samples of a stream whose length nobody knows (reservoirs), one for each kind of failure. */
class Picks {
  private readonly failed = new Map<string, Reservoir>();
  private readonly succeeded: Reservoir;

  constructor(
    private readonly stream: UniformStream,
    private readonly lines: number,
  ) {
    this.succeeded = new Reservoir(lines, stream);
  }

  fail(request: SampledRequest): void {
    const { flag, ending, destination, subset, kind } = request;
    const key = `${flag} ${ending} ${destination} ${subset} ${kind}`;
    let reservoir = this.failed.get(key);
    if (reservoir === undefined) {
      reservoir = new Reservoir(this.lines, this.stream);
      this.failed.set(key, reservoir);
    }
    reservoir.add(request);
  }

  succeed(request: SampledRequest): void {
    this.succeeded.add(request);
  }

  chosen(): SampledRequest[] {
    const wanted = this.lines - Math.floor(this.lines / 5);
    // Each kind in turn, so that what is rare is among them too.
    const kinds = [...this.failed.values()].map(({ kept }) => kept);
    const chosen: SampledRequest[] = [];
    for (let turn = 0; chosen.length < wanted && kinds.some((kept) => turn < kept.length); turn++) {
      for (const kept of kinds) if (turn < kept.length && chosen.length < wanted) chosen.push(kept[turn]);
    }
    const successes = chosen.length === 0 ? this.lines : Math.floor(this.lines / 5);
    chosen.push(...this.succeeded.kept.slice(0, successes));
    return chosen.sort((a, b) => a.atNs - b.atNs);
  }
}

class Reservoir {
  readonly kept: SampledRequest[] = [];
  private seen = 0;

  constructor(
    private readonly size: number,
    private readonly stream: UniformStream,
  ) {}

  add(request: SampledRequest): void {
    this.seen++;
    const place = Math.floor(this.stream.next() * this.seen);
    if (this.kept.length < this.size) {
      // A shuffle on the way in: the first few are a sample as well.
      this.kept.push(this.kept[place] ?? request);
      if (place < this.kept.length) this.kept[place] = request;
    } else if (place < this.size) this.kept[place] = request;
  }
}

function logged(request: SampledRequest, outcomes: Outcomes, draws: Draws): LoggedRequest {
  const { proxy, worker, ordinal, index } = request;
  const { model, classes } = outcomes;
  const entity = proxy * model.scenario.mesh.workersPerProxy + worker;
  const { request: example, isMethodOpen } = classes[model.proxies.groupOf[proxy]][index];
  const { methods } = model.scenario.traffic;
  const method = isMethodOpen ? drawn(methods, draws.uniform(entity, Purpose.Method, ordinal)) : example.method;
  const hex = Array.from({ length: 8 }, (_, part) => {
    const bits = Math.floor(draws.uniform(entity, Purpose.Id, ordinal * 8 + part) * 0x10000);
    return bits.toString(16).padStart(4, '0');
  });
  // The 4 stands for "not traced" in Envoy's request ids.
  const id = `${hex[0]}${hex[1]}-${hex[2]}-4${hex[3].slice(1)}-8${hex[4].slice(1)}-${hex[5]}${hex[6]}${hex[7]}`;
  const view = outcomes.views.view(request.view);
  const cause = request.cause ?? outcomes.causeOfAbsence(request.cluster, view, model.proxies.groupOf[proxy]);
  return { ...request, method, id, cause };
}

function drawn(shares: Readonly<Record<string, number>>, u: number): string {
  const entries = Object.entries(shares);
  let rest = u * entries.reduce((sum, [, share]) => sum + share, 0);
  const found = entries.find(([, share]) => {
    rest -= share;
    return rest < 0;
  });
  return (found ?? entries[entries.length - 1])[0];
}
