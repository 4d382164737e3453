/** The contract `xdsim.validation/v1`. */
import { z } from 'zod';
import { XDS_TYPE_NAMES } from '../trace/events.js';
import type { CellComparison } from './compare-cell.js';
import { growthOf } from './growth.js';
import type { Comparison } from './judge-shape.js';
import { rankCells } from './ranking.js';

const xdsType = z.enum(XDS_TYPE_NAMES);
const count = z.int().min(0);
const share = z.number().min(0).max(1);
const ms = z.number().describe('ms');

const responses = z
  .array(z.tuple([xdsType, count, count]))
  .describe('[type, resources, removed] in the order of arrival');
const sent = z
  .array(
    z.union([
      z.tuple([z.literal('request'), xdsType, count, count]).describe('subscribed, unsubscribed'),
      z.tuple([z.literal('ack'), xdsType]),
    ]),
  )
  .describe('What the proxy sends');
const quantiles = z.strictObject({ p10: ms, p50: ms, p90: ms });

const shape = z.strictObject({
  match: z.boolean(),
  firstDifference: z.string().nullable(),
  measured: z.array(z.strictObject({ count, responses })),
  simulated: z.array(z.strictObject({ probability: share, responses })),
  pushes: z.strictObject({
    measured: z.array(z.strictObject({ count, pushes: count })),
    simulated: z.array(z.strictObject({ probability: share, pushes: count })),
  }),
  sent: z
    .strictObject({
      measured: z.array(z.strictObject({ count, messages: sent })),
      simulated: z.array(z.strictObject({ probability: share, messages: sent })),
    })
    .optional()
    .describe('Cells that log it in order'),
});

const failure = z.strictObject({
  measuredMean: z.number().describe('per proxy and rollout'),
  simulatedMean: z.number(),
  interval: z
    .tuple([z.number(), z.number()])
    .describe(
      '99 % prediction for measuredMean, widened by the repeatability; of policies, UO: 10 % of the requests around it',
    ),
  holds: z.boolean(),
});

const window = z.strictObject({ measured: quantiles, simulated: quantiles.nullable(), holds: z.boolean() });

const figure = z.strictObject({
  name: z.string().describe('ms, but for numbers of pushes, events and connections'),
  measured: z.tuple([z.number(), z.number()]).describe("Least and greatest of the lab's trials"),
  simulated: z.number().nullable().describe('Mean over the simulated trials; null: it does not come about'),
  within: z.number().nullable().describe('Judged to be so near; null: to be within a factor of 2'),
  holds: z.boolean(),
});

const growth = z.strictObject({
  figure: z.string(),
  from: z.string(),
  to: z.string().describe('A cell that differs from the first in one size'),
  measured: z.number().describe('Factor from the first to the second'),
  simulated: z.number(),
  holds: z.boolean(),
});

const arrival = z
  .strictObject({ measured: quantiles, simulated: quantiles.nullable(), ks: share.nullable() })
  .describe('First response of the type at a proxy; not judged');

export const validationReportSchema = z.strictObject({
  schema: z.literal('xdsim.validation/v1'),
  cells: z.array(
    z.strictObject({
      name: z.string(),
      passed: z.boolean(),
      shape,
      failures: z.record(z.string(), failure),
      windows: z.strictObject({ add: window.optional(), remove: window.optional() }),
      arrival: z.partialRecord(xdsType, arrival),
      figures: z.array(figure).describe('Connections of a proxy, times of many clients, or of a train of events'),
    }),
  ),
  growth: z.array(growth).describe('Numbers that grow from one cell to another'),
  passed: count,
  total: count,
  ranking: z.strictObject({ pairs: count, same: count }),
});

export type ValidationReport = z.infer<typeof validationReportSchema>;
type CellReport = ValidationReport['cells'][number];

export function newValidationReport(cells: readonly CellComparison[]): ValidationReport {
  return {
    schema: 'xdsim.validation/v1',
    cells: cells.map(reportCell),
    growth: growthOf(cells).map((each) => ({ ...each })),
    passed: cells.filter(({ passed }) => passed).length,
    total: cells.length,
    ranking: rankCells(cells.flatMap(({ total }) => total ?? [])),
  };
}

function reportCell(cell: CellComparison): CellReport {
  const { name, passed, shape: judged, failures, windows, arrival: arrivals, figures } = cell;
  const { match, firstDifference } = judged;
  const compared = sequences(judged.responses, (sequence) => ({ responses: [...sequence.map(([...r]) => r)] }));
  return {
    name,
    passed,
    shape: {
      match,
      firstDifference,
      ...compared,
      pushes: sequences(judged.pushes, ([pushes]) => ({ pushes })),
      ...(judged.sent.measured.length > 0 && {
        sent: sequences(judged.sent, (sequence) => ({ messages: sequence.map(([...message]) => message) })),
      }),
    },
    failures: Object.fromEntries(
      Object.entries(failures).map(([flag, { measuredMean, simulatedMean, interval, holds }]) => [
        flag,
        { measuredMean, simulatedMean, interval: [...interval], holds },
      ]),
    ),
    windows,
    arrival: arrivals,
    figures: figures.map(({ measured, ...each }) => ({ ...each, measured: [measured[0], measured[1]] })),
  };
}

function sequences<T, N>(
  { measured, simulated }: Comparison<T>,
  named: (sequence: readonly T[]) => N,
): { measured: ({ count: number } & N)[]; simulated: ({ probability: number } & N)[] } {
  const total = simulated.reduce((sum, { count: number }) => sum + number, 0);
  return {
    measured: measured.map(({ count: number, sequence }) => ({ count: number, ...named(sequence) })),
    simulated: simulated.map(({ count: number, sequence }) => ({ probability: number / total, ...named(sequence) })),
  };
}
