/** Compares a text with a file of this folder, byte for byte. What differs is written beside it, to be looked at. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ACCEPT = 'XDSIM_UPDATE_GOLDEN=1 npm test -- test/golden';

export function goldenPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

export function readGolden(name: string): string | undefined {
  return existsSync(goldenPath(name)) ? readFileSync(goldenPath(name), 'utf8') : undefined;
}

/** @throws where the file has another text, or is not there; with XDSIM_UPDATE_GOLDEN=1 the text becomes the golden */
export function checkGolden(name: string, actual: string): void {
  const actualPath = goldenPath(`${name}.actual`);
  const golden = readGolden(name);
  if (golden === actual) {
    // One of an earlier run would mislead.
    rmSync(actualPath, { force: true });
    return;
  }
  writeFileSync(actualPath, actual);
  if (process.env.XDSIM_UPDATE_GOLDEN !== '1') throw new Error(differenceOf(name, golden, actual));
  // In one step, since other tests read the goldens meanwhile.
  renameSync(actualPath, goldenPath(name));
}

function differenceOf(name: string, golden: string | undefined, actual: string): string {
  const path = `test/golden/${name}`;
  const accept = `If the new one is right: ${ACCEPT}`;
  if (golden === undefined) return `${path} is not there; ${path}.actual is what it would be.\n${accept}`;
  const [was, is] = [golden, actual].map((text) => text.split('\n'));
  const at = was.findIndex((line, i) => line !== is[i]);
  const line = at < 0 ? was.length : at;
  return [
    `${path} differs from line ${line + 1} on; see diff ${path} ${path}.actual`,
    `- ${was[line] ?? '(end)'}`,
    `+ ${is[line] ?? '(end)'}`,
    accept,
  ].join('\n');
}
