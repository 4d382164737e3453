/** All that the page says, in English; the type of every other language. */
import type { Bucket } from '@xdsim/sim-core';
import { events } from './en-events.js';
import { lessons } from './en-lessons.js';
import { plural } from './plural.js';

/** What a code of an error or a warning means, and what helps; `helps` is empty where nothing does. */
export type CodeWords = readonly [meaning: string, helps: string];

export const en = {
  title: 'xdsim',
  tagline: 'Why a routing change is not atomic',
  skip: 'Skip to the stage',
  rooms: { lesson: 'Lessons', explore: 'Playground', compare: 'Compare', own: 'Your files' },
  languageLabel: 'Language',
  help: 'Keys and help',
  share: 'Copy link',
  shared: 'Link copied',
  save: {
    name: 'Save page',
    title: 'This view as one HTML file that works from disk',
    failed: 'Not available here',
  },
  close: 'Close',
  loading: 'The engine is starting …',
  working: 'The engine is at work …',
  cancel: 'Stop it',
  cancelled: {
    message: 'the engine was stopped',
    hint: 'Change something, and it starts again.',
  },
  problem: {
    title: 'This cannot be shown',
    address: 'The link is not quite right',
    addressIntro: 'What could be read of it is shown. These parts were left out:',
    addressPart: (name: string, value: string) => `${name}=${value}`,
    expected: {
      room: 'is not a part of this page',
      lesson: 'is not the number of a lesson',
      name: 'is not a name (letters, digits, “-”, “/”)',
      trial: 'is not a whole number from 0 to 999,999',
      time: 'is not a time in ms within an hour',
      set: 'is not written path:value, or is too long',
      selected: 'is not something that can be looked at',
      language: 'is not a language of this page (en, ko)',
      unknown: 'means nothing to this page',
      long: 'is too long for a link of this page',
    },
    startOver: 'Start over with lesson 1',
    noOwnFiles:
      'The link is about somebody’s own files. These never leave their browser: drop yours below, or choose a case.',
  },
  cases: {
    case: 'Case',
    own: 'Your files',
    given: 'From the command line',
    strategy: 'Strategy',
    trial: 'Trial',
    seed: 'Seed',
    seedOfCase: 'of the case',
    against: 'Side by side with',
    alone: '– nothing –',
    changes: 'What changes',
  },
  transport: {
    label: 'Time',
    play: 'Play',
    pause: 'Pause',
    stepBack: 'One event back',
    stepForward: 'One event forward',
    nextFailure: 'Next failed request',
    previousWindow: 'Previous window',
    nextWindow: 'Next window',
    start: 'To the start',
    end: 'To the end',
    speed: 'Speed',
    realTime: 'real time',
    slower: (factor: number) => `1/${factor.toLocaleString('en')} of real time`,
    skipQuiet: 'Hurry through quiet',
    more: 'look closer',
    unchoose: 'Let go of it',
    scrubber: 'Time since the first write was sent',
    event: (index: number, of: number) => `event ${index.toLocaleString('en')} of ${of.toLocaleString('en')}`,
    before: 'Before the rollout: nothing has happened yet.',
    noFailure: 'No request fails in this direction.',
    noWindow: 'No window in this direction.',
  },
  stage: {
    title: 'Stage',
    apiServer: 'API server',
    istiod: 'istiod',
    istiodNumber: (number: number) => `istiod ${number}`,
    quiet: 'quiet',
    counting: (events: number, left: string) => `debounce: ${plural(events, 'event')}, ${left} of quiet to go`,
    preparing: 'builds the push context',
    sending: (waiting: number, inService: number) => `queue ${waiting}, in service ${inService}`,
    away: 'away',
    routes: 'VS',
    clusters: 'DR',
    phases: {
      same: 'unchanged',
      old: 'as before',
      between: 'in between',
      new: 'as after',
      mixed: 'workers differ',
    },
    warming: (clusters: number) => `${plural(clusters, 'cluster')} warming`,
    failing: (share: string, flag: string) => `${share} fail, ${flag}`,
    offline: 'no stream',
    open: (open: string, draining: string) =>
      draining === '0' ? `${open} long-lived connections` : `${open} long-lived connections, ${draining} drain`,
    cut: (count: string) => `${count} cut`,
    ready: (count: number) => `${count} ready`,
    strip: (count: number) => `All ${count.toLocaleString('en')} proxies, in the order in which they converge`,
    stripCounts: (old: number, changing: number, done: number, failing: number) =>
      `${old} as before · ${changing} under way · ${done} as after · ${failing} failing`,
    each: (each: number) => `each dot is ${each} requests`,
    moment: (time: string, failing: number, of: number, done: number) =>
      `At ${time}: ${failing} of ${of} proxies fail requests, ${done} act on all of the change.`,
  },
  timeline: {
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
        const merged = count === 1 ? '1 event' : `${count} events merged`;
        return [`debounce ${wait}, ${merged}`, `debounce ${wait}`, 'debounce'];
      },
      push: (push: number, proxies: number) => [
        `push ${push} to ${proxies} proxies, random order`,
        `push ${push} to ${proxies} proxies`,
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
      others: (count: number) => `all ${count}`,
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
  },
  inspector: {
    title: 'Inspector',
    intro: 'Choose a proxy, a message, a request or istiod on the stage, or here.',
    choose: 'Look at',
    nothing: 'the mesh',
    at: (time: string) => `at ${time}`,
    workers: 'Workers',
    messages: 'Messages',
    objects: 'In the API server',
    columns: {
      name: 'NAME',
      match: 'MATCH',
      destination: 'DESTINATION',
      revision: 'REVISION',
      fqdn: 'SERVICE FQDN',
      port: 'PORT',
      subset: 'SUBSET',
      status: 'STATUS',
      rule: 'DESTINATION RULE',
      endpoint: 'ENDPOINT',
      cluster: 'CLUSTER',
      object: 'OBJECT',
      type: 'TYPE',
      sent: 'SENT',
      applied: 'APPLIED',
      waited: 'WAITED',
    },
    clusterStates: {
      active: 'active',
      warming: 'warming: does not serve yet',
      'active, update warming': 'active; an update is warming',
    },
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
  },
  /** What the engine words itself: English, and here as it says it. */
  engine: {
    /** undefined: a sentence without words in this language. */
    say: (text: string): string | undefined => text,
    /** Where the engine's own words are not in this language: what stands before them. */
    code: (_code: string): CodeWords | undefined => undefined,
  },
  causes: {
    served: 'served',
    'rds-late': 'CDS has removed the old cluster, and the routes (RDS) that still name it are not replaced yet',
    'cds-late': 'the routes name the new subset, and CDS has not brought its cluster yet',
    'eds-late': 'CDS has brought the new cluster, and it is warming: its endpoints (EDS) have not come yet',
    'subset-undefined': 'the routes name a subset that no DestinationRule defines',
    'no-ready-endpoints': 'the subset has no ready endpoint',
    'endpoint-refuses': 'the endpoint refuses the connection',
    'server-expects-tls': 'the client sends plaintext, and the server takes TLS only',
    'server-expects-plaintext': 'the client sends TLS, and the server takes plaintext only',
    'slow-answer': 'the answer takes longer than the route allows',
    'endpoint-errors': 'the endpoint itself answers with an error',
    'endpoint-overloaded': 'the endpoint gets more requests than it can work off',
    'queued-too-long': 'the request has waited at the endpoint for longer than the route allows',
    'pod-killed': 'the pod stopped while the request was running there',
    'pool-overflow': 'the connection pool of the cluster has no room',
    'all-ejected': 'outlier detection has ejected all endpoints',
    'background-reset': 'a connection was lost, as happens at all times',
    'no-route': 'no route matches',
    'answered-by-route': 'the route itself answers with an error',
  } as Readonly<Record<Bucket['cause'], string>>,
  figures: {
    title: 'Numbers of this rollout',
    intro: 'Exact for this trial; the command line gives the same to the last bit.',
    never: 'not within the horizon',
    names: {
      complete: ['Complete', 'first write sent → last proxy acts on all of the change'],
      propagation: ['Propagation', 'first proxy acts on any of it → last acts on all of it'],
      skew: ['Skew', 'two proxies act on different revisions'],
      inconsistent: ['Inconsistent', 'proxies disagree, or one contradicts itself'],
      failing: ['Failing', 'at least one proxy would fail a request'],
      errors: ['Expected 5xx', 'over the whole rollout'],
      callerErrors: ['Seen by callers', '5xx that are left after their own retries'],
      closedIdle: ['Idle closed', 'connections that a replaced cluster closes'],
      drained: ['Drained', 'connections that end when they have answered'],
      cut: ['Cut', 'connections that end with a request under way'],
      handshakes: ['Handshakes', 'new connections in their place'],
      longLivedCut: ['Long-lived cut', 'TCP connections and streams that a drain or a server cuts'],
      longLivedDrained: ['Long-lived drained', 'TCP connections and streams that end by themselves within the drain'],
    } as Readonly<Record<string, readonly [string, string]>>,
    ofThese: (code: number, flag: string) => `of these ${code}${flag === '-' ? '' : ` ${flag}`}`,
    command: 'The same on the command line',
    expected: (count: string, time: string) => `${count} requests are expected to fail in ${time}`,
    noFailure: 'no request fails',
    mesh: (sidecars: number, gateways: number, perSecond: number) =>
      `${sidecars} sidecars, ${gateways} gateways, ${perSecond.toLocaleString('en')} requests/s`,
  },
  compare: {
    title: 'All strategies, on the same luck',
    intro: 'Every trial gives each strategy the same delays and the same order; what differs is the strategy.',
    progress: (done: number, of: number) => `${done.toLocaleString('en')} of ${of.toLocaleString('en')} trials`,
    trials: 'Trials',
    strategy: 'Strategy',
    complete: 'Complete (p95)',
    failing: 'Failing (p95)',
    scale: (most: string) => `0 … ${most}`,
    errors: '5xx per rollout',
    any: 'P(any 5xx)',
    flag: 'Flag',
    groupMeaning: 'Strategies with the same number do not differ within 95 % confidence.',
    none: (bound: string) => `none seen (≤ ${bound})`,
    interval: (low: string, high: string) => `95 % interval ${low} to ${high}`,
    range: (p50: string, p95: string) => `p50 ${p50}, p95 ${p95}`,
    recommended: 'Recommended',
    show: 'Show',
    dots: 'Each dot is a trial; the line is the mean of 5xx or the p95 of a time, the bar its 95 % interval. A column has one scale.',
    sideBySide: 'Side by side',
    json: 'Save the report (JSON)',
  },
  whatIf: {
    title: 'What if',
    intro: 'Change a value and see stage and numbers move. Everything else stays, luck included.',
    reset: 'As in the case',
    fork: 'Keep both: fork',
    forkMeaning: 'The present settings become branch B; A goes back to the case.',
    unfork: 'Only A again',
    sliders: {
      'mesh.sidecars': 'Sidecars',
      'mesh.gateways': 'Gateways',
      'mesh.services': 'Services',
      'mesh.istiodCores': 'Cores of istiod',
      'mesh.istiodReplicas': 'istiod replicas',
      'mesh.istio': 'Istio version',
      'traffic.requestsPerSecond': 'Requests per second',
      'debounce.afterMs': 'Debounce, ms',
      'churn.endpointEventsPerSecond': 'Churn, endpoint events/s',
      'readiness.newVersionMs': 'New version ready after, ms',
      'traffic.callers.retries': 'Retries of callers',
      'latencies.xdsOneWayMs': 'istiod to proxy, ms',
      gapMs: 'Gap of the strategy, ms',
    } as Readonly<Record<string, string>>,
    asInCase: 'as in the case',
    more: 'Any other value',
    morePlaceholder: 'path=value, such as costs.envoy.edsPerClusterUs=80',
    add: 'Set',
    remove: (path: string) => `Take back ${path}`,
  },
  own: {
    title: 'Your own change',
    intro:
      'Drop a folder with before/ and after/ (and a scenario.yaml, if you have one), or paste manifests. Nothing leaves this browser.',
    drop: 'Drop a folder or files here',
    choose: 'Choose a folder',
    chooseFiles: 'Choose files',
    scenario: 'scenario.yaml (optional)',
    run: 'Simulate',
    ok: 'The files are fine.',
    start: 'Start from a case',
    editor: 'Manifests',
    file: 'File',
    tooMuch: (limit: string) => `That is more than ${limit}; the page does not read it.`,
    notText: (name: string) => `${name} is not UTF-8 text.`,
    dropped: (count: number) => `${plural(count, 'file')} read.`,
    nothing: 'There was no manifest (.yaml, .yml, .json) in it.',
    saveScenario: 'Save the scenario file',
    needsFolder: (name: string, strategy: string, trial: number, dropped: string | undefined) =>
      `That is about ${name}, ${strategy}, trial ${trial}, and holds no manifests. ` +
      (dropped === undefined ? '' : `The files below are ${dropped}, which is not it. `) +
      `Now drop its folder, with before/, after/ and the scenario.yaml that names it ${name}: the page goes on to that trial.`,
  },
  assumptions: {
    title: 'What it rests on',
    mesh: (istio: string, sidecars: number, gateways: number, workers: number, services: number) =>
      `Istio ${istio}; ${plural(sidecars, 'sidecar')} and ${plural(gateways, 'gateway')} with ${plural(workers, 'worker thread')} each; ${plural(services, 'service')}`,
    istiod: (replicas: number, cores: number, debounceMs: number) =>
      `${replicas} istiod with ${plural(cores, 'core')}; debounce ${debounceMs} ms after the last event`,
    traffic: (perSecond: number) =>
      `${perSecond.toLocaleString('en')} requests per second in total, spread evenly over the proxies`,
    warnings: 'Warnings about the manifests',
    notModelled: 'Not modelled',
    parameters: 'All parameters, with their sources',
    parametersIntro: 'This is a scenario file with every default and where it comes from.',
  },
  keys: {
    title: 'Keys',
    enabled: 'Single keys act on the page',
    list: [
      ['Space', 'play or pause'],
      ['← →', 'one event back or forward'],
      ['Shift ← →', 'a hundredth of the view back or forward'],
      ['F, Shift F', 'next, previous failed request'],
      ['W, Shift W', 'next, previous window'],
      ['[ ]', 'slower, faster'],
      ['Home End', 'to the start, to the end'],
      ['+ − 0', 'zoom the timeline in, out, show all'],
      ['?', 'this help'],
    ] as readonly (readonly [string, string])[],
    about:
      'The page runs the engine of the command line in your browser. Every number is that of one trial, or of many, for the seed in the link; nothing is sent anywhere.',
  },
  lesson: {
    of: (number: number, of: number) => `Lesson ${number} of ${of}`,
    previous: 'Previous',
    next: 'Next',
    predict: 'Predict, then run',
    run: 'Run it',
    again: 'Run it again',
    right: 'That is what happens.',
    wrong: 'Not quite.',
    answer: 'Here it is:',
    happens: 'What happens, and why',
    tryIt: 'Now try',
    check: 'What you would look at in your cluster',
    file: 'Scenario file',
    contents: 'All lessons',
    playground: 'Open this in the playground',
  },
  lessons,
  events,
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

export type Strings = typeof en;
