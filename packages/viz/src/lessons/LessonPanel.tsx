/** One lesson: a story, a prediction, the run, and what it shows. All of it can be read without doing anything. */
import { useSignal } from '@preact/signals';
import type { SourceFile } from '@xdsim/sim-core';
import { useEffect } from 'preact/hooks';
import { figuresOf } from '../rollout/figures.js';
import { Icon } from '../shell/Icon.js';
import { branches } from '../state/branches.js';
import { stageEngine } from '../state/engines.js';
import { play, reducedMotion, seek } from '../state/playback.js';
import { address, go, goToLesson, ofLesson, ownCase, playing } from '../state/store.js';
import { words } from '../strings/index.js';
import { LESSONS, optionOf } from './lessons.js';

export function LessonPanel() {
  const t = words();
  const { lesson: number, variant } = address.value;
  const lesson = LESSONS[number - 1];
  const text = t.lessons[lesson.id];
  const guess = useSignal<number | undefined>(undefined);
  const hasRun = useSignal(false);
  useEffect(() => {
    guess.value = undefined;
    hasRun.value = false;
  }, [number]);
  const run = () => {
    hasRun.value = true;
    if (address.peek().variant !== 0) go({ variant: 0 });
    seek(lesson.atMs * 1e6);
    play();
    showStage();
  };
  const choose = (next: number) => {
    playing.value = false;
    go({ variant: next, atNs: lesson.atMs * 1e6 });
    if (next === 0) return;
    play();
    showStage();
  };
  return (
    <article class="lesson" aria-labelledby="lesson-title">
      <LessonList number={number} />
      <p class="eyebrow">{t.lesson.of(number, LESSONS.length)}</p>
      <h1 id="lesson-title">{text.title}</h1>
      {text.story.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <section class="predict">
        <h2>{t.lesson.predict}</h2>
        <fieldset>
          <legend>{text.question}</legend>
          {text.options.map((option, i) => (
            <label key={option} class="option">
              <input
                type="radio"
                name="guess"
                checked={guess.value === i}
                onChange={() => {
                  guess.value = i;
                }}
              />
              {option}
            </label>
          ))}
        </fieldset>
        <button type="button" class="primary" onClick={run} id="run">
          {hasRun.value ? t.lesson.again : t.lesson.run}
        </button>
        {hasRun.value && !playing.value && variant === 0 && <Verdict guess={guess.value} />}
      </section>
      <details open={hasRun.value && !playing.value} class="explanation">
        <summary>{t.lesson.happens}</summary>
        {text.explanation.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </details>
      {text.variants.length > 0 && (
        <section>
          <h2>{t.lesson.tryIt}</h2>
          <div class="variants">
            {text.variants.map((label, i) => (
              <button
                type="button"
                key={label}
                aria-pressed={variant === i + 1}
                onClick={() => choose(variant === i + 1 ? 0 : i + 1)}
              >
                {label}
              </button>
            ))}
          </div>
        </section>
      )}
      <section>
        <h2>{t.lesson.check}</h2>
        <dl class="checks">
          {text.checks.map(([command, tells]) => (
            <div key={command}>
              <dt>
                <code>{command}</code>
              </dt>
              <dd class="soft">{tells}</dd>
            </div>
          ))}
        </dl>
      </section>
      <p class="soft">
        {t.lesson.file}:{' '}
        <button type="button" class="link" onClick={() => void openFiles(lesson.case)}>
          <code>scenarios/{lesson.case}/scenario.yaml</code>
        </button>{' '}
        <button type="button" class="link" onClick={() => go({ room: 'explore', ...ofLesson() })}>
          {t.lesson.playground}
        </button>
      </p>
      <nav class="pager" aria-label={t.rooms.lesson}>
        <button type="button" disabled={number === 1} onClick={() => goToLesson(number - 1)}>
          <Icon name="left" size={16} /> {t.lesson.previous}
        </button>
        {number < LESSONS.length ? (
          <button type="button" class="primary" onClick={() => goToLesson(number + 1)}>
            {t.lesson.next} <Icon name="right" size={16} />
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => go({ room: 'explore', ...ofLesson() })}>
            {t.rooms.explore} <Icon name="right" size={16} />
          </button>
        )}
      </nav>
    </article>
  );
}

/** As if it were the user's own: to be read, changed and saved. */
async function openFiles(name: string): Promise<void> {
  const answer = await stageEngine.ask({ kind: 'files', source: name });
  if (!answer.ok || answer.value === undefined) return;
  const plain = ({ path, text }: SourceFile) => ({ path: path.replace(`scenarios/${name}/`, ''), text });
  const { scenarioFile, before, after, ...rest } = answer.value;
  ownCase.value = {
    ...rest,
    scenarioFile: scenarioFile && plain(scenarioFile),
    before: before.map(plain),
    after: after.map(plain),
  };
  go({ room: 'own' });
}

/** On a phone the stage is below the text. */
function showStage(): void {
  const stage = document.getElementById('stage');
  if (stage === null || stage.getBoundingClientRect().top < innerHeight / 2) return;
  stage.scrollIntoView({ behavior: reducedMotion.matches ? 'auto' : 'smooth' });
}

function LessonList({ number }: { readonly number: number }) {
  const t = words();
  return (
    <details class="contents">
      <summary>{t.lesson.contents}</summary>
      <ol>
        {LESSONS.map(({ id }, i) => (
          <li key={id}>
            <button
              type="button"
              class="link"
              aria-current={number === i + 1 ? 'step' : undefined}
              onClick={() => goToLesson(i + 1)}
            >
              {t.lessons[id].title}
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** The prediction against what the engine has computed. */
function Verdict({ guess }: { readonly guess: number | undefined }) {
  const t = words();
  const lesson = LESSONS[address.value.lesson - 1];
  const picture = branches[0].picture.value;
  if (picture === undefined) return null;
  const option = optionOf(lesson, figuresOf(picture.result)[lesson.predict.figure]);
  const answer = t.lessons[lesson.id].options[option];
  const said = guess === undefined ? t.lesson.answer : guess === option ? t.lesson.right : t.lesson.wrong;
  return (
    <p class={guess === option ? 'verdict right' : 'verdict'} role="status" data-option={option}>
      <b>{said}</b> {answer}
    </p>
  );
}
