/** The bundled cases, compared as `xdsim compare --trials 10 --seed 1` compares them. */
import { newReport, type Report } from '@xdsim/sim-core';
import { TOOL } from '../../packages/cli/src/tool.js';
import { newCase, trialsOf } from '../behaviours/case.js';

export const CASES = [
  'blue-green',
  'calibration',
  'canary-weights',
  'case-a-vs-first',
  'case-b-dr-first',
  'churn',
  'early-scale-down',
  'first-dr',
  'flapping-readiness',
  'istiod-restart',
  'label-not-on-pods',
  'late-readiness',
  'lb-change',
  'listener-drain',
  'long-lived-tcp',
  'many-gateways',
  'missing-subset',
  'mtls-permissive-bridge',
  'mtls-strict',
  'nack',
  'nearest-zone',
  'one-gateway',
  'outlier-forgotten',
  'policy-with-release',
  'pool-limits',
  'retries-hide',
  'rolling-update',
  'slow-proxy',
  'traffic-skew',
  'zero-endpoints-at-switch',
];

export const TRIALS = 10;

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
