/** What the streams of this process can show. */
import type { WriteStream } from 'node:tty';

const WIDTH_OF_FILES = 100;

/** Columns of a terminal; COLUMNS goes before it, so that output into files and tests can be given a width. */
export function widthOf(stream: NodeJS.WriteStream): number {
  const wanted = Number(process.env.COLUMNS);
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  return (stream.isTTY && (stream as WriteStream).columns) || WIDTH_OF_FILES;
}

/** See no-color.org. */
function hasColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}

/** ANSI styles, or none of them. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
}

export const PLAIN: Palette = { bold: same, red: same, yellow: same, dim: same };

const COLOURED: Palette = { bold: style(1), red: style('1;31'), yellow: style('1;33'), dim: style(2) };

export function paletteOf(stream: NodeJS.WriteStream): Palette {
  return hasColours(stream) ? COLOURED : PLAIN;
}

function same(text: string): string {
  return text;
}

function style(code: number | string): (text: string) => string {
  return (text) => `\u001b[${code}m${text}\u001b[0m`;
}
