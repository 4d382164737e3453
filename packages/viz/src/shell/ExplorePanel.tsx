/** The playground: which case, which strategy, which trial; what if; side by side. */
import { GIVEN, OWN } from '../state/address.js';
import { branches } from '../state/branches.js';
import { changeSets } from '../state/change-sets.js';
import { stageEngine } from '../state/engines.js';
import { givenCase } from '../state/given-case.js';
import { goToCase } from '../state/go-to-case.js';
import { address, go, ownCase } from '../state/store.js';
import { words } from '../strings/index.js';
import { CASES } from './cases.js';
import { download } from './download.js';
import { Changes, Said } from './Said.js';
import { WhatIf } from './WhatIf.js';

const MOST_TRIAL = 999_999;

export function ExplorePanel() {
  const t = words();
  const { strategy, other, trial, seed } = address.value;
  const facts = branches[0].facts.value;
  const strategies = facts?.strategies ?? [];
  const label = strategies.find(({ name }) => name === strategy)?.label;
  const toOther = (name: string) =>
    go({ other: name === '' ? undefined : { strategy: name, sets: address.peek().sets } });
  return (
    <aside class="explore" aria-label={t.rooms.explore}>
      <h1>{t.rooms.explore}</h1>
      <div class="fields">
        <CaseChooser />
        <label>
          <span>{t.cases.strategy}</span>
          <select id="strategy" value={strategy} onChange={(event) => go({ strategy: event.currentTarget.value })}>
            {strategies.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {label !== undefined && (
          <p class="soft">
            <Said text={label} />
          </p>
        )}
        <label>
          <span>{t.cases.against}</span>
          <select id="other" value={other?.strategy ?? ''} onChange={(event) => toOther(event.currentTarget.value)}>
            <option value="">{t.cases.alone}</option>
            {strategies.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <div class="pair">
          <label>
            <span>{t.cases.trial}</span>
            <input
              id="trial"
              type="number"
              min={0}
              max={MOST_TRIAL}
              step={1}
              required
              value={trial}
              onChange={(event) => {
                const input = event.currentTarget;
                if (input.reportValidity()) go({ trial: input.valueAsNumber });
              }}
            />
          </label>
          <label>
            <span>{t.cases.seed}</span>
            <input
              id="seed"
              maxLength={64}
              value={seed}
              placeholder={facts?.seed ?? t.cases.seedOfCase}
              onChange={(event) => go({ seed: event.currentTarget.value })}
            />
          </label>
        </div>
      </div>
      {facts !== undefined && facts.changes.length > 0 && (
        <details>
          <summary>{t.cases.changes}</summary>
          <Changes changes={facts.changes} />
        </details>
      )}
      <SaveScenario />
      <WhatIf sets={address.value.sets} onChange={changeSets} strategy={strategy} />
    </aside>
  );
}

/** The case with the values of now, for the command line. */
function SaveScenario() {
  const t = words().own;
  const save = async () => {
    const choice = branches[0].choice.peek();
    if (choice === undefined) return;
    const answer = await stageEngine.ask({ kind: 'scenario', choice });
    if (answer.ok) download('scenario.yaml', answer.value, 'application/yaml');
  };
  return (
    <button type="button" onClick={() => void save()}>
      {t.saveScenario}
    </button>
  );
}

export function CaseChooser() {
  const t = words().cases;
  const { case: chosen } = address.value;
  return (
    <label>
      <span>{t.case}</span>
      <select id="case" value={chosen} onChange={(event) => void goToCase(event.currentTarget.value)}>
        {givenCase !== undefined && <option value={GIVEN}>{t.given}</option>}
        {ownCase.value !== undefined && <option value={OWN}>{t.own}</option>}
        {CASES.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
