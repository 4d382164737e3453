/** The contract `xdsim.bench/v1`: what `npm run bench -- --json FILE` writes. */
import { z } from 'zod';

/** JSON has no NaN or Infinity, and neither is a measurement. */
const measured = z.number();

const result = z
  .strictObject({
    name: z.string(),
    value: measured,
    unit: z.string(),
    /** Such as `≤ 1.0`; null: informative. */
    goal: z.string().nullable(),
    met: z.boolean().nullable(),
  })
  .refine(({ goal, met }) => (goal === null) === (met === null), 'a result has both a goal and a verdict, or neither');

export const benchSchema = z.strictObject({
  schema: z.literal('xdsim.bench/v1'),
  machine: z.strictObject({ cores: z.number().int().positive(), node: z.string(), platform: z.string() }),
  results: z.array(result),
});

export type Bench = z.infer<typeof benchSchema>;
export type BenchResult = z.infer<typeof result>;
