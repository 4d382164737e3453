/** Finds what a word means: flags, causes, fields and codes of the tool. */
import { fail, ok, type Result, type UserError } from '../errors.js';
import { nearestWord } from '../manifest/nearest-word.js';
import { codeExplanations } from './codes.js';
import type { Explanation } from './explanation.js';
import { causeExplanations, flagExplanations } from './flags.js';
import { explainedPaths, fieldExplanations } from './policy-fields.js';

export function explanations(): readonly Explanation[] {
  return [...flagExplanations(), ...causeExplanations(), ...fieldExplanations(), ...codeExplanations()];
}

/**
 * A word in any case, several flags joined by commas as in an access log, or fields of a trafficPolicy by any part of
 * their path (`maxConnections`, `http.idleTimeout`, `connectionPool`).
 */
export function explain(word: string): Result<readonly Explanation[]> {
  const all = explanations();
  const parts = word.split(',').map((part) => part.trim());
  const found = parts.map((part) => matching(all, part));
  const missing = parts.find((_, at) => found[at].length === 0);
  return missing === undefined ? ok(found.flat()) : fail(unknownWord(missing, all));
}

function matching(all: readonly Explanation[], word: string): readonly Explanation[] {
  const asked = word.toLowerCase().replace(/^(spec\.)?((subsets\.)?trafficpolicy\.)?(portlevelsettings\.)?(?=.)/, '');
  const same = all.filter(({ word: known }) => known.toLowerCase() === asked);
  if (same.length > 0) return same;
  const words = [...explainedPaths()].flatMap(([path, by]) => {
    return `.${path.toLowerCase()}.`.includes(`.${asked}.`) ? [by] : [];
  });
  return all.filter(({ word: known }) => words.includes(known));
}

function unknownWord(word: string, all: readonly Explanation[]): UserError {
  const lastSteps = [...explainedPaths().keys()].map((path) => path.slice(path.lastIndexOf('.') + 1));
  const nearest = nearestWord(word, new Set([...all.map((known) => known.word), ...lastSteps]));
  return {
    code: 'XDS-EXPLAIN-UNKNOWN',
    message: `nothing is known about "${word}"`,
    hint: nearest === undefined ? '`xdsim explain` lists all words.' : `Did you mean \`${nearest}\`?`,
  };
}
