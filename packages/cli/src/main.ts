#!/usr/bin/env node
/** The process: signals, pipes, exit code. */
import { CommanderError } from 'commander';
import { ExitCode } from './exit-codes.js';
import { watchInterrupts } from './interrupt.js';
import { ignoreClosedPipes, say } from './output.js';
import { newProgram } from './program.js';
import { shellWord } from './shell-word.js';
import { TOOL } from './tool.js';

ignoreClosedPipes();
watchInterrupts();
process.on('uncaughtException', endWithDefect);
process.on('unhandledRejection', endWithDefect);
await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const program = newProgram((code) => {
    process.exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.Fine : ExitCode.UserInput;
    else endWithDefect(error);
  }
}

/** Nothing of the user's input ends here: that is shown with a place and a hint. */
function endWithDefect(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const command = [TOOL.name, ...process.argv.slice(2)].map(shellWord).join(' ');
  say(`This is a defect of ${TOOL.name} ${TOOL.version}, not of your input:\n${stack}\n`);
  say(`Please report it with the text above, your manifests and this command line:\n  ${command}\n`);
  process.exit(ExitCode.Defect);
}
