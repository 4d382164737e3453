/** Ctrl-C. Work that can give what it has finished asks to be told; otherwise, and the second time, the process ends. */
import { ExitCode } from './exit-codes.js';

let told: (() => void) | undefined;

export function watchInterrupts(): void {
  process.on('SIGINT', () => {
    const tell = told;
    told = undefined;
    if (tell === undefined) process.exit(ExitCode.Interrupted);
    tell();
  });
}

/** Runs `work` with a signal that Ctrl-C aborts. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  told = () => controller.abort();
  try {
    return await work(controller.signal);
  } finally {
    told = undefined;
  }
}
