/** `xdsim.run/v1` for people: the mesh, one proxy in full, and what it comes to. */
import { answerOf, type RunReport, type TimelineEntry } from '@xdsim/sim-core';
import { padEnd, padStart, wrap } from '../text-width.js';
import { counted, formatDuration, formatNumber } from './numbers.js';

type Connections = NonNullable<RunReport['summary']['longLived']>;

/** Quiet that is worth saying. */
const GAP_MS = 1000;
const MIN_TEXT_WIDTH = 40;

export function renderTimeline(report: RunReport, width: number): string {
  const { scenario, strategy, trial, proxy } = report;
  const { sidecar, gateway } = scenario.proxies;
  const title = `${scenario.name}, strategy ${strategy.name}, trial ${trial}, seed ${scenario.seed}`;
  const mesh = `${counted(gateway, 'gateway')} and ${counted(sidecar, 'sidecar')}, Istio ${scenario.istio}. Times in ms from the first write sent.`;
  return [
    [title, wrap(`${strategy.label}.`, width), mesh],
    ['The mesh', ...timelineLines(report.timeline, width)],
    [wrap(`One proxy in full: ${proxy.id} (${proxy.why})`, width), ...timelineLines(proxy.timeline, width)],
    ['Summary', ...summaryLines(report, width)],
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function timelineLines(timeline: readonly TimelineEntry[], width: number): string[] {
  if (timeline.length === 0) return ['  nothing happens'];
  const timeWidth = Math.max(...timeline.map(({ toMs }) => time(toMs).length));
  const whoWidth = Math.max(...timeline.map(({ who }) => who.length));
  const indent = ' '.repeat(2 + timeWidth + 3 + timeWidth + 2 + whoWidth + 2);
  let quietSinceMs = timeline[0].fromMs;
  return timeline.flatMap(({ fromMs, toMs, who, text }) => {
    const from = padStart(time(fromMs), timeWidth);
    const to = time(toMs) === time(fromMs) ? '' : ` … ${padStart(time(toMs), timeWidth)}`;
    const head = `  ${from}${padEnd(to, timeWidth + 3)}  ${padEnd(who, whoWidth)}  `;
    const line = head + wrapped(text, width, indent);
    const gapMs = fromMs - quietSinceMs;
    quietSinceMs = Math.max(quietSinceMs, toMs);
    return gapMs >= GAP_MS ? [`  ${padStart('⋮', timeWidth)}  ${formatDuration(gapMs)} of quiet`, line] : [line];
  });
}

function summaryLines({ summary, scenario }: RunReport, width: number): string[] {
  const { completeMs, unsettledShare, failingFromMs, failingToMs, requests } = summary;
  const proxies = scenario.proxies.gateway + scenario.proxies.sidecar;
  const rows: [string, string, string][] = [
    completeMs === null
      ? [
          'complete',
          'no',
          `${formatNumber(100 * unsettledShare)} % of the proxies do not act on the change at the horizon`,
        ]
      : ['complete', formatDuration(completeMs), 'first write sent → last proxy acts on the last revision'],
    ['propagation', formatDuration(summary.propagationMs), 'first proxy acts on any part → last acts on all of it'],
    ['skew', formatDuration(summary.skewMs), 'two proxies act on different revisions'],
    ['inconsistent', formatDuration(summary.inconsistentMs), 'proxies disagree, or one contradicts itself'],
    failingFromMs === null || failingToMs === null
      ? summary.errors > 0
        ? [
            'failing',
            'moments',
            'requests fail at single instants, or a few of many: no time in which a proxy fails them',
          ]
        : ['failing', 'never', 'no request to any proxy would fail']
      : [
          'failing',
          formatDuration(summary.failingMs),
          `first moment ${time(failingFromMs)} ms, last ${time(failingToMs)} ms; ${summary.failingProxies} of ${proxies} proxies`,
        ],
    [
      'expected 5xx',
      formatNumber(summary.errors),
      `of ${formatNumber(requests)} requests (${formatNumber(scenario.requestsPerSecond)}/s for ${formatDuration(scenario.horizonMs)})`,
    ],
  ];
  if (summary.failures > summary.errors) {
    rows.push(['all failures', formatNumber(summary.failures), 'with 4xx']);
  }
  if (summary.longLived !== undefined) rows.push(...connectionRows(summary.longLived));
  const names = Math.max(...rows.map(([name]) => name.length));
  const values = Math.max(...rows.map(([, value]) => value.length));
  const indent = ' '.repeat(names + values + 6);
  const lines = rows.map(
    ([name, value, what]) => `  ${padEnd(name, names)}  ${padStart(value, values)}  ${wrapped(what, width, indent)}`,
  );
  const causes = [...causesOf(summary), ...refusalsOf(summary)].map(
    ([expected, text]) =>
      `  ${padEnd('', names)}  ${padStart(formatNumber(expected), values)}  ${wrapped(text, width, indent)}`,
  );
  return [...lines, ...causes];
}

type Row = [name: string, value: string, what: string];

/** Of each kind, how many there are and what the rollout does to them. */
function connectionRows({ tcp, streams, handshakes, peakHandshakesPerUpstream }: Connections): Row[] {
  const kinds = [
    ['TCP open', tcp],
    ['streams open', streams],
  ] as const;
  const rows = kinds
    .filter(([, { openAtStart }]) => openAtStart > 0)
    .flatMap(([name, { openAtStart, drained, cut, cutByServer }]): Row[] => [
      [name, formatNumber(openAtStart), `when the first write is sent; ${formatNumber(drained)} end while they drain`],
      ...(cut > 0 ? [['', formatNumber(cut), 'cut when the drain time is over'] as Row] : []),
      ...(cutByServer > 0 ? [['', formatNumber(cutByServer), "cut by the server's sidecar, likewise"] as Row] : []),
    ]);
  if (handshakes === 0) return rows;
  const peak = `opened anew; at most ${formatNumber(peakHandshakesPerUpstream)} at one endpoint within a second`;
  return [...rows, ['', formatNumber(handshakes), peak]];
}

function refusalsOf({ longLived }: RunReport['summary']): [expected: number, text: string][] {
  const texts = new Map<string, number>();
  for (const { expected, flag, cause, destination, subset, why } of longLived?.refused ?? []) {
    const where = subset === '' ? destination : `subset ${subset} of ${destination}`;
    const text = `TCP connections closed at once, ${flag} ${cause}${where === '' ? '' : `, ${where}`}: ${why}`;
    texts.set(text, (texts.get(text) ?? 0) + expected);
  }
  return [...texts].map(([text, expected]) => [expected, text]);
}

/** Over all hosts and kinds of proxies: what they ran into is the same. */
function causesOf({ byCause }: RunReport['summary']): [expected: number, text: string][] {
  const causes = new Map<string, number>();
  for (const { expected, code, flag, destination, subset, cause, why } of byCause) {
    const where = subset === '' ? destination : `subset ${subset} of ${destination}`;
    const text = `${answerOf(code, flag)} ${cause}${where === '' ? '' : `, ${where}`}: ${why}`;
    causes.set(text, (causes.get(text) ?? 0) + expected);
  }
  return [...causes].map(([text, expected]) => [expected, text]);
}

/** The first line has the indent already. */
function wrapped(text: string, width: number, indent: string): string {
  return wrap(text, Math.max(MIN_TEXT_WIDTH, width - indent.length)).replaceAll('\n', `\n${indent}`);
}

/** Always two decimals, so that a column of them can be read. */
function time(ms: number): string {
  return ms.toFixed(2).replace(/\B(?=(\d{3})+(?=\.))/g, ',');
}
