/** The contract `xdsim.versions-comparison/v1`: one change under several Istio versions, on the same luck. */
import { z } from 'zod';
import { errorDifference } from './ranking.js';
import { type Report, reportSchema } from './report-schema.js';
import type { TrialResult } from './trial.js';

export const versionsComparisonSchema = z.strictObject({
  schema: z.literal('xdsim.versions-comparison/v1'),
  versions: z.array(z.strictObject({ istio: z.string(), report: reportSchema })),
  differences: z
    .array(
      z.strictObject({
        strategy: z.string(),
        istio: z.string(),
        errors: z.number().describe('Expected 5xx per rollout, less those with the first version; paired by trial.'),
        ci95: z.tuple([z.number().nullable(), z.number().nullable()]),
      }),
    )
    .describe('Against the first version, for each other version and strategy.'),
});

export type VersionsComparison = z.infer<typeof versionsComparisonSchema>;

export interface ComparedVersion {
  readonly istio: string;
  readonly report: Report;
  readonly results: ReadonlyMap<string, readonly TrialResult[]>;
}

/** @param versions at least one; the first is what the others are held against */
export function compareVersions(versions: readonly ComparedVersion[]): VersionsComparison {
  const [first, ...others] = versions;
  return {
    schema: 'xdsim.versions-comparison/v1',
    versions: versions.map(({ istio, report }) => ({ istio, report })),
    differences: others.flatMap(({ istio, results }) =>
      [...results.keys()].map((strategy) => {
        const { mean, ci95 } = errorDifference(first.results.get(strategy) ?? [], results.get(strategy) ?? []);
        return { strategy, istio, errors: mean, ci95: [ci95[0], ci95[1]] as [number | null, number | null] };
      }),
    ),
  };
}
