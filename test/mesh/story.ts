/** A run as the lines of a log that a person can check: `time who what`. */

import { decode } from '../../packages/sim-core/src/trace/decode.js';
import type { TraceEvent } from '../../packages/sim-core/src/trace/trace-event.js';
import type { Observed } from './runs.js';

/**
 * What happens in the control plane and on one proxy. Clusters and objects go by their short names, `v2` for
 * `outbound|80|v2|app…`; a response by what it holds: `CDS+4-1` has four clusters and removes one.
 */
export function storyOf({ recording, dictionary }: Observed, proxy: string): string[] {
  return Array.from({ length: recording.length }, (_, i) => decode(recording, i, dictionary)).flatMap((event) => {
    if ('proxy' in event && event.proxy !== proxy) return [];
    const what = lineOf(event);
    return what === undefined ? [] : [`${event.timeMs.toFixed(1)} ${what}`];
  });
}

/** The story without its times, for what must happen in an order whatever it takes. */
export function orderOf(observed: Observed, proxy: string): string[] {
  return storyOf(observed, proxy).map((line) => line.slice(line.indexOf(' ') + 1));
}

function lineOf(event: TraceEvent): string | undefined {
  switch (event.kind) {
    case 'write-sent':
      return `${shortKey(event.object)} written`;
    case 'watch-delivered':
      return `${shortKey(event.object)} seen`;
    case 'push-started':
      return `push ${event.push} started, ${event.mergedEvents === 1 ? '1 event' : `${event.mergedEvents} events`}`;
    case 'push-dequeued':
      return `push ${event.push} begins`;
    case 'push-done':
      return `push ${event.push} done`;
    case 'response-sent':
      return `${responseName(event)} sent`;
    case 'response-applied':
      return `${responseName(event)} applied`;
    case 'request-sent':
      return `subscribes +${event.subscribed}-${event.unsubscribed}`;
    case 'cluster-warming':
      return `${shortCluster(event.cluster)} warming`;
    case 'cluster-warm':
      return `${shortCluster(event.cluster)} warm`;
    case 'cluster-removed':
      return `${shortCluster(event.cluster)} removed`;
    case 'routes-loaded':
      return `routes loaded: ${Object.values(event.revisions).join(', ')}`;
    case 'worker-endpoints':
      return `worker ${event.worker} has ${event.ready} endpoints of ${shortCluster(event.cluster)}`;
    case 'worker-routes':
      return `worker ${event.worker} uses the routes`;
    case 'worker-cluster':
      return event.content === null
        ? `worker ${event.worker} lost ${shortCluster(event.cluster)}`
        : `worker ${event.worker} has ${shortCluster(event.cluster)}`;
    case 'listeners-loaded':
      return 'listeners loaded';
    case 'worker-listeners':
      return `worker ${event.worker} uses the listeners`;
    case 'listener-draining':
      return `${event.listeners.join(', ')} drains`;
    case 'listener-drained':
      return `${event.listeners.join(', ')} drained`;
    case 'stream-closed':
      return `stream to ${event.istiod} lost`;
    case 'stream-opened':
      return `stream to ${event.istiod}`;
    case 'istiod-down':
      return `${event.istiod} dies`;
    case 'istiod-up':
      return `${event.istiod} is back`;
    case 'nack-sent':
      return `${responseName(event)} rejected`;
    case 'endpoint-condition':
      return `endpoint ${event.endpoint} takes ${event.takes.join(' and ') || 'nothing'}`;
    case 'pod-gone':
      return `pod of ${event.endpoint} has stopped`;
    case 'endpoint-changed':
      return `endpoint ${event.endpoint} ${event.ready ? 'ready' : 'gone'}`;
    default:
      return undefined;
  }
}

function responseName(response: { type: string; resources: number; removed: number }): string {
  return `${response.type}+${response.resources}${response.removed === 0 ? '' : `-${response.removed}`}`;
}

/** `VirtualService/shop/app` is VS, `DestinationRule/…` DR; an endpoint is itself. */
function shortKey(key: string): string {
  return key
    .replace(/^VirtualService.*/, 'VS')
    .replace(/^DestinationRule.*/, 'DR')
    .replace(/^(?:Gateway|Service|PeerAuthentication)\b.*/, (key) => key.slice(0, key.indexOf('/')))
    .replace(/^Endpoint\/[^/]*\//, '');
}

function shortCluster(name: string): string {
  const subset = name.split('|')[2];
  return subset === '' ? 'default' : subset;
}
