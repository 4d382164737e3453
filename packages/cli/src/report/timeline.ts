/** The mesh's part of the story: what happens to all proxies alike becomes one line with its first and last moment. */
import type { TimelineEntry, TraceEvent } from '@xdsim/sim-core';
import { counted } from './numbers.js';

/** Events of several proxies (or workers) that are told together. */
interface Group {
  readonly kind: string;
  readonly text: (reached: string) => string;
  /** Workers of a proxy that must have done it before the proxy counts. */
  readonly workers: number;
  readonly done: Map<string, number>;
  readonly fromMs: number;
  toMs: number;
  min: number;
  max: number;
}

type DrainEvent = Extract<TraceEvent, { readonly listeners: string[] }>;

/** The same again and again. */
interface Repeated {
  readonly fromMs: number;
  toMs: number;
  count: number;
}

function repeat(repeated: Repeated, timeMs: number): void {
  repeated.toMs = timeMs;
  repeated.count += 1;
}

export interface MeshShape {
  readonly proxies: number;
  readonly workersPerProxy: number;
  readonly debounceAfterMs: number;
  readonly drainTimeS: number;
}

export function newTimeline(events: Iterable<TraceEvent>, mesh: MeshShape): TimelineEntry[] {
  const timeline = new MeshTimeline(mesh);
  for (const event of events) timeline.add(event);
  return timeline.entries();
}

