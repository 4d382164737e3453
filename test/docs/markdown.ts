/**
 * Commands in Markdown. A ```console block is a terminal: `$ command`, then what it prints. An ```sh block is a list of
 * commands that only have to succeed. A line that ends in `\` goes on in the next one. A ```console single block has one
 * command, whose output may have lines with `$` itself.
 */
export interface ShownCommand {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly command: string;
  /** undefined: nothing is shown of it. */
  readonly output: string | undefined;
}

interface Fence {
  readonly language: string;
  /** Index of the first and past the last line inside. */
  readonly from: number;
  readonly to: number;
}

export function shownCommands(markdown: string): ShownCommand[] {
  const lines = markdown.split('\n');
  return fences(lines).flatMap(({ language, from, to }) => {
    if (language === 'console') return consoleCommands(lines, from, to);
    if (language === 'console single') return consoleCommands(lines, from, to, true);
    return language === 'sh' ? scriptCommands(lines, from, to) : [];
  });
}

/** The page with the output of its n-th command exchanged; `undefined` leaves it alone. */
export function withOutputs(markdown: string, outputs: readonly (string | undefined)[]): string {
  const lines = markdown.split('\n');
  const commands = shownCommands(markdown);
  for (let i = commands.length - 1; i >= 0; i--) {
    const { line, command, output } = commands[i];
    const fresh = outputs[i];
    if (output === undefined || fresh === undefined) continue;
    const first = line - 1 + command.split('\n').length;
    const count = output === '' ? 0 : output.split('\n').length;
    lines.splice(first, count, ...(fresh === '' ? [] : fresh.split('\n')));
  }
  return lines.join('\n');
}

function fences(lines: readonly string[]): Fence[] {
  const found: Fence[] = [];
  let open: { language: string; from: number } | undefined;
  lines.forEach((line, at) => {
    if (!line.startsWith('```')) return;
    if (open === undefined) open = { language: line.slice(3).trim(), from: at + 1 };
    else {
      found.push({ ...open, to: at });
      open = undefined;
    }
  });
  if (open !== undefined) throw new Error(`the block that starts in line ${open.from} has no end`);
  return found;
}

function consoleCommands(lines: readonly string[], from: number, to: number, isSingle = false): ShownCommand[] {
  const commands: ShownCommand[] = [];
  let at = from;
  while (at < to) {
    if (!lines[at].startsWith('$ ')) throw new Error(`line ${at + 1}: a console block starts with "$ command"`);
    const start = at;
    while (lines[at].endsWith('\\')) at++;
    const command = [lines[start].slice(2), ...lines.slice(start + 1, at + 1)].join('\n');
    let end = at + 1;
    while (end < to && (isSingle || !lines[end].startsWith('$ '))) end++;
    commands.push({ line: start + 1, command, output: lines.slice(at + 1, end).join('\n') });
    at = end;
  }
  return commands;
}

function scriptCommands(lines: readonly string[], from: number, to: number): ShownCommand[] {
  const commands: ShownCommand[] = [];
  for (let at = from; at < to; at++) {
    const start = at;
    while (lines[at].endsWith('\\')) at++;
    const command = lines.slice(start, at + 1).join('\n');
    if (command.trim() !== '') commands.push({ line: start + 1, command, output: undefined });
  }
  return commands;
}
