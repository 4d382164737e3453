/** What the timeline says, in English. */
import { grouped } from './grouped.js';

export const timeline = {
  title: 'Timeline',
  whole: 'Whole rollout',
  push: (push: number) => `Push ${push}`,
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  earlier: 'Earlier',
  later: 'Later',
  log: 'Logarithmic time',
  keys: 'In the timeline: ← → move, + − zoom, 0 shows all. Drag over a stretch to look at it; click to go to a moment.',
  saveSvg: 'Save as SVG',
  savePng: 'Save as PNG',
  words: {
    time: 'time',
    apiServer: 'API server',
    responses: 'responses',
    inconsistent: 'inconsistent',
    failing: 'failing',
    never: 'never',
    windows: (count: number) => `in ${count} windows`,
    debounce: (wait: string, count: number) => {
      const merged = count === 1 ? '1 event' : `${grouped(count)} events merged`;
      return [`debounce ${wait}, ${merged}`, `debounce ${wait}`, 'debounce'];
    },
    push: (push: number, proxies: number) => [
      `push ${push} to ${grouped(proxies)} proxies, random order`,
      `push ${push} to ${grouped(proxies)} proxies`,
      `push ${push}`,
    ],
    context: (push: number, time: string) => `push ${push}: builds the push context in ${time}`,
    write: ({ action, object, revision, sent, stored }: WriteWords) =>
      `${action} ${object} (${revision}): sent at ${sent}, stored at ${stored}`,
    fails: (proxy: string, flag: string, from: string, to: string) =>
      `${proxy} fails requests (${flag}) from ${from} to ${to}`,
    sampled: (proxy: string, flag: string, share: string) =>
      `${proxy}: up to ${share} of the requests of proxies like it fail (${flag}); known to a quarter of a second`,
    offline: 'no connection',
    others: (count: number) => `all ${grouped(count)}`,
    message: ({ proxy, type, resources, removed, isAnswer, sent, lost, started, applied }: MessageWords) =>
      `${proxy}: ${type} with ${resources} resources${removed > 0 ? `, ${removed} removed` : ''}${isAnswer ? ', answer to a subscription' : ''}; ` +
      (lost === undefined
        ? `sent at ${sent}, ${started === undefined ? 'not started' : `main thread starts on it at ${started}`}, ` +
          `${applied === undefined ? 'not applied' : `applied at ${applied}`}`
        : `sent at ${sent}, lost with its stream at ${lost}`),
    converged: (at: string) => `acts on all of the change from ${at}`,
    rate: ['expected', '5xx per s'] as readonly [string, string],
    noFailure: 'no request fails',
    peak: (perSecond: string, at: string) => `peak ${perSecond} 5xx/s at ${at}`,
    ready: 'ready endpoints',
    connections: ['long-lived', 'connections'] as readonly [string, string],
    requestsCut: (count: string, at: string) => `${count} requests are expected to be cut at ${at}: their pod stops`,
    open: (count: string) => `${count} open`,
    cut: (count: string) => `${count} cut`,
    cutAt: (count: string, at: string) => `${count} long-lived connections are cut at ${at}`,
    drains: (proxy: string, count: string, from: string, to: string, cut: string) =>
      `${proxy}: ${count} long-lived connections are on a replaced listener and drain from ${from} to ${to}; ${cut} are left then`,
    legend: {
      CDS: 'CDS clusters',
      EDS: 'EDS endpoints',
      LDS: 'LDS listeners',
      RDS: 'RDS routes, applied',
      answer: 'answer to a subscription',
      waits: 'sent, waits',
      applies: 'Envoy applies it',
      done: 'acts on all of the change',
      lost: 'lost with its stream',
      sampled: 'share of requests that fails',
      drains: 'long-lived connections drain',
      cut: 'and are cut',
      old: 'as before',
      new: 'as after',
    },
    causes: {
      'rds-late': 'fails: RDS late',
      'cds-late': 'fails: CDS late',
      'eds-late': 'fails: EDS late',
      other: 'fails',
    },
  },
};

interface WriteWords {
  readonly action: string;
  readonly object: string;
  readonly revision: string;
  readonly sent: string;
  readonly stored: string;
}

interface MessageWords {
  readonly proxy: string;
  readonly type: string;
  readonly resources: number;
  readonly removed: number;
  readonly isAnswer: boolean;
  readonly sent: string;
  readonly lost: string | undefined;
  readonly started: string | undefined;
  readonly applied: string | undefined;
}
