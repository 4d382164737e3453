/** Writes a trace piece by piece: that of a large mesh does not fit into one string. */
import { closeSync, existsSync, lstatSync, openSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result } from '@xdsim/sim-core';

const LINES_PER_PIECE = 4096;

/** The file is there with the whole trace, or as it was; a device or a named pipe gets it as it comes. */
export function writeTrace(path: string, lines: Iterable<string>): Result<void> {
  const target = existsSync(path) ? realpathSync(path) : path;
  const isPlain = !existsSync(target) || lstatSync(target).isFile();
  const written = isPlain ? join(dirname(target), `.${basename(target)}.${process.pid}.tmp`) : target;
  try {
    const file = openSync(written, isPlain ? 'wx' : 'w');
    try {
      for (const piece of piecesOf(lines)) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    if (isPlain) renameSync(written, target);
  } catch (error) {
    if (isPlain) rmSync(written, { force: true });
    const message = `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    return fail({ code: 'XDS-OUT-UNWRITABLE', message, hint: 'Give a file in a folder that you may write to.' });
  }
  return ok(undefined);
}

function* piecesOf(lines: Iterable<string>): IterableIterator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(`${line}\n`);
    if (piece.length < LINES_PER_PIECE) continue;
    yield piece.join('');
    piece = [];
  }
  yield piece.join('');
}
