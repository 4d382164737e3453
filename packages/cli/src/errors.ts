/** What is wrong with the user's input, as text: code, place, the line with a caret, what to do about it. */
import type { SourcePosition, UserError, Warning } from '@xdsim/sim-core';
import { type Palette, PLAIN } from './terminal.js';
import { displayWidth, padStart, printable } from './text-width.js';

/** Minified files have lines of any length: what is shown is cut around the caret. */
const EXCERPT_WIDTH = 100;
const EXCERPT_BEFORE_CARET = 60;

export function formatErrors(errors: readonly UserError[], palette: Palette = PLAIN): string {
  return errors.map((error) => formatError(error, palette)).join('\n');
}

export function formatError(error: UserError, palette: Palette = PLAIN): string {
  const lines = [`${palette.red(`error[${error.code}]`)}${palette.bold(`: ${printable(error.message)}`)}`];
  if (error.position !== undefined) {
    lines.push(` --> ${formatPosition(error.position)}`);
    if (error.excerpt !== undefined) lines.push(...excerptLines(error.excerpt, error.position, palette));
  }
  lines.push(`${palette.bold('hint')}: ${printable(error.hint)}`);
  return `${lines.join('\n')}\n`;
}

export function formatWarning(warning: Warning, palette: Palette = PLAIN): string {
  const place = warning.position === undefined ? '' : `\n --> ${formatPosition(warning.position)}`;
  return `${palette.yellow(`warning[${warning.code}]`)}: ${printable(warning.message)}${place}\n`;
}

/** As compilers write it: editors and terminals make a link of it. */
export function formatPosition({ file, line, column }: SourcePosition): string {
  return `${printable(file)}:${line}:${column}`;
}

function excerptLines(excerpt: string, { line, column }: SourcePosition, palette: Palette): string[] {
  const from = Math.max(0, Math.min(column - 1 - EXCERPT_BEFORE_CARET, excerpt.length - EXCERPT_WIDTH));
  const cutBefore = from > 0 ? '…' : '';
  const cutAfter = excerpt.length > from + EXCERPT_WIDTH ? '…' : '';
  const shown = printable(excerpt.slice(from, from + EXCERPT_WIDTH));
  const number = String(line);
  const margin = `${padStart('', number.length)} |`;
  const offset = displayWidth(cutBefore + shown.slice(0, column - 1 - from));
  return [
    palette.dim(margin),
    `${palette.dim(`${number} |`)} ${cutBefore}${shown}${cutAfter}`,
    `${palette.dim(margin)} ${' '.repeat(offset)}${palette.red('^')}`,
  ];
}
