import { readFileSync } from 'node:fs';

/** The most memory that this process has had resident. */
export function peakMemoryMiB(): number {
  // Linux hands ru_maxrss of the parent down to what it starts; VmHWM is the process's own.
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return (kib === undefined ? process.resourceUsage().maxRSS : Number(kib)) / 1024;
}
