/** One proxy's part of the story, message by message. */
import type { TimelineEntry, TraceEvent } from '@xdsim/sim-core';
import { drainText, endpoints, listenersOf, revisionsInWords } from './timeline.js';

type Response = Extract<TraceEvent, { readonly resources: number }>;
type WorkerEvent = Extract<TraceEvent, { readonly worker: number }>;

/** What the same decision of the main thread does in the workers, told once. */
interface WorkerEffect {
  readonly kind: string;
  readonly text: string;
  readonly workers: number[];
  readonly fromMs: number;
  toMs: number;
}

export function newProxyTimeline(events: Iterable<TraceEvent>, proxy: string): TimelineEntry[] {
  const timeline = new ProxyTimeline(proxy);
  for (const event of events) if ('proxy' in event && event.proxy === proxy) timeline.add(event);
  return timeline.entries();
}

class ProxyTimeline {
  private readonly told: TimelineEntry[] = [];
  private readonly effects: WorkerEffect[] = [];
  private receivedMs = new Map<string, number>();
  private startedMs = 0;
  private lastCluster = '';

  constructor(private readonly proxy: string) {}

  entries(): TimelineEntry[] {
    const effects = this.effects.map(({ kind, text, workers, fromMs, toMs }) => ({
      kind,
      fromMs,
      toMs,
      who: this.proxy,
      text: `${workers.length === 1 ? 'worker' : 'workers'} ${workers.sort((a, b) => a - b).join(', ')}: ${text}`,
      proxies: null,
    }));
    return [...this.told, ...effects].sort((a, b) => a.fromMs - b.fromMs);
  }

  add(event: Extract<TraceEvent, { readonly proxy: string }>): void {
    switch (event.kind) {
      case 'push-dequeued':
        this.tell(event, 'istiod', `push ${event.push}: its turn has come, a slot is free`);
        break;
      case 'push-done':
        this.tell(event, 'istiod', `push ${event.push}: all sent`);
        break;
      case 'response-sent':
        this.tell(event, 'istiod', `sends ${content(event)}`);
        break;
      case 'response-received':
        this.receivedMs.set(content(event), event.timeMs);
        this.tell(event, this.proxy, `receives ${name(event)}`);
        break;
      case 'response-started':
        this.startedMs = event.timeMs;
        break;
      case 'response-applied':
        this.tell(event, this.proxy, `has applied ${name(event)} ${this.timing(event)}`);
        break;
      case 'request-sent':
        if (event.type === 'RDS') {
          this.tell(event, this.proxy, 'asks for the routes of its new listeners (RDS)');
          break;
        }
        if (event.subscribed > 0) this.tell(event, this.proxy, `subscribes to ${clusters(event.subscribed)} (EDS)`);
        if (event.unsubscribed > 0) this.tell(event, this.proxy, `unsubscribes ${clusters(event.unsubscribed)} (EDS)`);
        break;
      case 'ack-sent':
        this.tell(event, this.proxy, `acknowledges ${name(event)}`);
        break;
      case 'nack-sent':
        this.tell(event, this.proxy, `rejects ${name(event)}, and keeps what it has`);
        break;
      case 'stream-closed':
        this.tell(event, this.proxy, `loses its stream to ${event.istiod}, keeps what it has, and will try again`);
        break;
      case 'stream-opened':
        if (event.timeMs > 0) this.tell(event, this.proxy, `is connected to ${event.istiod}, and asks for everything`);
        break;
      case 'cluster-warming':
        this.tell(event, this.proxy, `${event.cluster} is warming: waits for its endpoints`);
        break;
      case 'cluster-warm':
        this.tell(event, this.proxy, `${event.cluster} is warm, and posted to the workers`);
        break;
      case 'cluster-removed':
        this.tell(event, this.proxy, `${event.cluster} is removed, and the workers are told`);
        break;
      case 'routes-loaded':
        this.tell(event, this.proxy, `routes of ${revisionsInWords(event.revisions)} are posted to the workers`);
        break;
      case 'listeners-loaded':
        this.tell(event, this.proxy, `${listenersOf(event.revisions)} are posted to the workers`);
        break;
      case 'listener-draining':
        this.tell(event, this.proxy, `${drainText(event.listeners)}; connections on them go on for the drain time`);
        break;
      case 'listener-drained':
        this.tell(event, this.proxy, `the drain time of ${event.listeners.join(', ')} is over: what is left is cut`);
        break;
      case 'worker-listeners':
        this.addEffect(event, `${listenersOf(event.revisions)} take new connections`);
        break;
      case 'worker-cluster':
        this.lastCluster = `${event.worker} ${event.cluster} ${event.timeMs}`;
        this.addEffect(event, `${event.cluster} ${event.content === null ? 'is removed' : 'serves'}`);
        break;
      case 'worker-endpoints':
        if (this.lastCluster === `${event.worker} ${event.cluster} ${event.timeMs}`) break;
        this.addEffect(event, `${event.cluster} has ${endpoints(event.ready)}`);
        break;
      case 'worker-routes':
        this.addEffect(event, `routes of ${revisionsInWords(event.revisions)} in force`);
        break;
    }
  }

  private tell(event: TraceEvent, who: string, text: string): void {
    this.told.push({ kind: event.kind, fromMs: event.timeMs, toMs: event.timeMs, who, text, proxies: null });
  }

  private timing(event: Response): string {
    const waitedMs = this.startedMs - (this.receivedMs.get(content(event)) ?? this.startedMs);
    const workedMs = event.timeMs - this.startedMs;
    return `(waited ${waitedMs.toFixed(2)} ms for the main thread, took ${workedMs.toFixed(2)} ms)`;
  }

  /** The next worker that does the same joins the entry, until each has done it once. */
  private addEffect(event: WorkerEvent, text: string): void {
    const open = this.effects.find((effect) => effect.text === text && !effect.workers.includes(event.worker));
    if (open === undefined) {
      const { kind, worker, timeMs } = event;
      this.effects.push({ kind, text, workers: [worker], fromMs: timeMs, toMs: timeMs });
      return;
    }
    open.workers.push(event.worker);
    open.toMs = event.timeMs;
  }
}

function name({ type, push }: Response): string {
  if (push !== null) return `${type} of push ${push}`;
  return `${type} (answer to its ${type === 'EDS' ? 'subscription' : 'request'})`;
}

function content(response: Response): string {
  const { resources, removed } = response;
  return `${name(response)}: ${resources} ${resources === 1 ? 'resource' : 'resources'}${removed > 0 ? `, ${removed} removed` : ''}`;
}

function clusters(count: number): string {
  return count === 1 ? '1 cluster' : `${count} clusters`;
}
