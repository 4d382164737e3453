/** The user's own change: dropped or pasted, edited, checked at the line, simulated. Nothing leaves the browser. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { SourceFile, UserError } from '@xdsim/sim-core';
import type { StudyFacts } from '../engine/protocol.js';
import { CASES } from '../shell/cases.js';
import { download } from '../shell/download.js';
import { Errors } from '../shell/Errors.js';
import { Changes, Warnings } from '../shell/Said.js';
import { OWN } from '../state/address.js';
import { stageEngine } from '../state/engines.js';
import { go, ownCase } from '../state/store.js';
import { words } from '../strings/index.js';
import { caseOf, FIRST_FILES, FOLDERS, filesIn, isScenario, missingFolders } from './case-files.js';
import { dropped } from './dropped.js';
import { isCut, isWhole, type KnownReport, knownReport } from './known-report.js';
import { leadTo } from './lead-to.js';
import { type ReadProblem, readFiles } from './read-files.js';
import { YamlEditor } from './YamlEditor.js';

const SCENARIO = 'scenario.yaml';
export function OwnPage() {
  const t = words().own;
  const files = useSignal<readonly SourceFile[]>(ownCase.peek() === undefined ? FIRST_FILES : filesOf());
  const open = useSignal(files.peek()[0]?.path ?? '');
  const errors = useSignal<readonly UserError[]>([]);
  const facts = useSignal<StudyFacts | undefined>(undefined);
  const notice = useSignal('');
  /** A report or a trace whose manifests are not here yet. */
  const pending = useSignal<KnownReport | undefined>(undefined);
  const take = async (read: readonly SourceFile[] | ReadProblem) => {
    if ('problem' in read) {
      notice.value = problemInWords(read, t);
      return;
    }
    const reports = read.map(({ text }) => knownReport(text));
    const manifests = read.filter((_, i) => reports[i] === undefined);
    const cut = reports.find(isCut);
    pending.value = reports.find(isWhole) ?? pending.peek();
    if (manifests.length > 0 && !(await takeManifests(manifests))) return;
    if (cut !== undefined) {
      notice.value = t.cutReport(cut.cut);
      return;
    }
    const report = pending.peek();
    if (report === undefined) return;
    const own = errors.peek().length > 0 ? undefined : ownCase.peek();
    if (await leadTo(report, own)) pending.value = undefined;
    else notice.value = t.needsFolder(report.scenario, report.strategy, report.trial, facts.peek()?.name);
  };
  /** False where nothing can be simulated of what is here now. */
  const takeManifests = async (manifests: readonly SourceFile[]): Promise<boolean> => {
    const missing = missingFolders(manifests);
    if (missing.length === FOLDERS.length && !manifests.some(({ path }) => isScenario(path))) {
      notice.value = t.needsFolders(manifests[0].path);
      return false;
    }
    files.value = [...manifests, ...missing.flatMap((folder) => filesIn(folder, files.peek()))];
    open.value = manifests[0].path;
    notice.value = [t.dropped(manifests.length), ...missing.map(t.folderMissing)].join(' ');
    await check();
    return errors.peek().length === 0;
  };
  const check = async () => {
    const source = caseOf(files.peek());
    const answer = await stageEngine.ask({ kind: 'study', choice: { source, sets: [] } });
    facts.value = answer.ok ? answer.value : undefined;
    errors.value = answer.ok ? [] : answer.errors;
    if (answer.ok) ownCase.value = source;
  };
  const run = async () => {
    await check();
    if (facts.peek() === undefined) return;
    const [first] = facts.peek()!.strategies;
    go({
      room: 'explore',
      case: OWN,
      strategy: first.name,
      sets: [],
      other: undefined,
      trial: 0,
      seed: '',
      atNs: 0,
      selected: undefined,
    });
  };
  const start = async (name: string) => {
    const answer = await stageEngine.ask({ kind: 'study', choice: { source: name, sets: [] } });
    // Whoever starts from a case waits for no folder any more.
    pending.value = undefined;
    if (answer.ok)
      await take(answer.value.files.map(({ path, text }) => ({ path: path.replace(`scenarios/${name}/`, ''), text })));
  };
  useSignalEffect(() => {
    const read = dropped.value;
    if (read === undefined) return;
    dropped.value = undefined;
    void take(read);
  });
  const present = files.value.find(({ path }) => path === open.value) ?? files.value[0];
  const edit = (text: string) => {
    // A pasted report or trace is none of the manifests.
    if (knownReport(text) !== undefined) {
      void take([{ path: open.peek(), text }]);
      return;
    }
    files.value = files.peek().map((file) => (file.path === open.peek() ? { ...file, text } : file));
  };
  return (
    <div class="own">
      <h1>{t.title}</h1>
      <p>{t.intro}</p>
      <section class="drop" aria-label={t.drop}>
        <p>{t.drop}</p>
        <FileButton label={t.choose} isFolder onChosen={(list) => void readFiles(list).then(take)} />
        <FileButton label={t.chooseFiles} isFolder={false} onChosen={(list) => void readFiles(list).then(take)} />
        <label>
          {t.start}{' '}
          <select
            value=""
            onChange={(event) => {
              void start(event.currentTarget.value);
            }}
          >
            <option value="">–</option>
            {CASES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </section>
      <p role="status" class="soft">
        {notice}
      </p>
      <div class="files" role="tablist" aria-label={t.file}>
        {files.value.map(({ path }) => (
          <button
            type="button"
            role="tab"
            key={path}
            aria-selected={path === open.value}
            onClick={() => {
              open.value = path;
            }}
          >
            {path}
            {errors.value.some(({ position }) => position?.file === path) && <b class="bad"> !</b>}
          </button>
        ))}
      </div>
      {!files.value.some(({ path }) => path === SCENARIO) && (
        <button
          type="button"
          onClick={() => {
            files.value = [
              ...files.value,
              { path: SCENARIO, text: 'schema: xdsim.scenario/v1\nname: my-change\nbefore: before\nafter: after\n' },
            ];
            open.value = SCENARIO;
          }}
        >
          + {t.scenario}
        </button>
      )}
      <YamlEditor
        file={present}
        errors={errors.value.filter(({ position }) => position?.file === present.path)}
        onEdit={edit}
        label={`${t.editor}: ${present.path}`}
      />
      {errors.value.length > 0 && (
        <Errors
          errors={errors.value}
          onPlace={({ position }) => {
            if (position !== undefined && files.value.some(({ path }) => path === position.file))
              open.value = position.file;
          }}
        />
      )}
      {facts.value !== undefined && errors.value.length === 0 && (
        <div role="status" class="fine">
          <b>{t.ok}</b>
          <Changes changes={facts.value.changes} />
          <Warnings warnings={facts.value.warnings} />
        </div>
      )}
      <p class="actions">
        <button type="button" class="primary" id="simulate" onClick={() => void run()}>
          {t.run}
        </button>
        <button type="button" onClick={() => void saveScenario(t)}>
          {t.saveScenario}
        </button>
      </p>
    </div>
  );
}

