/** What a rollout does to connections and to the load of endpoints, strategy by strategy; nothing where it does nothing. */
import type { Report } from '@xdsim/sim-core';
import { wrap } from '../text-width.js';
import { Grid } from './grid.js';
import { ABSENT, formatDuration, formatNumber } from './numbers.js';

type StrategyReport = Report['strategies'][number];

interface Column {
  readonly words: readonly [string, string];
  readonly value: (strategy: StrategyReport) => string;
}

const COLUMNS: readonly Column[] = [
  { words: ['closed', 'idle'], value: ({ connections }) => formatNumber(connections.closedIdle.mean) },
  { words: ['drained', ''], value: ({ connections }) => formatNumber(connections.drained.mean) },
  { words: ['cut', ''], value: ({ connections }) => formatNumber(connections.cut.mean) },
  { words: ['new', 'ones'], value: ({ connections }) => formatNumber(connections.handshakes.mean) },
  { words: ['at one', 'upstream/s'], value: ({ connections }) => numberOf(connections.peakHandshakesPerUpstream.p95) },
  { words: ['added', 'p99'], value: ({ latency }) => formatDuration(latency.addedP99Ms.p50) },
  { words: ['requests/s', 'at one'], value: ({ traffic }) => numberOf(traffic.peakRequestsPerSecondPerEndpoint.p95) },
];

const EXPLAINED =
  'Connections of one rollout: closed while idle, ended after their last request, cut, and made anew; the most that one upstream gets within a second (p95), what waiting for them adds to the p99 of requests (p50), and the highest load of one endpoint (p95).';

/** Empty where no strategy touches a connection. */
export function connectionLines(report: Report, width: number): string[] {
  const order = report.ranking.flatMap(({ names }) => names);
  const strategies = report.strategies
    .filter(({ name }) => order.includes(name))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  if (!strategies.some(touchesConnections)) return [];
  const grid = new Grid(
    [{ align: 'left' }, ...COLUMNS.map(() => ({ align: 'right' as const }))],
    [
      [['connections'], ...COLUMNS.map(({ words }) => words)],
      ...strategies.map((strategy) => [[strategy.name], ...COLUMNS.map(({ value }) => [value(strategy)])]),
    ],
  );
  const [headings, ...rows] = grid.blocks();
  return [...headings, grid.rule(), ...rows.flat(), '', wrap(EXPLAINED, width)];
}

function touchesConnections({ connections }: StrategyReport): boolean {
  const { closedIdle, drained, cut, handshakes } = connections;
  return [closedIdle, drained, cut, handshakes].some(({ mean }) => mean > 0);
}

function numberOf(value: number | null): string {
  return value === null ? ABSENT : formatNumber(value);
}
