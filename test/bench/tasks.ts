/** Measurements in processes of their own: this same program, started again with the task as its argument. */
import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { measurePrecision, type PrecisionMeasurement, type PrecisionTask } from './precision-task.js';
import { measureScaling, type ScalingMeasurement, type ScalingTask } from './scaling-task.js';

type Task = ScalingTask | PrecisionTask;

const MAX_OUTPUT_BYTES = 1 << 20;

export function runScaling(task: ScalingTask): ScalingMeasurement {
  return JSON.parse(runInProcess([], task));
}

/** On one core where the machine can pin a process to one (taskset of Linux). */
export function runPrecision(task: PrecisionTask): PrecisionMeasurement {
  return JSON.parse(runInProcess(pinning(), task));
}

/** The other side: called with the argument that the process was started with. */
export function performTask(json: string): void {
  const task: Task = JSON.parse(json);
  const measurement = task.kind === 'scaling' ? measureScaling(task) : measurePrecision(task);
  process.stdout.write(JSON.stringify(measurement));
}

export function canPin(): boolean {
  return pinning().length > 0;
}

function runInProcess(prefix: readonly string[], task: Task): string {
  const [command, ...args] = [...prefix, process.execPath, process.argv[1], '--task', JSON.stringify(task)];
  return execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The last core: the first ones serve more of a machine's interrupts. */
function pinning(): string[] {
  const prefix = ['taskset', '-c', String(availableParallelism() - 1)];
  return spawnSync(prefix[0], [...prefix.slice(1), 'true']).status === 0 ? prefix : [];
}
