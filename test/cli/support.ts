/** Starts the command line as a user does: the built file, in a process of its own. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const MAIN = join(ROOT, 'packages/cli/bundle/main.js');

/** Costs a few milliseconds where the compiled files are those of the sources. */
export function build(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'setup'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Start {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function start(args: readonly string[], { cwd = ROOT, env = {} }: Start = {}): ChildProcessWithoutNullStreams {
  const { COLUMNS: _, NO_COLOR: __, ...inherited } = process.env;
  return spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...inherited, ...env } });
}

export async function xdsim(args: readonly string[], options: Start = {}): Promise<Ending> {
  const child = start(args, options);
  child.stdin.on('error', () => {
    // It ended without having read all of it.
  });
  child.stdin.end(options.stdin ?? '');
  return ending(child);
}

export async function ending(child: ChildProcessWithoutNullStreams): Promise<Ending> {
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** A folder with these files, gone after the test. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'xdsim-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

/** A switch from v1 to v2 in a mesh so small that trials take no time. */
export function smallCase(): string {
  return folder({
    'before/shop.yaml': shop('v1'),
    'after/shop.yaml': shop('v2'),
    'scenario.yaml': `before: before
after: after
mesh: { sidecars: 3, gateways: 0, services: 5 }
strategies: { simultaneous: {}, vs-first: { gapMs: 500 }, dr-first: { gapMs: 500 } }
trials: 20
`,
  });
}

export function shop(subset: string): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: shop
  namespace: shop
spec:
  host: shop
  subsets:
    - name: ${subset}
      labels:
        version: ${subset}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
  namespace: shop
spec:
  hosts:
    - shop
  http:
    - route:
        - destination:
            host: shop
            subset: ${subset}
`;
}
