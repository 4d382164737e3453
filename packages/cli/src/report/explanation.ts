/** What words mean, for people: nothing wider than 80 columns. */
import { EXPLAINED_KINDS, type ExplainedKind, type Explanation } from '@xdsim/sim-core';
import { padEnd, wrap } from '../text-width.js';

const WIDTH = 80;
const INDENT = '  ';

export function renderExplanations(found: readonly Explanation[], width: number): string {
  return found.map((explanation) => explanationText(explanation, Math.min(WIDTH, width))).join('\n');
}

function explanationText({ word, kind, meaning, facts, see }: Explanation, width: number): string {
  const rows = [...facts, ...(see.length === 0 ? [] : [['See also', see.join(', ')] as const])];
  const column = Math.max(0, ...rows.map(([heading]) => heading.length)) + 2 + INDENT.length;
  const lines = rows.map(([heading, text]) => {
    const paragraphs = plain(text).split('\n');
    const wrapped = paragraphs.map((paragraph) => wrap(paragraph, width - column)).join('\n');
    return `${padEnd(INDENT + heading, column)}${wrapped.replaceAll('\n', `\n${' '.repeat(column)}`)}`;
  });
  const title = `${word} · ${EXPLAINED_KINDS[kind]}`;
  const said = wrap(plain(meaning), width - INDENT.length).replaceAll('\n', `\n${INDENT}`);
  return `${[title, INDENT + said, ...lines].join('\n')}\n`;
}

/** All words, by kind. */
export function renderWords(all: readonly Explanation[], width: number): string {
  const kinds = Object.entries(EXPLAINED_KINDS) as [ExplainedKind, string][];
  return kinds
    .map(([kind, title]) => {
      const words = all.filter((explanation) => explanation.kind === kind).map(({ word }) => word);
      const listed = wrap(words.join(', '), Math.min(WIDTH, width) - INDENT.length);
      return `${title}\n${INDENT}${listed.replaceAll('\n', `\n${INDENT}`)}\n`;
    })
    .join('\n');
}

/** The texts are Markdown: links stand for what they name. */
function plain(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}
