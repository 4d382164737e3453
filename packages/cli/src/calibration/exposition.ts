/** Prometheus' text exposition, and the JSON of a range query, as samples. */
import {
  fail,
  GAUGES,
  ok,
  type Result,
  type Sample,
  type Scrape,
  type SourceFile,
  type UserError,
} from '@xdsim/sim-core';
import parse from 'parse-prometheus-text-format';
import { z } from 'zod';

const number = z.string().transform((text) => (text === '+Inf' ? Infinity : Number(text)));

const families = z.array(
  z.looseObject({
    name: z.string().regex(/^[a-zA-Z_:][\w:]*$/),
    metrics: z.array(z.looseObject({ value: number.optional(), labels: z.record(z.string(), z.string()).optional() })),
  }),
);

const rangeQuery = z.looseObject({
  status: z.literal('success'),
  data: z.looseObject({
    resultType: z.literal('matrix'),
    result: z.array(
      z.looseObject({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])).min(1),
      }),
    ),
  }),
});

/** One scrape of an exposition; the first and the last of a range query. */
export function readMetrics(file: SourceFile): Result<readonly Scrape[]> {
  if (/^\s*[{[]/.test(file.text)) return readRangeQuery(file);
  const samples = readExposition(file.text);
  return samples.length === 0 ? fail(notMetrics(file)) : ok([{ source: file.path, samples }]);
}

/**
 * The library joins the series of a histogram and drops their labels, so histograms are read as plain samples: their TYPE
 * lines are left out.
 */
function readExposition(text: string): readonly Sample[] {
  // Without its last line end the library leaves the last sample out.
  const plain = `${text}\n`
    .replace(/^#\s*TYPE\s+\S+\s+(histogram|summary)\s*$/gim, '')
    // The format lets blanks stand between the parts of a line; the library does not.
    .replace(/^([a-zA-Z_:][\w:]*)[ \t]+\{/gm, '$1{')
    .replace(/^[a-zA-Z_:].*,[ \t].*$/gm, (line) => line.replace(/("(?:[^"\\]|\\.)*")|(,)[ \t]+/g, '$1$2'));
  let parsed: unknown;
  try {
    parsed = parse(plain);
  } catch {
    return [];
  }
  const checked = families.safeParse(parsed);
  if (!checked.success) return [];
  return checked.data.flatMap(({ name, metrics }) =>
    metrics.flatMap(({ value, labels = {} }) =>
      value === undefined || Number.isNaN(value) ? [] : [{ name, labels, value }],
    ),
  );
}

/** A counter that is set back within the range is no growth: it shows as a reset between first and last. */
function readRangeQuery(file: SourceFile): Result<readonly Scrape[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(file.text);
  } catch {
    return fail(notMetrics(file));
  }
  const checked = rangeQuery.safeParse(parsed);
  if (!checked.success) return fail(notMetrics(file));
  const { result } = checked.data.data;
  let [start, end] = [Infinity, -Infinity];
  for (const { values } of result) {
    start = Math.min(start, values[0][0]);
    end = Math.max(end, values[values.length - 1][0]);
  }
  if (result.length > 0 && start === end) return fail(oneMoment(file));
  const first: Sample[] = [];
  const last: Sample[] = [];
  for (const { metric, values } of result) {
    const { __name__: name = '', ...labels } = metric;
    const numbers = values.map(([, text]) => Number(text));
    const [beginsAt, endsAt] = [values[0][0], values[values.length - 1][0]];
    if (GAUGES.has(name)) {
      // What an istiod had that is gone says nothing about the mesh as it is.
      if (beginsAt === start) first.push({ name, labels, value: numbers[0] });
      if (endsAt === end) last.push({ name, labels, value: numbers[numbers.length - 1] });
      continue;
    }
    const drop = numbers.findIndex((value, at) => at > 0 && value < numbers[at - 1]);
    if (drop >= 0) return fail(resetWithin(file, name, values[drop][0]));
    // A series that begins within the range began at 0.
    first.push({ name, labels, value: beginsAt > start ? 0 : numbers[0] });
    last.push({ name, labels, value: numbers[numbers.length - 1] });
  }
  if (last.length === 0) return fail(notMetrics(file));
  return ok([
    { source: `${file.path} (start)`, samples: first, atSeconds: start },
    { source: `${file.path} (end)`, samples: last, atSeconds: end },
  ]);
}

function notMetrics({ path, text }: SourceFile): UserError {
  const start = text.trim().split('\n')[0].slice(0, 60);
  return {
    code: 'XDS-METRICS-FORMAT',
    message: `${path} is neither a Prometheus text exposition nor a range query's JSON`,
    position: { file: path, line: 1, column: 1 },
    excerpt: start === '' ? undefined : start,
    hint: 'istiod serves its metrics at :15014/metrics; of a Prometheus server take /api/v1/query_range.',
  };
}

function oneMoment({ path }: SourceFile): UserError {
  return {
    code: 'XDS-METRICS-MISSING',
    message: `the range query of ${path} is of one moment: nothing has come in it`,
    position: { file: path, line: 1, column: 1 },
    hint: 'Query a range with a start before its end, an hour of ordinary work for example.',
  };
}

function resetWithin({ path }: SourceFile, name: string, at: number): UserError {
  return {
    code: 'XDS-METRICS-RESET',
    message: `${name} falls back within the range of ${path}, at ${new Date(at * 1000).toISOString()}`,
    position: { file: path, line: 1, column: 1 },
    hint: 'istiod restarted then: query a range after it.',
  };
}
