/**
 * `npm run bench`: how fast the simulator is, as ratios of medians of paired rounds where there is something to compare
 * with, else as plain numbers of this machine. Table on stdout, progress on stderr. A goal that is missed is reported and
 * is no error.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FULL, measureKernel, measurePrecision, measureScaling, SMOKE } from './measurements.js';
import { type Bench, benchSchema } from './schema.js';
import { formatTable } from './table.js';
import { performTask } from './tasks.js';

const USAGE = 'usage: npm run bench -- [--smoke] [--json FILE]';

function main(): void {
  const { smoke, json, task } = readArguments();
  if (task !== undefined) {
    performTask(task);
    return;
  }
  const effort = smoke ? SMOKE : FULL;
  const say = (text: string): boolean => process.stderr.write(`bench: ${text}\n`);
  const bench: Bench = benchSchema.parse({
    schema: 'xdsim.bench/v1',
    machine: {
      cores: availableParallelism(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    results: [measureKernel, measureScaling, measurePrecision].flatMap((measure) => measure(effort, say)),
  });
  process.stdout.write(formatTable(bench.results));
  // npm runs scripts in the root; a path is meant from where the user is.
  if (json !== undefined) {
    writeFileSync(resolve(process.env.INIT_CWD ?? '.', json), `${JSON.stringify(bench, null, 2)}\n`);
  }
}

function readArguments(): { smoke?: boolean; json?: string; task?: string } {
  try {
    const { values } = parseArgs({
      options: {
        smoke: { type: 'boolean' },
        json: { type: 'string' },
        /** Of a process that measures for another, see tasks.ts. */
        task: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

main();
