/** What is seen: the stage of each branch, the transport, the timelines, inspector and numbers. */
import { Stage } from '../stage/Stage.js';
import { type Branch, branches, shown } from '../state/branches.js';
import { stageEngine } from '../state/engines.js';
import { choices } from '../state/store.js';
import { words } from '../strings/index.js';
import { TimelinePanel } from '../timeline/TimelinePanel.js';
import { Assumptions } from './Assumptions.js';
import { BranchName } from './BranchName.js';
import { Errors } from './Errors.js';
import { Figures } from './Figures.js';
import { lazy } from './Lazy.js';
import { Transport } from './Transport.js';

const Inspector = lazy(async () => (await import('../inspector/Inspector.js')).Inspector);

export function Workbench() {
  const t = words();
  const isPair = choices.value.length > 1;
  const errors = branches.flatMap(({ errors: list }) => list.value);
  const isBusy = branches.some(({ busy }) => busy.value);
  return (
    <div class="workbench" aria-busy={isBusy}>
      {errors.length > 0 && <Errors errors={errors} />}
      {shown.value.length === 0 && errors.length === 0 && <p class="loading">{t.loading}</p>}
      {isBusy && <Working />}
      {shown.value.length > 0 && (
        <>
          <section id="stage" tabIndex={-1} aria-label={t.stage.title} class={isPair ? 'stages pair' : 'stages'}>
            {shown.value.map((branch) => (
              <BranchStage key={branch.name} branch={branch} isPair={isPair} />
            ))}
          </section>
          <Transport />
          <TimelinePanel />
          <div class="details">
            <Inspector />
            <div class="numbers">
              <Figures of={shown.value} />
              <Assumptions />
            </div>
          </div>
        </>
      )}
    </div>
  );
}

/** Most answers are there before anybody has read this. */
function Working() {
  const t = words();
  return (
    <p class="working">
      {t.working}{' '}
      <button
        type="button"
        onClick={() =>
          stageEngine.restart([{ code: 'XDS-PAGE-STOPPED', message: t.cancelled.message, hint: t.cancelled.hint }])
        }
      >
        {t.cancel}
      </button>
    </p>
  );
}

function BranchStage({ branch, isPair }: { readonly branch: Branch; readonly isPair: boolean }) {
  const picture = branch.picture.value;
  if (picture === undefined) return null;
  return (
    <div class="branch">
      {isPair && <BranchName branch={branch} />}
      <Stage key={branch.pictureKey.value} branch={branch} picture={picture} isPair={isPair} />
    </div>
  );
}
