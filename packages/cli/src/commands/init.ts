/** `xdsim init`: a scenario file for two folders, with every default spelled out. */
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import {
  fail,
  MESH_SIZES,
  type MeshSizeName,
  ok,
  parseCalibration,
  parseManifests,
  type Result,
  scenarioTemplate,
  type UserError,
} from '@xdsim/sim-core';
import { Command, Option } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { readFile } from '../input.js';
import { formatOption, TEXT_FORMATS, type TextFormat } from '../options.js';
import { checkWritable, writeResult } from '../output.js';
import { renderJson } from '../report/json.js';
import { readBothManifests } from '../study-input.js';
import { delivered, type Finish, failed } from './outcome.js';

interface InitOptions {
  readonly before: string;
  readonly after: string;
  readonly name?: string;
  readonly size?: MeshSizeName;
  readonly calibration?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly format: TextFormat;
}

export function newInitCommand(finish: Finish): Command {
  return new Command('init')
    .description('Write a commented scenario file with every default spelled out.')
    .requiredOption('--before <dir>', 'manifests as they are applied now: folder or file')
    .requiredOption('--after <dir>', 'manifests as they shall be')
    .option('--name <name>', 'name in reports (default: the folder of the scenario file)')
    .addOption(new Option('--size <size>', 'of the mesh, for its defaults').choices(Object.keys(MESH_SIZES)))
    .option('--calibration <file>', 'what calibrate has written: its values in place of the defaults')
    .option('--out <file>', 'write to a file; its folders are then relative to it (default: stdout)')
    .option('--force', 'write over a file that is there')
    .addOption(formatOption(TEXT_FORMATS))
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim init --before before --after after --out scenario.yaml
  $ xdsim init --before before --after after --size medium --calibration calibration.yaml
  $ xdsim init --before deploy/now --after deploy/next | less`,
    )
    .action(async (options: InitOptions) => finish(await init(options)));
}

async function init(options: InitOptions): Promise<ExitCode> {
  const { out, format } = options;
  const possible = checkTarget(options);
  if (!possible.ok) return failed(possible.errors);
  const readable = await checkManifests(options);
  if (!readable.ok) return failed(readable.errors);
  const calibration = readCalibration(options.calibration);
  if (!calibration.ok) return failed(calibration.errors);
  const scenario = scenarioTemplate({ ...templateValues(options), calibration: calibration.value });
  if (format === 'text') return delivered(scenario, out);
  const written = out === undefined ? ok(undefined) : writeResult(scenario, out);
  if (!written.ok) return failed(written.errors);
  return delivered(renderJson({ schema: 'xdsim.init/v1', file: out ?? null, scenario }), undefined);
}

function checkTarget({ before, after, out, force }: InitOptions): Result<void> {
  if (before === '-' || after === '-') return fail(stdinAsFolder());
  if (out !== undefined && existsSync(out) && force !== true) {
    const hint = 'Give --force to write over it, or another --out.';
    return fail({ code: 'XDS-OUT-EXISTS', message: `${out} is there already`, hint });
  }
  return checkWritable(out);
}

/** A scenario over manifests that cannot be read would only move the error to the next command. */
async function checkManifests({ before, after }: InitOptions): Promise<Result<void>> {
  const files = await readBothManifests(before, after);
  if (!files.ok) return files;
  const errors = [files.value.before, files.value.after].flatMap((state) => {
    const parsed = parseManifests(state);
    return parsed.ok ? [] : parsed.errors;
  });
  return errors.length > 0 ? fail(...errors) : ok(undefined);
}

function readCalibration(file: string | undefined) {
  if (file === undefined) return ok(undefined);
  const text = readFile(file);
  if (!text.ok) return text;
  const parsed = parseCalibration(text.value);
  return parsed.ok ? ok({ ...parsed.value, file: basename(file) }) : parsed;
}

function templateValues({ before, after, name, size, out }: InitOptions) {
  const folder = out === undefined ? '.' : dirname(out);
  return {
    name: name ?? (basename(resolve(folder)) || 'scenario'),
    before: pathFrom(folder, before),
    after: pathFrom(folder, after),
    size,
  };
}

/** With forward slashes on every system, so that the file can be shared. */
function pathFrom(folder: string, path: string): string {
  if (isAbsolute(path)) return path;
  return (relative(folder, path) || '.').split(sep).join('/');
}

function stdinAsFolder(): UserError {
  return {
    code: 'XDS-USAGE',
    message: 'a scenario file cannot refer to standard input',
    hint: 'Write the manifests into a folder or file first.',
  };
}
