/** What happens, event by event, in English. */
import type { TraceEvent } from '@xdsim/sim-core';
import { plural } from './plural.js';

type Kind = TraceEvent['kind'];
type Of<K extends Kind> = Extract<TraceEvent, { readonly kind: K }>;

export type EventWords = { readonly [K in Kind]: (event: Of<K>) => string };

export const events: EventWords = {
  'write-sent': ({ action, object }) => `The tool sends ${action} ${object} to the API server.`,
  'write-committed': ({ object }) => `The API server has stored ${object}.`,
  'watch-delivered': ({ istiod, object }) => `${istiod} hears of ${object}; the event enters the debounce.`,
  'gate-polled': ({ group, ready }) =>
    ready ? `The gate opens: ${group} may go on.` : `The gate stays closed: ${group} has to wait.`,
  'gate-given-up': ({ group }) => `The tool stops waiting; ${group} does not happen.`,
  'endpoint-changed': ({ endpoint, ready }) =>
    ready ? `${endpoint} is ready, and in the EndpointSlices.` : `${endpoint} is no longer ready.`,
  'debounce-started': ({ istiod }) => `${istiod} has the first event of a batch and waits for quiet.`,
  'push-started': ({ istiod, push, mergedEvents }) =>
    `${istiod} has had quiet: push ${push} starts with ${plural(mergedEvents, 'event')}.`,
  'push-queued': ({ push }) =>
    `The push context of push ${push} is ready; every connection is queued, in random order.`,
  'push-dequeued': ({ proxy, push }) => `A slot is free: push ${push} takes ${proxy} from the queue.`,
  'push-begun': ({ proxy, push }) => `istiod has a core for ${proxy} and starts on push ${push}.`,
  'push-done': ({ proxy, push }) => `All types of push ${push} are on their way to ${proxy}.`,
  'response-sent': ({ proxy, type, push }) =>
    push === null
      ? `istiod answers the subscription of ${proxy} (${type}).`
      : `istiod sends ${type} of push ${push} to ${proxy}.`,
  'response-received': ({ proxy, type }) => `${type} has reached ${proxy} and waits for the main thread.`,
  'response-started': ({ proxy, type }) => `The main thread of ${proxy} starts on ${type}.`,
  'response-applied': ({ proxy, type }) => `${proxy} has applied ${type}.`,
  'request-sent': ({ proxy, type, subscribed }) =>
    subscribed > 0
      ? `${proxy} asks istiod for ${plural(subscribed, 'more resource')} (${type}).`
      : `${proxy} takes back a subscription (${type}).`,
  'ack-sent': ({ proxy, type }) => `${proxy} acknowledges ${type}.`,
  'cluster-warming': ({ proxy, cluster }) => `${proxy}: ${cluster} is warming; it waits for its endpoints.`,
  'cluster-warm': ({ proxy, cluster }) => `${proxy}: ${cluster} is warm.`,
  'cluster-removed': ({ proxy, cluster }) => `${proxy}: ${cluster} is removed.`,
  'routes-loaded': ({ proxy }) => `${proxy} has new routes on its main thread.`,
  'worker-cluster': ({ proxy, worker, cluster, content }) =>
    content === null
      ? `Worker ${worker} of ${proxy} has ${cluster} no longer.`
      : `Worker ${worker} of ${proxy} has ${cluster}.`,
  'worker-endpoints': ({ proxy, worker, cluster, ready }) =>
    `Worker ${worker} of ${proxy} has ${plural(ready, 'endpoint')} of ${cluster}.`,
  'worker-routes': ({ proxy, worker }) => `Worker ${worker} of ${proxy} acts on new routes.`,
  'unrelated-event': ({ istiod }) => `${istiod} hears of something else in the cluster; it extends the debounce.`,
  'stream-closed': ({ proxy }) => `${proxy} loses its stream and keeps what it has.`,
  'stream-opened': ({ proxy, istiod }) => `${proxy} is connected to ${istiod} and asks for everything.`,
  'istiod-down': ({ istiod }) => `${istiod} dies, and all of its streams with it.`,
  'istiod-up': ({ istiod }) => `${istiod} has synced and takes connections.`,
  'endpoint-condition': ({ endpoint, takes }) =>
    takes.length === 0
      ? `${endpoint} refuses new connections from now on.`
      : `${endpoint} takes ${takes.join(' and ')} from now on; connections that are open go on.`,
  'listeners-loaded': ({ proxy }) => `${proxy} has changed listeners on its main thread.`,
  'worker-listeners': ({ proxy, worker }) =>
    `New connections to worker ${worker} of ${proxy} come to changed listeners.`,
  'listener-draining': ({ proxy, listeners }) =>
    `${proxy}: filter chains of ${listeners.join(', ')} are replaced; their connections go on for the drain time.`,
  'listener-drained': ({ proxy, listeners }) =>
    `${proxy}: the drain time of ${listeners.join(', ')} is over; what is left on the old filter chains is cut.`,
  'pod-gone': ({ endpoint }) => `${endpoint} is gone, and with it the connections that it had.`,
  'nack-sent': ({ proxy, type }) => `${proxy} rejects ${type} and keeps what it has.`,
};
