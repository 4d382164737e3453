/** `xdsim.calibration/v1`: the file that `calibrate` writes and a scenario includes. */
import { z } from 'zod';
import type { Calibration } from './calibrate.js';

const share = z.number().min(0).max(1.000001);

export const calibrationSchema = z.strictObject({
  schema: z.literal('xdsim.calibration/v1'),
  source: z.string().describe('Metrics that it was made from'),
  values: z.record(z.string(), z.unknown()).describe('Fields of the scenario file'),
  taken: z.array(z.strictObject({ field: z.string(), value: z.unknown(), from: z.string() })),
  left: z.array(z.strictObject({ field: z.string(), why: z.string() })).describe('What stays at its default'),
  fit: z
    .array(
      z.strictObject({
        metric: z.string(),
        count: z.number(),
        meanMs: z.number(),
        modelMeanMs: z.number().nullable(),
        buckets: z.array(z.strictObject({ leSeconds: z.number().nullable(), observed: share, model: share })),
        largest: share,
      }),
    )
    .describe('Share of the observations up to each bound, real and simulated'),
  notes: z.array(z.string()),
});

export type CalibrationFile = z.infer<typeof calibrationSchema>;

export function newCalibrationFile({ source, taken, left, fit, notes }: Calibration): CalibrationFile {
  const values: Record<string, unknown> = {};
  for (const { field, value } of taken) set(values, field.split('.'), value);
  return {
    schema: 'xdsim.calibration/v1',
    source,
    values,
    taken: taken.map((each) => ({ ...each })),
    left: left.map((each) => ({ ...each })),
    fit: fit.map(({ buckets, ...each }) => ({ ...each, buckets: buckets.map((bucket) => ({ ...bucket })) })),
    notes: [...notes],
  };
}

function set(values: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    values[name] = value;
    return;
  }
  values[name] ??= {};
  set(values[name] as Record<string, unknown>, rest, value);
}
