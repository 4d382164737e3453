/**
 * Background churn: a Poisson stream of events that have nothing to do with the rollout, which every istiod hears of at
 * its own moment. They extend the quiet period, merge into batches and cost pushes.
 */
import { log } from '../kernel/elementary.js';
import { msToNs } from '../kernel/time.js';
import { UNRELATED, type UnrelatedKind } from './changes.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from './context.js';

/** What churn is of: everything in the mesh. */
const MESH = -1;
const NS_PER_SECOND = 1e9;

/** Churn goes on for so long after the rollout has settled: what is still on its way then takes milliseconds. */
const AFTER_NS = 5e9;

export class Churn {
  private readonly perSecond: number;
  private readonly endpointShare: number;
  private ordinal = 0;
  private endsNs = Infinity;

  /** @param isSettled whether no event can change anything any more that the rollout is about */
  constructor(
    private readonly ctx: RunContext,
    private readonly replicas: number,
    private readonly isSettled: () => boolean,
  ) {
    const { endpointEventsPerSecond: endpoints, configEventsPerSecond: configs } = ctx.model.scenario.churn;
    this.perSecond = endpoints + configs;
    this.endpointShare = this.perSecond === 0 ? 0 : endpoints / this.perSecond;
  }

  /**
   * One to two of the longest debounce before the first write, at random: where churn leaves no quiet, batch follows batch,
   * and the first write falls anywhere into one.
   */
  start(): void {
    if (this.perSecond === 0) return;
    const { draws, model } = this.ctx;
    const lead = 1 + draws.uniform(MESH, Purpose.ChurnStart, 0);
    this.schedule(Math.round(-lead * msToNs(model.scenario.debounce.maxMs)));
  }

  onDue(): void {
    const { ctx } = this;
    if (this.endsNs === Infinity && ctx.now > 0 && this.isSettled()) this.endsNs = ctx.now + AFTER_NS;
    if (ctx.now > this.endsNs) return;
    const event = this.ordinal++;
    const kind = UNRELATED.indexOf(this.kindOf(event));
    for (let replica = 0; replica < this.replicas; replica++) {
      const lag = drawNs(ctx, ctx.delays.watchMs, replica, Purpose.ChurnWatch, event);
      ctx.queue.push(ctx.now + lag, PRIORITY, EventKind.ChurnDelivered, replica, kind);
    }
    this.schedule(ctx.now);
  }

  private kindOf(event: number): UnrelatedKind {
    const u = this.ctx.draws.uniform(MESH, Purpose.ChurnKind, event);
    if (u < this.endpointShare) return 'Endpoints';
    return (u - this.endpointShare) * 2 < 1 - this.endpointShare ? 'VirtualService' : 'DestinationRule';
  }

  private schedule(fromNs: number): void {
    const { ctx } = this;
    const gap = -log(1 - ctx.draws.uniform(MESH, Purpose.ChurnGap, this.ordinal)) / this.perSecond;
    ctx.queue.push(fromNs + Math.round(gap * NS_PER_SECOND), PRIORITY, EventKind.ChurnDue, 0, 0);
  }
}
