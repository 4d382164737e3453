/** One rollout as short lines: what is written and pushed, and what one proxy makes of it. */
import {
  decode,
  Exposure,
  FanOut,
  newDictionary,
  newMeshRun,
  Recording,
  type Study,
  type TraceEvent,
} from '@xdsim/sim-core';

const NS_PER_MS = 1e6;

export interface Story {
  /** Of the whole mesh: writes, gates, endpoints, pushes. */
  readonly mesh: readonly string[];
  /** Of one proxy, from the first message of a push to the last request that fails. */
  of(proxy: string): readonly string[];
  /** When requests to some proxy fail: the stretches of all proxies put together. */
  readonly failing: readonly Failing[];
}

/** A stretch of time in which requests fail. */
interface Failing {
  readonly proxy: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** `NC rds-late v1`: flag, cause and subset. */
  readonly what: string;
}

interface Line {
  readonly timeMs: number;
  readonly text: string;
}

export function newStory(study: Study, strategy: string, trial = 0): Story {
  const { model, outcomes } = study.strategies.find(({ name }) => name === strategy)!.prepared;
  const horizonNs = study.horizonMs * NS_PER_MS;
  const run = newMeshRun(model, { root: study.root, trial, horizonNs });
  const dictionary = newDictionary(model, run.contents);
  const recording = new Recording();
  const failing: Failing[] = [];
  const exposure = new Exposure(outcomes, (proxy, _worker, view, fromNs, toNs) => {
    const { rates } = outcomes.outcome(outcomes.idOf(model.proxies.groupOf[proxy], view));
    for (const { bucket } of rates.filter((rate) => rate.bucket.code >= 400)) {
      const what = `${bucket.flag} ${bucket.cause} ${bucket.subset}`;
      const { id } = dictionary.proxies[proxy];
      failing.push({ proxy: id, fromMs: fromNs / NS_PER_MS, toMs: toNs / NS_PER_MS, what });
    }
  });
  run.run(new FanOut([recording, exposure]));
  exposure.finish(horizonNs);
  const events = Array.from({ length: recording.length }, (_, i) => decode(recording, i, dictionary));
  failing.sort((a, b) => a.fromMs - b.fromMs);
  return {
    mesh: events.flatMap(meshLine),
    failing,
    of: (proxy) => {
      const told = events.flatMap(newProxyTeller(proxy, model.scenario.mesh.workersPerProxy));
      const own = failing.filter((stretch) => stretch.proxy === proxy);
      const lines = [...told, ...failureLines(own, study.horizonMs)].sort((a, b) => a.timeMs - b.timeMs);
      return lines.map(({ text }) => `${proxy} ${text}`);
    },
  };
}

function meshLine(event: TraceEvent): string[] {
  switch (event.kind) {
    case 'write-sent':
      return [`tool ${event.action === 'delete' ? 'deletes' : 'writes'} ${objectOf(event.object)} ${event.revision}`];
    case 'watch-delivered':
      return [`istiod sees ${objectOf(event.object)} ${event.revision}`];
    case 'endpoint-changed':
      return [`pod ${objectOf(event.endpoint)} ${event.ready ? 'ready' : 'gone'}`];
    case 'gate-given-up':
      return [`tool gives up on ${event.group}`];
    case 'push-started':
      return [`push ${event.push} of ${event.mergedEvents}`];
    default:
      return [];
  }
}

/** What a message changes on the main thread is told with it; what workers do, when the last of them has done it. */
function newProxyTeller(id: string, workers: number): (event: TraceEvent) => Line[] {
  let sent: string[] = [];
  let changes: string[] = [];
  let done = new Map<string, number>();
  const line = ({ timeMs }: TraceEvent, text: string): Line[] => [{ timeMs, text }];
  const ofAllWorkers = (event: TraceEvent, text: string): Line[] => {
    const count = (done.get(text) ?? 0) + 1;
    done.set(text, count);
    return count === workers ? line(event, text) : [];
  };
  return (event) => {
    if (!('proxy' in event) || event.proxy !== id) return [];
    switch (event.kind) {
      case 'push-dequeued':
        sent = [];
        done = new Map();
        return [];
      case 'response-sent':
        sent.push(event.type);
        return event.push === null ? line(event, 'is sent the EDS it asked for') : [];
      case 'push-done':
        return sent.length === 0 ? [] : line(event, `has been sent ${sent.join(' ')}`);
      case 'response-started':
        changes = [];
        return [];
      case 'cluster-warming':
        changes.push(`+${subsetOf(event.cluster)}`);
        return [];
      case 'cluster-warm':
        changes.push(`${subsetOf(event.cluster)} warm`);
        return [];
      case 'cluster-removed':
        changes.push(`-${subsetOf(event.cluster)}`);
        return [];
      case 'routes-loaded':
        changes.push(Object.values(event.revisions).join('+'));
        return [];
      case 'response-applied': {
        const size = event.type === 'EDS' && event.push !== null ? [String(event.resources)] : [];
        return line(event, [event.type, ...size, ...changes].join(' '));
      }
      case 'request-sent':
        return event.subscribed === 0 ? [] : line(event, `asks for ${event.type} of ${event.subscribed}`);
      case 'worker-cluster':
        return ofAllWorkers(event, `workers ${event.content === null ? 'without' : 'with'} ${subsetOf(event.cluster)}`);
      case 'listener-draining':
        return line(event, `drains ${event.listeners.join(' ')}`);
      case 'listener-drained':
        return line(event, `cuts what is left on ${event.listeners.join(' ')}`);
      case 'worker-routes':
        return ofAllWorkers(event, `workers route ${Object.values(event.revisions).join('+')}`);
      default:
        return [];
    }
  };
}

/** When a new kind of failure begins, and when nothing fails any more. */
function failureLines(failing: readonly Failing[], horizonMs: number): Line[] {
  const lines: Line[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  let seen = new Set<string>();
  for (const { fromMs, toMs, what } of failing) {
    if (fromMs > endMs) {
      if (seen.size > 0) lines.push({ timeMs: endMs, text: 'fails no more' });
      seen = new Set();
    }
    if (!seen.has(what)) lines.push({ timeMs: fromMs, text: `fails ${what}` });
    seen.add(what);
    endMs = Math.max(endMs, toMs);
  }
  if (seen.size > 0)
    lines.push({ timeMs: endMs, text: endMs < horizonMs ? 'fails no more' : 'still fails at the end' });
  return lines;
}

/** `DestinationRule/bookinfo/reviews` → `DestinationRule`, since each case has one of a kind; pods keep their names. */
function objectOf(key: string): string {
  const [kind, , name] = key.split('/');
  return name.includes('#') ? name : kind;
}

/** `outbound|80|v2|reviews…` → `v2`; the cluster of no subset is `default`. */
function subsetOf(cluster: string): string {
  return cluster.split('|')[2] || 'default';
}
