/** All strategies of a case over many trials: small multiples that become sharper while they run. */
import { useComputed, useSignal } from '@preact/signals';
import type { UserError } from '@xdsim/sim-core';
import { useEffect } from 'preact/hooks';
import type { ComparisonState, StudyChoice } from '../engine/protocol.js';
import { download } from '../shell/download.js';
import { Errors } from '../shell/Errors.js';
import { CaseChooser } from '../shell/ExplorePanel.js';
import { Said } from '../shell/Said.js';
import { WhatIf } from '../shell/WhatIf.js';
import { changeSets } from '../state/change-sets.js';
import { compareEngine } from '../state/engines.js';
import { address, choices, go } from '../state/store.js';
import { words } from '../strings/index.js';
import { StrategyRows } from './StrategyRows.js';

const TRIALS = [40, 100, 400, 1000, 4000];

export function ComparePage() {
  const t = words();
  const { trials } = address.value;
  const state = useSignal<ComparisonState | undefined>(undefined);
  const errors = useSignal<readonly UserError[]>([]);
  const isRunning = useSignal(false);
  // The comparison depends on the case and its values alone, not on strategy, trial or moment.
  const key = useComputed(() => JSON.stringify(studyChoice(choices.value[0]) ?? null));
  useEffect(() => {
    const choice = studyChoice(choices.peek()[0]);
    if (choice === undefined) return;
    let isWanted = true;
    isRunning.value = true;
    errors.value = [];
    const take = (answer: ComparisonState | undefined) => {
      if (isWanted && answer !== undefined) state.value = answer;
    };
    void compareEngine.ask({ kind: 'compare', choice, trials }, take).then((answer) => {
      if (!isWanted) return;
      isRunning.value = false;
      if (answer.ok) take(answer.value);
      else errors.value = answer.errors;
    });
    return () => {
      isWanted = false;
      void compareEngine.ask({ kind: 'stop' });
    };
  }, [key.value, trials]);
  const present = state.value;
  return (
    <>
      <aside class="explore" aria-label={t.rooms.compare}>
        <h1>{t.rooms.compare}</h1>
        <div class="fields">
          <CaseChooser />
          <label>
            <span>{t.compare.trials}</span>
            <select id="trials" value={trials} onChange={(event) => go({ trials: Number(event.currentTarget.value) })}>
              {[...new Set([...TRIALS, trials])].map((count) => (
                <option key={count}>{count}</option>
              ))}
            </select>
          </label>
        </div>
        <WhatIf sets={address.value.sets} onChange={changeSets} strategy={address.value.strategy} />
      </aside>
      <div class="workbench" aria-busy={isRunning.value}>
        <h2>{t.compare.title}</h2>
        <p class="soft">{t.compare.intro}</p>
        {errors.value.length > 0 && <Errors errors={errors.value} />}
        {present === undefined && errors.value.length === 0 && <p class="loading">{t.working}</p>}
        {present !== undefined && (
          <>
            <p class="progress">
              <progress value={present.trials} max={present.of} aria-label={t.compare.trials} />
              <span>{t.compare.progress(present.trials, present.of)}</span>
              {isRunning.value && (
                <button
                  type="button"
                  onClick={() =>
                    compareEngine.restart([
                      { code: 'XDS-PAGE-STOPPED', message: t.cancelled.message, hint: t.cancelled.hint },
                    ])
                  }
                >
                  {t.cancel}
                </button>
              )}
            </p>
            <StrategyRows state={present} />
            <p class="recommended">
              <b>{t.compare.recommended}:</b> <strong>{present.report.recommended.strategy}</strong>{' '}
              <span class="soft">
                <Said text={present.report.recommended.why} />
              </span>
            </p>
            <p class="soft">
              {t.compare.dots} {t.compare.groupMeaning}
            </p>
            <button
              type="button"
              onClick={() =>
                download(
                  `${present.report.scenario.name}.report.json`,
                  `${JSON.stringify(present.report, null, 2)}\n`,
                  'application/json',
                )
              }
            >
              {t.compare.json}
            </button>
          </>
        )}
      </div>
    </>
  );
}

function studyChoice(choice: StudyChoice | undefined): StudyChoice | undefined {
  return choice && { source: choice.source, sets: choice.sets, seed: choice.seed };
}
