/**
 * The one entry of all root scripts: `node scripts/run.mjs <command> [arguments]`. Sets the checkout up when that is
 * needed, then runs the command. Set-up speaks on stderr only, so `npm run -s xdsim -- … | jq` sees clean output.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  ensureBuilt,
  ensureInstalled,
  ensurePage,
  Interrupted,
  ROOT,
  runChild,
  SetupError,
  say,
  tool,
} from './setup.mjs';

const VIZ = join(ROOT, 'packages/viz');
const CLI = join(ROOT, 'packages/cli/bundle/main.js');

const commands = {
  /** The shortest way to see something. */
  async start(args) {
    await ensureBuilt();
    await runCli(['compare', 'scenarios/blue-green', ...args]);
  },

  async xdsim(args) {
    await ensureBuilt();
    if (showsPage(args)) await ensurePage();
    // npm runs scripts in the root; paths that the user gives are meant from where the user is.
    if (process.env.npm_lifecycle_event === 'xdsim' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
    await runCli(args);
  },

  async build() {
    await ensureBuilt();
    await ensurePage();
  },

  /** The page on this machine, for looking at it; `view` is the same with a case of yours. */
  async page(args) {
    await ensureBuilt();
    await ensurePage();
    return child(process.execPath, ['scripts/serve-page.mjs', ...args]);
  },

  async dev(args) {
    await ensureBuilt();
    requireViz();
    return child(tool('vite'), ['--host', '127.0.0.1', ...args], { cwd: VIZ });
  },

  async bench(args) {
    await ensureBuilt();
    return commands.ts(['test/bench/main.ts', ...args]);
  },

  /** Runs any TypeScript file of the repository; see run-ts.mjs. */
  async ts(args) {
    await ensureBuilt();
    return child(process.execPath, [join(ROOT, 'scripts/run-ts.mjs'), ...args]);
  },

  async test(args) {
    const { check } = await import('./check.mjs');
    return check(args);
  },

  async typecheck() {
    const { typechecks } = await import('./check.mjs');
    return every(typechecks());
  },

  async lint() {
    const { lints } = await import('./check.mjs');
    return every(lints());
  },

  fmt: (args) => child(tool('biome'), ['check', '--write', ...(args.length > 0 ? args : ['.'])]),

  /** Only the set-up. */
  setup: () => ensureBuilt(),
};

/** What of the command line needs the built page. */
function showsPage([command, ...options]) {
  return command === 'view' || options.some((option) => option === '--open' || /^(--format=)?html$/.test(option));
}

/** In this process: exit code, signals and terminal are the command line's own, and nothing is spent on a second one. */
async function runCli(args) {
  if (!existsSync(CLI)) throw new SetupError('packages/cli/src/main.ts is missing: there is no command line to run.');
  process.argv = [process.execPath, CLI, ...args];
  // For the commands that it suggests: a clone has no `xdsim` on its PATH.
  process.env.XDSIM_COMMAND = 'npm run -s xdsim --';
  // A reader that has seen enough, such as `head`, is not an error.
  process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  await import(pathToFileURL(CLI).href);
}

async function child(...spawnArgs) {
  return (await runChild(...spawnArgs)).code;
}

async function every(checks) {
  let worst = 0;
  for (const { run } of checks) worst = Math.max(worst, await run());
  return worst;
}

function requireViz() {
  if (!existsSync(join(VIZ, 'index.html')))
    throw new SetupError('packages/viz/index.html is missing: viz cannot be built.');
}

async function main([name, ...args]) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`Node 20.19 or newer is needed, this is ${process.version}.`);
  }
  if (!Object.hasOwn(commands, name ?? '')) {
    throw new SetupError(`usage: node scripts/run.mjs <${Object.keys(commands).join('|')}> [arguments]`);
  }
  await ensureInstalled();
  const code = await commands[name](args);
  // The command line sets its own.
  if (code !== undefined) process.exitCode = code;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof SetupError) say(error.message);
  else if (!(error instanceof Interrupted)) throw error;
  process.exitCode = error.exitCode ?? 1;
}
