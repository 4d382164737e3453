/** What the inspector says, in English. */
import { plural } from './plural.js';

export const inspector = {
  title: 'Inspector',
  intro: 'Choose a proxy, a message, a request or istiod on the stage, or here.',
  choose: 'Look at',
  nothing: 'the mesh',
  at: (time: string) => `at ${time}`,
  workers: 'Workers',
  messages: 'Messages',
  objects: 'In the API server',
  columns: {
    revision: 'REVISION',
    object: 'OBJECT',
    type: 'TYPE',
    sent: 'SENT',
    stored: 'STORED',
    applied: 'APPLIED',
    waited: 'WAITED',
  },
  clusterStates: {
    active: 'active',
    warming: 'warming: does not serve yet',
    'active, update warming': 'active; an update is warming',
  },
  noEndpoint: (cluster: string) => `${cluster} has no endpoint`,
  longLived: 'Long-lived connections',
  longLivedNow: (open: string, draining: string, cut: string) =>
    `${open} open; ${draining} of these drain on a replaced listener; ${cut} cut so far`,
  behind: (what: string) => `not there yet: ${what}`,
  inStep: 'in step with the main thread',
  none: 'none',
  failure: {
    title: 'Failed request',
    served: 'Request',
    to: 'To',
    intro: 'One of the many ways in which requests could have arrived; the numbers below are exact.',
    details: 'Details',
    log: 'Access log',
    why: 'Why',
    late: 'Which message was late',
    lateMessage: (type: string, sent: string, applied: string, ms: string) =>
      `${type}: sent at ${sent}, applied at ${applied}, ${ms} after this request`,
    never: (type: string) => `${type}: it never comes within this rollout`,
    nothingLate: 'none: the configuration itself says so',
  },
  message: {
    title: 'Message',
    content: (resources: number, removed: number) =>
      `${plural(resources, 'resource')}${removed > 0 ? `, ${removed} removed` : ''}`,
    ofPush: (push: number) => `of push ${push}`,
    answer: 'answer to a subscription',
    sent: 'Sent by istiod',
    received: 'Received',
    started: 'Main thread starts on it',
    applied: 'Applied',
    lost: 'Lost with its stream',
    never: 'not within this rollout',
    drop: 'it were lost: its stream breaks on the way',
    dropMeaning:
      'A stream over TCP never loses one message and goes on. When it breaks, all that is under way on it is lost; ' +
      'the proxy backs off for up to 0.5 s, connects anew, and istiod sends every type again.',
    reject: 'the proxy rejected it (NACK)',
  },
  istiod: {
    title: 'istiod',
    debounce: 'Debounce',
    quiet: 'quiet',
    counting: (events: number, since: string) => `${plural(events, 'event')} since ${since}`,
    preparing: 'Push in preparation',
    queue: 'Queue',
    inService: 'Pushes in service',
    slots: (used: number, of: number) => `${used} of ${of}`,
    context: 'In the push context',
  },
  act: {
    title: 'What if …',
    slow: 'its link were slow (300 ms a message)',
    partition: 'it were cut off for 5 s from here',
    restart: 'istiod died here and came back after 8 s',
  },
};
