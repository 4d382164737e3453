/** Columns that a text takes on a terminal, and layout by them. */

const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** East Asian wide and fullwidth characters, and emoji that are shown as pictures (Unicode TR 11). */
const DOUBLE_WIDTH =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += NO_WIDTH.test(character) ? 0 : DOUBLE_WIDTH.test(character) ? 2 : 1;
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Breaks between words only: a path or a command that is longer than a line stays whole, to be copied. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(next) > width - (lines.length > 0 ? indent.length : 0)) {
      lines.push(line);
      line = word;
    } else {
      line = next;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}

/** Items that are never broken, with a dot between them that never begins a line. */
export function wrapList(items: readonly string[], width: number, indent = ''): string {
  const whole = items.map((item) => item.replaceAll(' ', NO_BREAK));
  return wrap(whole.join(`${NO_BREAK}· `), width, indent).replaceAll(NO_BREAK, ' ');
}

const NO_BREAK = '\u00a0';

/** Control characters of a file must not steer the user's terminal. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(/\p{Cc}/gu, '\ufffd');
}
