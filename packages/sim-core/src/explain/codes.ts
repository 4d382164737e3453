/** Every code of an error or a warning, in the groups of docs/errors.md. Texts are Markdown, as they stand there. */
import { ERROR_GROUPS } from './error-codes.js';
import type { CodeGroup, ExplainedKind, Explanation } from './explanation.js';
import { WARNING_GROUPS } from './warning-codes.js';

export const CODE_GROUPS: readonly CodeGroup[] = [...ERROR_GROUPS, ...WARNING_GROUPS];

export function codeExplanations(): Explanation[] {
  return [...explained(ERROR_GROUPS, 'error'), ...explained(WARNING_GROUPS, 'warning')];
}

function explained(groups: readonly CodeGroup[], kind: ExplainedKind): Explanation[] {
  return groups.flatMap(({ title, codes }) =>
    Object.entries(codes).map(([word, [meaning, helps]]) => ({
      word,
      kind,
      meaning,
      facts: [['About', title], ...(helps === '–' ? [] : [['What helps', helps] as const])],
      see: [],
    })),
  );
}
