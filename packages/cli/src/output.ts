/** Where text goes: results to stdout or a file, all the rest to stderr. */
import { existsSync, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result, type UserError } from '@xdsim/sim-core';

/** A reader that has seen enough, such as `head`, is no error; and nobody is left to tell. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (stream === process.stdout) process.exit(0);
    });
  }
}

/** To stderr: progress, configuration, warnings. */
export function say(text: string): void {
  process.stderr.write(text);
}

/** The result of a command, whole: a file is there with all of it, or not at all. */
export function writeResult(text: string, out: string | undefined): Result<void> {
  if (out === undefined) {
    process.stdout.write(text);
    return ok(undefined);
  }
  try {
    writeFile(out, text);
  } catch (error) {
    return fail(unwritable(out, error));
  }
  say(`written: ${out}\n`);
  return ok(undefined);
}

/** Said before minutes of work and not after them. */
export function checkWritable(out: string | undefined): Result<void> {
  if (out === undefined) return ok(undefined);
  const folder = dirname(out);
  if (!existsSync(folder)) {
    const hint = `Create the folder first: mkdir -p ${folder}`;
    return fail({
      code: 'XDS-OUT-UNWRITABLE',
      message: `${out} cannot be written: there is no folder ${folder}`,
      hint,
    });
  }
  if (existsSync(out) && statSync(out).isDirectory()) {
    const hint = `Give a file, such as ${join(out, 'report.json')}.`;
    return fail({ code: 'XDS-OUT-UNWRITABLE', message: `${out} cannot be written: it is a folder`, hint });
  }
  return ok(undefined);
}

function writeFile(out: string, text: string): void {
  // A link stays a link; what it leads to is replaced.
  const target = existsSync(out) ? realpathSync(out) : out;
  if (existsSync(target) && !lstatSync(target).isFile()) {
    // A device or a named pipe, such as /dev/stdout: there is nothing to put in its place.
    writeFileSync(target, text);
    return;
  }
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function unwritable(out: string, error: unknown): UserError {
  const message = `${out} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  return { code: 'XDS-OUT-UNWRITABLE', message, hint: 'Give a file in a folder that you may write to.' };
}