class MeshTimeline {
  private readonly told: TimelineEntry[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly polls = new Map<string, Repeated>();
  /** istiod and how many pushes it has started → what has come in since the last of them. */
  private readonly unrelated = new Map<string, Repeated & { readonly istiod: string }>();
  private readonly pushesOf = new Map<string, number>();
  /** proxy → the push last sent to it: what is answered and what workers do belongs to it. */
  private readonly pushOf = new Map<string, number>();
  private lastCluster = '';
  /** Kind of event and proxy → how often: the n-th drain of each proxy belongs together. */
  private readonly drains = new Map<string, number>();

  constructor(private readonly mesh: MeshShape) {}

  /** In the order of the first moments; those at the same moment as they came. */
  entries(): TimelineEntry[] {
    const fanOuts = [...this.groups.values()].map((group) => this.entryOf(group));
    const polls = [...this.polls].map(([text, { fromMs, toMs, count }]) =>
      told('gate-polled', fromMs, 'tool', count === 1 ? text : `${text} (asked ${count} times)`, toMs),
    );
    const unrelated = [...this.unrelated.values()].map(({ istiod, fromMs, toMs, count }) =>
      told(
        'unrelated-event',
        fromMs,
        istiod,
        `hears of ${counted(count, 'event')} that ${count === 1 ? 'has' : 'have'} nothing to do with the change`,
        toMs,
      ),
    );
    return [...polls, ...this.told, ...unrelated, ...fanOuts].sort((a, b) => a.fromMs - b.fromMs);
  }

  add(event: TraceEvent): void {
    const { timeMs } = event;
    switch (event.kind) {
      case 'write-sent':
        this.tell(event, 'tool', event.action === 'delete' ? `deletes ${event.object}` : `sends ${named(event)}`);
        break;
      case 'write-committed':
        this.tell(event, 'API server', `has ${event.action === 'delete' ? 'deleted' : 'stored'} ${event.object}`);
        break;
      case 'watch-delivered':
        this.tell(event, event.istiod, `sees ${named(event)} through its watch`);
        break;
      case 'gate-polled':
        this.addPoll(
          `${event.group}: ${event.ready ? 'all new subsets are ready, it goes on' : 'new subsets are not ready, it waits'}`,
          timeMs,
        );
        break;
      case 'gate-given-up':
        this.tell(event, 'tool', `${event.group}: gives up waiting; the rest of the rollout does not happen`);
        break;
      case 'endpoint-changed':
        this.tell(
          event,
          'API server',
          `EndpointSlice: ${event.endpoint} is ${event.ready ? 'ready' : 'gone or not ready'}`,
        );
        break;
      case 'pod-gone':
        this.tell(event, 'pod', `${event.endpoint} has stopped: what was open to it is cut`);
        break;
      case 'debounce-started':
        this.tell(event, event.istiod, `debounce starts: waits for ${this.mesh.debounceAfterMs} ms without an event`);
        break;
      case 'unrelated-event':
        this.addUnrelated(event.istiod, timeMs);
        break;
      case 'push-started':
        this.pushesOf.set(event.istiod, (this.pushesOf.get(event.istiod) ?? 0) + 1);
        this.tell(
          event,
          event.istiod,
          `push ${event.push} starts: ${events(event.mergedEvents)}; builds the push context`,
        );
        break;
      case 'push-queued':
        this.tell(event, event.istiod, `push ${event.push}: context ready, every connection queued in random order`);
        break;
      case 'istiod-down':
        this.tell(event, event.istiod, 'dies, and all streams to it end');
        break;
      case 'istiod-up':
        this.tell(event, event.istiod, 'is back: it has synced, and takes connections');
        break;
      default:
        this.addToGroup(event);
    }
  }

  private addToGroup(event: TraceEvent): void {
    switch (event.kind) {
      case 'push-dequeued':
        this.group(event, `${event.push}`, (all) => `push ${event.push}: the turn comes for ${all}`);
        break;
      case 'response-sent':
      case 'response-applied': {
        if (event.push !== null && event.kind === 'response-sent') this.pushOf.set(event.proxy, event.push);
        const verb = event.kind === 'response-sent' ? 'sent to' : 'applied by';
        const key = `${event.push ?? `answer ${this.pushOf.get(event.proxy)}`} ${event.type}`;
        const what =
          event.push === null ? `${answerTo(event.type)}: ${event.type}` : `push ${event.push}: ${event.type}`;
        this.group(event, key, (all) => `${what} ${verb} ${all}`, event.resources);
        break;
      }
      case 'nack-sent':
        this.group(
          event,
          `${event.push} ${event.type}`,
          (all) => `${event.type} rejected by ${all}, which keep what they have`,
        );
        break;
      case 'stream-closed':
        this.group(event, event.istiod, (all) => `stream to ${event.istiod} lost by ${all}, which keep what they have`);
        break;
      case 'stream-opened':
        // Who is where at the start is no news.
        if (event.timeMs > 0) this.group(event, event.istiod, (all) => `${event.istiod} connected to anew by ${all}`);
        break;
      case 'request-sent':
        if (event.subscribed === 0) break;
        this.group(event, `${this.pushOf.get(event.proxy)}${event.type}`, (all) =>
          event.type === 'RDS'
            ? `new listeners' routes (RDS) asked for by ${all}`
            : `new clusters' endpoints (EDS) subscribed to by ${all}`,
        );
        break;
      case 'cluster-warming':
        this.group(
          event,
          event.cluster + event.content,
          (all) => `${event.cluster} is warming (not serving yet) in ${all}`,
        );
        break;
      case 'worker-cluster': {
        this.lastCluster = `${event.proxy} ${event.worker} ${event.cluster} ${event.timeMs}`;
        const state = event.content === null ? 'is removed from all workers' : 'serves in all workers';
        this.group(event, `${event.cluster} ${event.content}`, (all) => `${event.cluster} ${state} of ${all}`);
        break;
      }
      case 'worker-endpoints':
        // A cluster comes with its endpoints: that is not news of its own.
        if (this.lastCluster === `${event.proxy} ${event.worker} ${event.cluster} ${event.timeMs}`) break;
        this.group(
          event,
          `${this.pushOf.get(event.proxy)} ${event.cluster} ${event.ready}`,
          (all) => `${event.cluster} has ${endpoints(event.ready)} in all workers of ${all}`,
        );
        break;
      case 'listener-draining': {
        const what = `${drainText(event.listeners)}, their connections for ${this.mesh.drainTimeS} s more`;
        this.group(event, this.drainOf(event), (all) => `${what}: in ${all}`);
        break;
      }
      case 'listener-drained': {
        const what = `drain time of ${event.listeners.join(', ')} over`;
        this.group(event, this.drainOf(event), (all) => `${what} in ${all}: what is left is cut`);
        break;
      }
      case 'worker-listeners': {
        const changed = listenersOf(event.revisions);
        const key = `${this.pushOf.get(event.proxy)} ${changed}`;
        this.group(event, key, (all) => `${changed} take new connections in all workers of ${all}`);
        break;
      }
      case 'worker-routes': {
        const changed = revisionsInWords(event.revisions);
        const key = `${this.pushOf.get(event.proxy)} ${changed}`;
        this.group(event, key, (all) => `routes of ${changed} in force in all workers of ${all}`);
        break;
      }
    }
  }

  private drainOf({ kind, proxy, listeners }: DrainEvent): string {
    const ordinal = (this.drains.get(`${kind} ${proxy}`) ?? 0) + 1;
    this.drains.set(`${kind} ${proxy}`, ordinal);
    return `${listeners.join(' ')} ${ordinal}`;
  }

  private tell(event: TraceEvent, who: string, text: string): void {
    this.told.push(told(event.kind, event.timeMs, who, text));
  }

  private addPoll(text: string, timeMs: number): void {
    const poll = this.polls.get(text);
    if (poll === undefined) this.polls.set(text, { fromMs: timeMs, toMs: timeMs, count: 1 });
    else repeat(poll, timeMs);
  }

  private addUnrelated(istiod: string, timeMs: number): void {
    const key = `${istiod} ${this.pushesOf.get(istiod) ?? 0}`;
    const known = this.unrelated.get(key);
    if (known === undefined) this.unrelated.set(key, { istiod, fromMs: timeMs, toMs: timeMs, count: 1 });
    else repeat(known, timeMs);
  }

  private group(
    event: Extract<TraceEvent, { readonly proxy: string }>,
    key: string,
    text: Group['text'],
    resources = -1,
  ): void {
    const id = `${event.kind} ${key}`;
    let group = this.groups.get(id);
    if (group === undefined) {
      const workers = 'worker' in event ? this.mesh.workersPerProxy : 1;
      const { kind, timeMs } = event;
      group = { kind, text, workers, done: new Map(), fromMs: timeMs, toMs: timeMs, min: resources, max: resources };
      this.groups.set(id, group);
    }
    group.done.set(event.proxy, (group.done.get(event.proxy) ?? 0) + 1);
    group.toMs = event.timeMs;
    group.min = Math.min(group.min, resources);
    group.max = Math.max(group.max, resources);
  }

  private entryOf({ kind, text, workers, done, fromMs, toMs, min, max }: Group): TimelineEntry {
    const reached = [...done.values()].filter((times) => times >= workers).length;
    const of = this.mesh.proxies;
    const size = max < 0 ? '' : ` (${min === max ? max : `${min}–${max}`} ${max === 1 ? 'resource' : 'resources'})`;
    const all = `${reached} of ${of} ${of === 1 ? 'proxy' : 'proxies'}${size}`;
    return { kind, fromMs, toMs, who: 'proxies', text: text(all), proxies: { reached, of } };
  }
}

function told(kind: string, fromMs: number, who: string, text: string, toMs = fromMs): TimelineEntry {
  return { kind, fromMs, toMs, who, text, proxies: null };
}

/** Of the types only EDS is subscribed to cluster by cluster; whole types are what a new stream asks for. */
function answerTo(type: string): string {
  return type === 'EDS' ? 'answer to the subscription' : 'answer on the new stream';
}

function named({ object, revision }: { readonly object: string; readonly revision: string }): string {
  return `${object} (${revision})`;
}

function events(count: number): string {
  return count === 1 ? '1 event' : `${count} events merged`;
}

export function endpoints(count: number): string {
  return count === 0 ? 'no ready endpoints' : count === 1 ? '1 ready endpoint' : `${count} ready endpoints`;
}

/** A change of a DestinationRule alone is in a listener without a name. */
export function listenersOf(revisions: Readonly<Record<string, string>>): string {
  return Object.keys(revisions).length === 0 ? 'changed listeners' : `listeners of ${revisionsInWords(revisions)}`;
}

export function drainText(listeners: readonly string[]): string {
  return `filter chains of ${listeners.join(', ')} are replaced and drain`;
}

/** Revisions in words: only objects that are not as before, or all of them. */
export function revisionsInWords(revisions: Readonly<Record<string, string>>): string {
  const entries = Object.entries(revisions);
  const changed = entries.filter(([, revision]) => revision !== 'before');
  const shown = (changed.length > 0 ? changed : entries).map(([object, revision]) => `${object} (${revision})`);
  return shown.length === 0 ? 'no VirtualService' : shown.join(', ');
}