async function saveScenario(_t: unknown): Promise<void> {
  const own = ownCase.peek()?.scenarioFile;
  const answer = own === undefined ? await stageEngine.ask({ kind: 'template' }) : undefined;
  const text = own?.text ?? (answer?.ok ? answer.value : '');
  if (text !== '') download(SCENARIO, text, 'application/yaml');
}

function filesOf(): readonly SourceFile[] {
  const own = ownCase.peek();
  if (own === undefined) return FIRST_FILES;
  return [...own.before, ...own.after, ...(own.scenarioFile === undefined ? [] : [own.scenarioFile])];
}

function problemInWords(
  { problem, name }: ReadProblem,
  t: { tooMuch: (limit: string) => string; notText: (name: string) => string; nothing: string },
): string {
  if (problem === 'too-much') return t.tooMuch('2 MB');
  return problem === 'not-text' ? t.notText(name) : t.nothing;
}

function FileButton(props: { label: string; isFolder: boolean; onChosen: (files: FileList) => void }) {
  const { label, isFolder, onChosen } = props;
  const folder = isFolder ? { webkitdirectory: true } : {};
  return (
    <label class="file-button">
      {label}
      <input
        type="file"
        multiple
        class="hidden"
        {...folder}
        onChange={(event) => event.currentTarget.files !== null && onChosen(event.currentTarget.files)}
      />
    </label>
  );
}
