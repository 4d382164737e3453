/** Options that several commands share, and how their values are checked. */
import { availableParallelism } from 'node:os';
import type { Override } from '@xdsim/sim-core';
import { type Command, InvalidArgumentError, Option } from 'commander';

const TRIALS_MAX = 1_000_000;
const WORKERS_MAX = 256;
const LINES = 20;
const LINES_MAX = 10_000;

export const TEXT_FORMATS = ['text', 'json'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** The scenario or two folders, the seed, and values over those of the scenario. */
export function addStudyOptions(command: Command): Command {
  return command
    .argument('[scenario]', 'scenario file, or the folder of its scenario.yaml; - reads it from standard input')
    .option('--before <dir>', 'manifests as they are applied now: folder, file, or - for standard input')
    .option('--after <dir>', 'manifests as they shall be')
    .option('--seed <text>', 'root of all random draws (default: of the scenario)')
    .option(
      '--set <path=value>',
      'a value over that of the scenario, e.g. mesh.services=1000 (repeatable)',
      collectSet,
    );
}

export function formatOption<T extends string>(formats: readonly [T, ...T[]]): Option {
  return new Option('--format <format>', 'of the result').choices(formats).default(formats[0]);
}

export function linesOption(): Option {
  return new Option('--lines <n>', 'of --format accesslog').default(LINES).argParser(wholeNumber(1, LINES_MAX));
}

export function outOption(): Option {
  return new Option('--out <file>', 'write the result to a file, whole or not at all, in place of stdout');
}

export function workersOption(): Option {
  return new Option('--workers <n>', 'threads; the result does not depend on it (default: one per core)').argParser(
    wholeNumber(1, WORKERS_MAX),
  );
}

/** No more threads than there is work for. */
export function workersFor(asked: number | undefined, tasks: number): number {
  return Math.max(1, Math.min(asked ?? availableParallelism(), tasks));
}

export function trialsOption(ofWhat: string): Option {
  return new Option('--trials <n>', ofWhat).argParser(wholeNumber(1, TRIALS_MAX));
}

export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`It is a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** For options that are given once per value. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

export function collectSet(text: string, before: readonly Override[] = []): Override[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It is written path=value.');
  return [...before, { path: text.slice(0, at), value: text.slice(at + 1) }];
}
