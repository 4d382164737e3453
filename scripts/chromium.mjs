/**
 * Unpacks the Chromium that comes with the npm package @sparticuz/chromium, with the libraries and the fonts that it
 * needs, and prints the folder: `node scripts/chromium.mjs`. Nothing of the system is used, and nothing is installed.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../node_modules/.xdsim-chromium', import.meta.url));

/** The fonts of the package and no others: a picture of the page is the same on every machine. */
function fontsConfiguration(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts/fonts')}</dir>
  <cachedir>${join(folder, 'fonts/cache')}</cachedir>
</fontconfig>
`;
}

function versionOf(name) {
  const main = createRequire(import.meta.url).resolve(name);
  const root = main.slice(0, main.lastIndexOf(name) + name.length);
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}

export async function unpackedChromium() {
  const folder = join(CACHE, versionOf('@sparticuz/chromium'));
  if (existsSync(join(folder, 'chromium'))) return folder;
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(join(CACHE, 'partial-'));
  try {
    // The package unpacks into the folder for temporary files, and its libraries only where it believes to need them.
    process.env.TMPDIR = partial;
    process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x';
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
    writeFileSync(join(partial, 'fonts/fonts.conf'), fontsConfiguration(folder));
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Somebody else was faster.
      if (!existsSync(join(folder, 'chromium'))) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await unpackedChromium()}\n`);
