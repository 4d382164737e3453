/** From a report or a trace to its very trial, where the page has the manifests. */
import type { CaseFiles } from '../engine/protocol.js';
import { CASES } from '../shell/cases.js';
import { GIVEN, OWN } from '../state/address.js';
import { stageEngine } from '../state/engines.js';
import { givenCase } from '../state/given-case.js';
import { go } from '../state/store.js';
import type { KnownReport } from './known-report.js';

/**
 * @param own the user's files, where they are fine
 * @returns whether a case of its name is here: one put into the page, the user's files, or a bundled one
 */
export async function leadTo(report: KnownReport, own: CaseFiles | undefined): Promise<boolean> {
  const { scenario, sets, seed, ...view } = report;
  const bundled = (CASES as readonly string[]).find((name) => name === scenario);
  const candidates: [name: string, source: string | CaseFiles | undefined][] = [
    [GIVEN, givenCase?.files],
    [OWN, own],
    [scenario, bundled],
  ];
  for (const [name, source] of candidates) {
    if (source === undefined) continue;
    const answer = await stageEngine.ask({ kind: 'study', choice: { source, sets, seed } });
    const isMeant = answer.ok && answer.value.name === scenario;
    if (!isMeant || !answer.value.strategies.some((strategy) => strategy.name === view.strategy)) continue;
    go({ ...view, case: name, sets, seed, other: undefined, selected: undefined, atNs: 0 });
    return true;
  }
  return false;
}
