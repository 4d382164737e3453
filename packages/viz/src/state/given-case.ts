/** The case that the command line has put into the page, where it has served or written it. */
import type { CaseFiles } from '../engine/protocol.js';

export interface GivenCase {
  readonly files: CaseFiles;
  /** Fragment of the first view. */
  readonly address: string;
}

/** Id of the element in index.html that holds it as JSON. */
const ELEMENT = 'xdsim-case';

export const givenCase: GivenCase | undefined = read();

function read(): GivenCase | undefined {
  const text = document.getElementById(ELEMENT)?.textContent?.trim() ?? '';
  return text === '' ? undefined : (JSON.parse(text) as GivenCase);
}
