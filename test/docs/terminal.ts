/** A terminal for the commands of the docs: what a reader sees who types them in the root of a clone. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../cli/support.js';

/** What a clone does not have, or what commands may write to. */
const LEFT_OUT = ['.git', '.xdsim-lock', 'coverage'];

export interface Printed {
  readonly output: string;
  readonly code: number | null;
}

/**
 * A folder that looks like the clone, made of links, so that what the commands write stays out of the real one.
 * Commands run one after another, and `$?` is that of the one before.
 */
export class Terminal {
  private readonly parent = mkdtempSync(join(tmpdir(), 'xdsim-docs-'));
  private readonly folder = join(this.parent, 'xdsim');
  private code: number | null = 0;

  constructor() {
    mkdirSync(this.folder);
    for (const name of readdirSync(ROOT)) {
      if (!LEFT_OUT.includes(name)) symlinkSync(join(ROOT, name), join(this.folder, name));
    }
  }

  async run(command: string): Promise<Printed> {
    // One file for both streams keeps their order, as a terminal does.
    const path = join(this.parent, 'printed');
    const printed = openSync(path, 'w');
    const child = spawn('sh', ['-c', `(exit ${this.code ?? 1})\n${command}`], {
      cwd: this.folder,
      env: environment(),
      stdio: ['ignore', printed, printed],
    });
    this.code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    closeSync(printed);
    return { output: normalised(readFileSync(path, 'utf8')), code: this.code };
  }

  close(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }
}

/** Width and colours are those of a file; what npm tells the scripts that it has started says nothing about these. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|XDSIM_|VITEST|INIT_CWD$|COLUMNS$|FORCE_COLOR$|NODE_ENV$)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: '1' };
}

/** Without what npm and the set-up add on some machines and not on others. */
function normalised(text: string): string {
  const noise = /^(npm (warn|notice).*|> .*|xdsim: (compiling|installing|another xdsim is).*)$/;
  const lines = text.split('\n').map((line) => line.trimEnd());
  const kept = lines.filter((line) => !noise.test(line));
  return kept.join('\n').replace(/^\n+|\n+$/g, '');
}
