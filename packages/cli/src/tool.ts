/** Who we are, as reports and `--version` say it. */
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/**
 * How this process was started, for commands that a reader may paste: a clone has no `xdsim` on its PATH. What goes into
 * a report stays `xdsim …`, so that its bytes do not depend on it.
 */
const COMMAND = process.env.XDSIM_COMMAND ?? 'xdsim';

/** A command line of the tool as it can be typed here. */
export function typed(command: string): string {
  return command.startsWith('xdsim ') ? COMMAND + command.slice('xdsim'.length) : command;
}

export const TOOL = { name: 'xdsim', version: manifest.version } as const;
