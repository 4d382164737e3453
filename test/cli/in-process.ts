/** Runs a command of the tool in this process, and catches what it says. */
import { vi } from 'vitest';
import type { Finish } from '../../packages/cli/src/commands/outcome.js';
import type { newRunCommand } from '../../packages/cli/src/commands/run.js';

type Command = ReturnType<typeof newRunCommand>;

export interface Said {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** As if the terminal were 100 columns wide. */
export async function runCommand(newCommand: (finish: Finish) => Command, args: readonly string[]): Promise<Said> {
  const columns = process.env.COLUMNS;
  process.env.COLUMNS = '100';
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  let code: number | undefined;
  try {
    await newCommand((ended) => {
      code = ended;
    })
      .exitOverride()
      .parseAsync([...args], { from: 'user' });
    const text = (calls: readonly (readonly unknown[])[]): string => calls.map(([chunk]) => String(chunk)).join('');
    return { code, stdout: text(stdout.mock.calls), stderr: text(stderr.mock.calls) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
    if (columns === undefined) delete process.env.COLUMNS;
    else process.env.COLUMNS = columns;
  }
}
