/** What all commands do with their end: errors to stderr and an exit code. */
import type { Result, UserError } from '@xdsim/sim-core';
import { formatErrors } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import { say, writeResult } from '../output.js';
import { paletteOf } from '../terminal.js';

/** Told once, when a command has ended. */
export type Finish = (code: ExitCode) => void;

export function failed(errors: readonly UserError[]): ExitCode {
  say(formatErrors(errors, paletteOf(process.stderr)));
  return ExitCode.UserInput;
}

/** The command's result is there: printed or written, `code` unless that fails. */
export function delivered(text: string, out: string | undefined, code: ExitCode = ExitCode.Fine): ExitCode {
  const written: Result<void> = writeResult(text, out);
  return written.ok ? code : failed(written.errors);
}
