/** A time, written as a number of milliseconds or as a distribution of it. */
import { z } from 'zod';
import type { Distribution } from '../kernel/distribution.js';
import { milliseconds, probability } from './fields.js';

const constant = z.strictObject({ constant: milliseconds });

const uniform = z.strictObject({
  uniform: z.tuple([milliseconds, milliseconds]).refine(([low, high]) => low <= high, {
    message: 'the first number is the lower one',
    params: { hint: 'Write {uniform: [low, high]}.' },
  }),
});

const lognormal = z.strictObject({
  lognormal: z
    .strictObject({
      median: milliseconds,
      p95: milliseconds.optional(),
      sigma: z.number().min(0).max(5).optional(),
      max: milliseconds.optional(),
    })
    .refine(({ p95, sigma }) => (p95 === undefined) !== (sigma === undefined), {
      message: 'a lognormal has a median and either p95 or sigma',
      params: { hint: 'Write {lognormal: {median: 12, p95: 30}}, in ms.' },
    })
    .refine(({ median, p95 }) => p95 === undefined || p95 >= median, {
      message: 'p95 is below the median',
      params: { hint: 'Give a p95 that is at least the median.' },
    }),
});

const gamma = z.strictObject({
  gamma: z.strictObject({ mean: milliseconds, shape: z.number().min(0.01).max(1e6) }),
});

const quantiles = z.strictObject({
  quantiles: z
    .array(z.tuple([probability, milliseconds]))
    .min(1)
    .refine((points) => points.every(([p, ms], i) => i === 0 || (p > points[i - 1][0] && ms >= points[i - 1][1])), {
      message: 'quantiles ascend in both numbers',
      params: { hint: 'Write {quantiles: [[0, 1], [0.5, 3], [1, 20]]}: pairs of probability and ms.' },
    }),
});

export const distribution: z.ZodType<Distribution, Distribution> = z
  .union([milliseconds, constant, uniform, lognormal, gamma, quantiles])
  .meta({
    title: 'Milliseconds: a number, or constant, uniform, lognormal, gamma or quantiles',
    examples: [12, { uniform: [1, 5] }, { lognormal: { median: 12, p95: 30 } }],
  });
