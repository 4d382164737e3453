/** The bundled cases, compared as `xdsim compare --trials 40 --seed 1` compares them. */
import { newReport, type Report } from '@xdsim/sim-core';
import { TOOL } from '../../packages/cli/src/tool.js';
import { newCase, trialsOf } from '../behaviours/case.js';

export const CASES = [
  'blue-green',
  'calibration',
  'canary-weights',
  'case-a-vs-first',
  'churn',
  'istiod-restart',
  'label-not-on-pods',
  'late-readiness',
  'many-gateways',
  'missing-subset',
  'nack',
  'one-gateway',
  'retries-hide',
  'slow-proxy',
  'zero-endpoints-at-switch',
];

export const TRIALS = 40;

export function goldenName(name: string): string {
  return `${name}.report.json`;
}

const reports = new Map<string, Promise<Report>>();

/** Made once: several goldens show the same report. */
export function reportOf(name: string): Promise<Report> {
  const report = reports.get(name) ?? newReportOf(name);
  reports.set(name, report);
  return report;
}

async function newReportOf(name: string): Promise<Report> {
  const study = await newCase(name);
  const results = study.strategies.map((strategy) => [strategy.name, trialsOf(study, strategy.name, TRIALS)] as const);
  return newReport(study, new Map(results), TOOL);
}
