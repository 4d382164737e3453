/** The numbers of a rollout as a table; `data` carries each to its last bit. */
import { COUNTS, countInWords, errorsByCause, type FigureName, figuresOf, isTold } from '../rollout/figures.js';
import type { RolloutPicture } from '../rollout/picture.js';
import type { Branch } from '../state/branches.js';
import { isAnswerHidden } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { BranchName } from './BranchName.js';

/** Causes stand below the errors that they add up to. */
const ABOVE = 6;

/** One number of a rollout. */
interface Line {
  readonly name: string;
  readonly label: string;
  readonly meaning: string;
  /** undefined: it did not happen within the horizon. */
  readonly value: number | undefined;
}

/** Branches side by side, each number in a line. */
export function Figures({ of }: { readonly of: readonly Branch[] }) {
  const t = words().figures;
  return (
    <section class="figures">
      <h2>{t.title}</h2>
      {isAnswerHidden.value ? <p class="soft">{words().lesson.hidden}</p> : <Table of={of} />}
      {of.map((branch) => (
        <Command key={branch.name} branch={branch} />
      ))}
    </section>
  );
}

function Table({ of }: { readonly of: readonly Branch[] }) {
  const lists = of.map((branch) => linesOf(branch.picture.value));
  return (
    <table>
      <caption class="soft">{words().figures.intro}</caption>
      {of.length > 1 && (
        <thead>
          <tr>
            <td />
            {of.map((branch) => (
              <th key={branch.name} scope="col">
                <BranchName branch={branch} />
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {joined(lists).map(({ name, label, meaning }) => (
          <tr key={name} data-name={name}>
            <th scope="row">
              {label} <small>{meaning}</small>
            </th>
            {of.map((branch, i) => (
              <td key={branch.name} class="number" data-branch={branch.name}>
                <Value line={lists[i].find((line) => line.name === name)} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function linesOf(picture: RolloutPicture | undefined): Line[] {
  if (picture === undefined) return [];
  const t = words().figures;
  const { causes } = words();
  const { result } = picture;
  const lines = (Object.entries(figuresOf(result)) as [FigureName, number | undefined][]).map(([name, value]) => {
    const [label, meaning] = t.names[name];
    return { name, label, meaning, value };
  });
  const byCause = errorsByCause(result).map(({ cause, flag, code, expected }) => ({
    name: `errors:${cause}:${flag}`,
    label: t.ofThese(code, flag),
    meaning: causes[cause],
    value: expected,
  }));
  const below = lines.slice(ABOVE).filter(({ name, value }) => isTold(result, name, value));
  return [...lines.slice(0, ABOVE), ...byCause, ...below];
}

/** Each line once, where it stands in the first list that has it. */
function joined(lists: readonly (readonly Line[])[]): Line[] {
  const all: Line[] = [];
  for (const list of lists) {
    let at = 0;
    for (const line of list) {
      const known = all.findIndex(({ name }) => name === line.name);
      if (known >= 0) at = known + 1;
      else all.splice(at++, 0, line);
    }
  }
  return all;
}

function Value({ line }: { readonly line: Line | undefined }) {
  const t = words().figures;
  if (line === undefined) return <>–</>;
  const { name, value } = line;
  const isCount = COUNTS.has(name.split(':')[0]);
  const text = value === undefined ? t.never : isCount ? countInWords(value) : duration(value * 1e6);
  return (
    <data value={value === undefined ? '' : String(value)} title={String(value ?? '')}>
      {text}
    </data>
  );
}

function Command({ branch }: { readonly branch: Branch }) {
  const t = words().figures;
  const choice = branch.choice.value;
  const source = branch.facts.value?.source;
  if (choice === undefined || source === undefined) return null;
  const sets = choice.sets.map(({ path, value }) => `--set ${quoted(`${path}=${value}`)}`);
  const seed = choice.seed === undefined ? [] : [`--seed ${quoted(choice.seed)}`];
  const parts = [`xdsim run ${source}`, `--strategy ${choice.strategy}`, `--trial ${choice.trial}`, ...seed, ...sets];
  return (
    <p class="command">
      <span class="soft">{t.command}</span> <code>{parts.join(' ')}</code>
    </p>
  );
}

function quoted(word: string): string {
  return /^[\w.,:=/@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
