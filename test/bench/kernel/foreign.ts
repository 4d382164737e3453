/** The hold model in other languages, where this machine has them. Nothing is installed; files go to a temporary folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cppSource from './hold.cpp?raw';
import simpySource from './hold_simpy.py?raw';

export interface ForeignHold {
  /** What runs it, e.g. `g++ (Debian 12.2.0-14) 12.2.0`. */
  readonly version: string;
  /** Nanoseconds per event. */
  run(pending: number, events: number): number;
  dispose(): void;
}

/** Compiles hold.cpp with -O2; null where there is no compiler. */
export function maybeCppHold(): ForeignHold | null {
  for (const compiler of ['g++', 'c++', 'clang++']) {
    const version = output(compiler, ['--version']);
    if (version === null) continue;
    const folder = mkdtempSync(join(tmpdir(), 'xdsim-hold-'));
    const source = join(folder, 'hold.cpp');
    const program = join(folder, 'hold');
    writeFileSync(source, cppSource);
    if (output(compiler, ['-O2', '-std=c++17', '-o', program, source]) !== null) {
      return newForeignHold(version.split('\n')[0], program, [], folder);
    }
    rmSync(folder, { recursive: true });
  }
  return null;
}

/** Finds a Python that has SimPy; XDSIM_PYTHON names one in a virtual environment. */
export function maybeSimpyHold(): ForeignHold | null {
  const named = process.env.XDSIM_PYTHON;
  for (const python of named === undefined ? ['python3', 'python'] : [named]) {
    const version = output(python, ['-c', 'import simpy, sys; print(simpy.__version__, sys.version.split()[0])']);
    if (version === null) continue;
    const [simpy, interpreter] = version.trim().split(' ');
    const folder = mkdtempSync(join(tmpdir(), 'xdsim-hold-'));
    const script = join(folder, 'hold_simpy.py');
    writeFileSync(script, simpySource);
    return newForeignHold(`SimPy ${simpy}, Python ${interpreter}`, python, [script], folder);
  }
  return null;
}

function newForeignHold(version: string, command: string, leading: string[], folder: string): ForeignHold {
  return {
    version,
    run(pending, events) {
      const ns = Number(output(command, [...leading, String(pending), String(events)]) ?? Number.NaN);
      if (!(ns > 0)) throw new Error(`${command} printed no time per event`);
      return ns;
    },
    dispose() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a command prints; null if it is missing or fails. */
function output(command: string, args: string[]): string | null {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.status === 0 ? result.stdout : null;
}
