/** `xdsim compare --istio A,B`: the same change under several Istio versions, on the same luck. */
import {
  type ComparedVersion,
  compareVersions,
  fail,
  newReport,
  newStudy,
  ok,
  type Result,
  type UserError,
} from '@xdsim/sim-core';
import { ExitCode } from '../exit-codes.js';
import { say } from '../output.js';
import { renderJson } from '../report/json.js';
import { counted } from '../report/numbers.js';
import { renderVersionsComparison } from '../report/versions.js';
import { readStudyInput, type StudyOptions } from '../study-input.js';
import { widthOf } from '../terminal.js';
import { TOOL } from '../tool.js';
import { runTrials } from '../workers/run-trials.js';
import { delivered, failed } from './outcome.js';

export interface CompareVersionsOptions extends StudyOptions {
  readonly istio: readonly string[];
  readonly strategy?: readonly string[];
  readonly format: 'table' | 'json' | 'markdown' | 'accesslog' | 'html';
  readonly out?: string;
  readonly workers?: number;
}

export async function compareIstioVersions(
  scenario: string | undefined,
  options: CompareVersionsOptions,
): Promise<ExitCode> {
  const asked = checkOptions(options);
  if (!asked.ok) return failed(asked.errors);
  const versions: ComparedVersion[] = [];
  for (const istio of asked.value) {
    const set = [...(options.set ?? []), { path: 'mesh.istio', value: JSON.stringify(istio) }];
    const input = await readStudyInput(scenario, { ...options, set }, options.strategy);
    if (!input.ok) return failed(input.errors);
    const study = newStudy(input.value);
    if (!study.ok) return failed(study.errors);
    const strategies = study.value.strategies.length;
    say(
      `Istio ${istio}: ${strategies === 1 ? '1 strategy' : `${strategies} strategies`}, ${counted(study.value.scenario.trials, 'trial')} each\n`,
    );
    const finished = await runTrials(input.value, study.value, options.workers);
    if (!finished.isComplete) {
      say('interrupted: nothing is compared before every version has all of its trials\n');
      return ExitCode.Interrupted;
    }
    versions.push({ istio, report: newReport(study.value, finished.results, TOOL), results: finished.results });
  }
  const comparison = compareVersions(versions);
  const text =
    options.format === 'json' ? renderJson(comparison) : renderVersionsComparison(comparison, widthOf(process.stdout));
  return delivered(text, options.out);
}

function checkOptions({ istio, set = [], format }: CompareVersionsOptions): Result<readonly string[]> {
  const versions = [...new Set(istio)];
  if (set.some(({ path }) => path === 'mesh.istio')) {
    return fail(usage('both --istio and --set mesh.istio', 'Name all versions after --istio.'));
  }
  if (format !== 'table' && format !== 'json') {
    return fail(usage(`--istio has no ${format} form`, 'Use --format table or json.'));
  }
  return ok(versions);
}

function usage(message: string, hint: string): UserError {
  return { code: 'XDS-USAGE', message, hint };
}
