/**
 * Brings a fresh checkout to the point where the command line runs: installs the dependencies with the pinned pnpm, then
 * compiles sim-core and cli, and bundles the command line. Plain Node without dependencies, since nothing is installed yet. When nothing has changed it
 * costs a few milliseconds: it compares hashes with the stamps of the last success and starts no process.
 *
 * Everything is said on stderr; stdout belongs to the command.
 */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants, hostname } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const MODULES = join(ROOT, 'node_modules');
const INSTALL_STAMP = join(MODULES, '.xdsim-stamp');
const BUILD_STAMP = join(MODULES, '.xdsim-build-stamp');
const LOCK = join(ROOT, '.xdsim-lock');
const LOCK_HEARTBEAT_MS = 2_000;
const LOCK_STALE_MS = 30_000;

const WORKSPACES = ['packages/cli', 'packages/sim-core', 'packages/viz'];
const COMPILED = ['packages/sim-core', 'packages/cli'];
/** What starts, as one file with all that it needs: hundreds of small ones take longer to load than to run. */
const STARTED = ['main.js', 'workers/worker.js'];
const BUNDLE = join(ROOT, 'packages/cli/bundle');

/** Set-up has failed for a reason that the user can act on: shown without a stack. */
export class SetupError extends Error {}

/** A signal has ended the set-up or a child. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = signalExitCode(signal);
  }
}

export function say(text) {
  process.stderr.write(`xdsim: ${text}\n`);
}

/** Path of a tool that the workspace has installed. */
export function tool(name) {
  return join(MODULES, '.bin', name);
}

// ---------------------------------------------------------------------------------------------------- child processes

/**
 * Runs a child to its end and gives its exit code. A terminal sends Ctrl-C to the whole process group, so the child has
 * it already and decides itself how to end; without a terminal, and for other signals, it is passed on.
 */
