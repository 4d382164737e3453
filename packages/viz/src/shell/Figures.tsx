/** The numbers of a rollout as a table; `data` carries each to its last bit. */
import { COUNTS, countInWords, errorsByCause, type FigureName, figuresOf, isTold } from '../rollout/figures.js';
import type { Branch } from '../state/branches.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { BranchName } from './BranchName.js';

/** Causes stand below the errors that they add up to. */
const ABOVE = 6;

export function Figures({ branch, isPair }: { readonly branch: Branch; readonly isPair: boolean }) {
  const t = words().figures;
  const { causes } = words();
  const picture = branch.picture.value;
  if (picture === undefined) return null;
  const { result } = picture;
  const figures = Object.entries(figuresOf(result)) as [FigureName, number | undefined][];
  const below = figures.slice(ABOVE).filter(([name, value]) => isTold(result, name, value));
  return (
    <section class="figures" data-branch={branch.name}>
      <h2>{t.title}</h2>
      {isPair && <BranchName branch={branch} />}
      <table>
        <caption class="soft">{t.intro}</caption>
        <tbody>
          {figures.slice(0, ABOVE).map(([name, value]) => (
            <Row key={name} name={name} label={t.names[name][0]} meaning={t.names[name][1]} value={value} />
          ))}
          {errorsByCause(result).map(({ cause, flag, code, expected }) => (
            <Row
              key={`${cause}${flag}`}
              name={`errors:${cause}:${flag}`}
              label={t.ofThese(code, flag)}
              meaning={causes[cause]}
              value={expected}
            />
          ))}
          {below.map(([name, value]) => (
            <Row key={name} name={name} label={t.names[name][0]} meaning={t.names[name][1]} value={value} />
          ))}
        </tbody>
      </table>
      <Command branch={branch} />
    </section>
  );
}

function Row(props: { name: string; label: string; meaning: string; value: number | undefined }) {
  const { name, label, meaning, value } = props;
  const t = words().figures;
  const isCount = COUNTS.has(name.split(':')[0]);
  const text = value === undefined ? t.never : isCount ? countInWords(value) : duration(value * 1e6);
  return (
    <tr data-name={name}>
      <th scope="row">{label}</th>
      <td class="number">
        <data value={value === undefined ? '' : String(value)} title={String(value ?? '')}>
          {text}
        </data>
      </td>
      <td class="soft">{meaning}</td>
    </tr>
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