export async function runChild(command, args, options = {}) {
  const { quietStdout = false, env = process.env, ...rest } = options;
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: quietStdout ? ['ignore', 2, 2] : 'inherit',
    ...rest,
    // The tools' launchers start `node` by name: it is to be this one.
    env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}` },
  });
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  let received;
  const onSignal = (signal) => {
    received = signal;
    if (signal !== 'SIGINT' || !hasTerminal) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...result) => resolve(result));
    });
    return { code: code ?? signalExitCode(signal), received: received ?? signal ?? undefined };
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

function signalExitCode(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}

// --------------------------------------------------------------------------------------------------------------- lock

/** One process at a time sets up; the others wait and then find that there is nothing left to do. */
export async function withLock(work) {
  const token = `${hostname()}\n${process.pid}\n${randomUUID()}`;
  const owner = join(LOCK, 'owner');
  let hasSaid = false;
  while (!tryLock(owner, token)) {
    if (!hasSaid) say('another xdsim is setting up, waiting for it …');
    hasSaid = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const heartbeat = setInterval(() => {
    try {
      utimesSync(owner, new Date(), new Date());
    } catch {
      // Somebody has removed the lock by hand; the work goes on.
    }
  }, LOCK_HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (readOrEmpty(owner) === token) rmSync(LOCK, { recursive: true, force: true });
  }
}

function tryLock(owner, token) {
  try {
    mkdirSync(LOCK);
  } catch (error) {
    if (error.code !== 'EEXIST') throw new SetupError(`cannot write to ${ROOT}: ${error.message}`);
    removeStaleLock(owner);
    return false;
  }
  writeFileSync(owner, token);
  return true;
}

/** A lock is stale when its owner is dead, or has not been heard of for long (other host, other pid namespace). */
function removeStaleLock(owner) {
  const token = readOrEmpty(owner);
  const [host, pid] = token.split('\n');
  const isDead = host === hostname() && (Number(pid) === process.pid || !isAlive(Number(pid)));
  if (!isDead && Date.now() - touchedMs(owner) < LOCK_STALE_MS) return;
  // Of several waiters that see this one wins the rename. If a new owner has come in between, it gets its lock back.
  const aside = `${LOCK}-${randomUUID()}`;
  try {
    renameSync(LOCK, aside);
    if (readOrEmpty(join(aside, 'owner')) !== token) renameSync(aside, LOCK);
  } catch {
    // Another waiter was faster.
  }
  rmSync(aside, { recursive: true, force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function touchedMs(owner) {
  for (const path of [owner, LOCK]) {
    try {
      return statSync(path).mtimeMs;
    } catch {
      // Not written yet, or gone.
    }
  }
  return Date.now();
}

// ------------------------------------------------------------------------------------------------------------ install

/** Installs the dependencies unless those of the present lockfile are there. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await withLock(async () => {
    if (isInstalled()) return;
    const wanted = installHash();
    rmSync(INSTALL_STAMP, { force: true });
    const pnpm = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).packageManager;
    say(`installing the dependencies with ${pnpm} …`);
    const args = ['--yes', pnpm, 'install', '--frozen-lockfile'];
    // NODE_ENV=production would leave the compiler out, and `npm run -s` would have npx fail without a word.
    const { NODE_ENV: _, ...inherited } = process.env;
    const env = { ...inherited, npm_config_loglevel: 'error' };
    const result = await runChild('npx', args, { quietStdout: true, env }).catch((error) => ({ code: error.message }));
    if (result.received) throw new Interrupted(result.received);
    if (result.code !== 0) {
      throw new SetupError(
        `installing the dependencies failed (${result.code}); what it said is above.\n` +
          '  It needs npm and the npm registry. To see it alone, run:\n' +
          `  npx ${args.join(' ')}\n` +
          '  If package.json was changed on purpose, bring the lockfile up to date first:\n' +
          `  npx --yes ${pnpm} install --no-frozen-lockfile`,
      );
    }
    mkdirSync(MODULES, { recursive: true });
    writeFileSync(INSTALL_STAMP, wanted);
  });
}

function isInstalled() {
  return (
    readOrEmpty(INSTALL_STAMP) === installHash() &&
    WORKSPACES.every((dir) => existsSync(join(ROOT, dir, 'node_modules')))
  );
}

function installHash() {
  const files = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...WORKSPACES.map((dir) => `${dir}/package.json`),
  ];
  // Binaries differ by platform.
  return hashFiles(files, `${process.platform}-${process.arch}`);
}

// -------------------------------------------------------------------------------------------------------------- build

/** Compiles sim-core and cli unless dist is what their sources give. */
export async function ensureBuilt() {
  if (isBuilt()) return;
  say('compiling …');
  const code = await compile({ quietStdout: true });
  if (code !== 0) throw new SetupError('compiling failed; the errors are above.');
}

/** Always asks the compiler. Gives its exit code. */
export async function compile({ quietStdout = false } = {}) {
  return withLock(async () => {
    if (quietStdout && isBuilt()) return 0;
    const wanted = sourceHash();
    rmSync(BUILD_STAMP, { force: true });
    removeOrphans();
    // The compiler's own bookkeeping does not notice that somebody has removed single files from dist.
    const force = existsSync(buildInfo(COMPILED[0])) && !outputs().every(existsSync) ? ['--force'] : [];
    const result = await runChild(tool('tsc'), ['-b', ...COMPILED, ...force], { quietStdout });
    if (result.received) throw new Interrupted(result.received);
    if (result.code === 0) await bundle();
    if (result.code === 0) writeFileSync(BUILD_STAMP, `${wanted} ${builtAt()}`);
    return result.code;
  });
}

async function bundle() {
  const { build } = await import('rolldown');
  const input = STARTED.map((file) => join(ROOT, 'packages/cli/dist', file));
  rmSync(BUNDLE, { recursive: true, force: true });
  await build({ input, platform: 'node', output: { dir: BUNDLE } });
}

/** Builds the page, once as files and once as a single one, unless it is what its sources give. */
export async function ensurePage() {
  const stamp = join(ROOT, 'packages/viz/dist/.stamp');
  const wanted = pageHash();
  if (readOrEmpty(stamp) === wanted) return;
  await withLock(async () => {
    if (readOrEmpty(stamp) === wanted) return;
    say('building the page …');
    for (const mode of ['production', 'single']) {
      const args = ['build', '--mode', mode, '--logLevel', 'warn'];
      const result = await runChild(tool('vite'), args, { cwd: join(ROOT, 'packages/viz'), quietStdout: true });
      if (result.received) throw new Interrupted(result.received);
      if (result.code !== 0) throw new SetupError('building the page failed; the errors are above.');
    }
    // For saving a view as one file from the served page.
    copyFileSync(join(ROOT, 'packages/viz/dist/single/index.html'), join(ROOT, 'packages/viz/dist/page/single.html'));
    writeFileSync(stamp, wanted);
  });
}

function pageHash() {
  const within = (dir) => listFiles(join(ROOT, dir)).map((file) => `${dir}/${file}`);
  const viz = ['index.html', 'package.json', 'vite.config.ts', 'vite-plugins.ts'].map((file) => `packages/viz/${file}`);
  const sources = [...within('packages/viz/src'), ...within('packages/sim-core/src'), ...within('scenarios')];
  return hashFiles([...viz, 'packages/cli/package.json', ...sources], readOrEmpty(INSTALL_STAMP));
}

function isBuilt() {
  return readOrEmpty(BUILD_STAMP) === `${sourceHash()} ${builtAt()}` && outputs().every(existsSync);
}

function sources(dir) {
  return listFiles(join(ROOT, dir, 'src')).filter((file) => file.endsWith('.ts'));
}

function sourceHash() {
  const files = COMPILED.flatMap((dir) => [
    `${dir}/package.json`,
    `${dir}/tsconfig.json`,
    ...sources(dir).map((file) => `${dir}/src/${file}`),
  ]);
  return hashFiles(['tsconfig.base.json', ...files], readOrEmpty(INSTALL_STAMP));
}

function outputs() {
  const compiled = COMPILED.flatMap((dir) =>
    sources(dir)
      .filter((file) => !file.endsWith('.d.ts'))
      .map((file) => join(ROOT, dir, 'dist', file.replace(/\.ts$/, '.js'))),
  );
  return [...compiled, ...STARTED.map((file) => join(BUNDLE, basename(file)))];
}

/** When the compiler last wrote, so that a compilation behind our back (another branch, an editor) is noticed. */
function builtAt() {
  return COMPILED.map((dir) => statSync(buildInfo(dir), { throwIfNoEntry: false })?.mtimeMs ?? 0).join(' ');
}

function buildInfo(dir) {
  return join(ROOT, dir, 'dist', '.tsbuildinfo');
}

/** The compiler leaves the outputs of deleted sources behind, and an import of one would still work here. */
function removeOrphans() {
  for (const dir of COMPILED) {
    const stems = new Set(sources(dir).map((file) => file.replace(/\.ts$/, '')));
    for (const file of listFiles(join(ROOT, dir, 'dist'))) {
      const stem = file.replace(/(\.d\.ts|\.js)(\.map)?$/, '');
      if (stem !== file && !stems.has(stem)) rmSync(join(ROOT, dir, 'dist', file));
    }
  }
}

// -------------------------------------------------------------------------------------------------------------- files

function listFiles(dir, prefix = '') {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) =>
    entry.isDirectory() ? listFiles(join(dir, entry.name), `${prefix}${entry.name}/`) : [prefix + entry.name],
  );
}

function hashFiles(files, salt) {
  const hash = createHash('sha256').update(salt);
  for (const file of files) hash.update(`\0${file}\0`).update(readOrEmpty(join(ROOT, file)));
  return hash.digest('hex');
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
