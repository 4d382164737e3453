/** The state of the page. The address is the single source of what is seen; the rest follows from it. */
import { computed, effect, signal } from '@preact/signals';
import type { CaseFiles, RolloutChoice } from '../engine/protocol.js';
import { LESSONS, type Lesson, type LessonRun } from '../lessons/lessons.js';
import { type Address, FIRST, formatAddress, GIVEN, LANGUAGES, type Language, OWN, parseAddress } from './address.js';
import { givenCase } from './given-case.js';

const REPLACE_AFTER_MS = 300;

const start = parseAddress(location.hash === '' ? (givenCase?.address ?? '') : location.hash);

export const address = signal<Address>(start.address);
export const addressProblems = signal(start.problems);
/** Files that the user has dropped or pasted; they never leave this page. */
export const ownCase = signal<CaseFiles | undefined>(undefined);
/** ns since the first write was sent: the moment that is seen. */
export const now = signal(start.address.atNs);
export const playing = signal(false);
/** Real time is so many times faster. */
export const slowness = signal(100);
export const skipsQuiet = signal(true);

export const language = computed<Language>(
  () => address.value.language ?? LANGUAGES.find((name) => navigator.language.startsWith(name)) ?? 'en',
);

export const lesson = computed<Lesson | undefined>(() =>
  address.value.room === 'lesson' ? LESSONS[address.value.lesson - 1] : undefined,
);

/** The branches that are shown: one, or two side by side. */
export const choices = computed<readonly (RolloutChoice | undefined)[]>(() => {
  const { seed, trial, variant, strategy, sets, other } = address.value;
  const source = sourceOf(lesson.value?.case ?? address.value.case);
  if (source === undefined) return [];
  const choice = (run: LessonRun): RolloutChoice => ({
    source,
    sets: run.sets ?? [],
    seed: seed === '' ? undefined : seed,
    strategy: run.strategy,
    trial,
  });
  if (lesson.value === undefined) return [choice({ strategy, sets }), ...(other === undefined ? [] : [choice(other)])];
  const { run, variants, other: beside } = lesson.value;
  const chosen = variants[variant - 1] ?? run;
  return [choice(chosen), ...(beside === undefined || variant > 0 ? [] : [choice(beside)])];
});

/** What the engine calls a case; undefined: its files are not there. */
export function sourceOf(name: string): string | CaseFiles | undefined {
  if (name === OWN) return ownCase.value;
  return name === GIVEN ? givenCase?.files : name;
}

/** Changes the view; the browser's Back undoes it unless it only replaces. */
export function go(changes: Partial<Address>, how: 'push' | 'replace' = 'push'): void {
  address.value = { ...address.peek(), atNs: now.peek(), ...changes };
  if (changes.atNs !== undefined) now.value = changes.atNs;
  addressProblems.value = [];
  const url = formatAddress(address.peek());
  if (url === location.hash) return;
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}

/** To a lesson, as it starts. */
export function goToLesson(number: number): void {
  playing.value = false;
  const { atMs, slowness: slow } = LESSONS[number - 1];
  slowness.value = slow;
  const { language: spoken } = address.peek();
  go({ ...FIRST, language: spoken, lesson: number, atNs: atMs * 1e6 });
}

/** What a lesson shows, for going on with it elsewhere. */
export function ofLesson(): Partial<Address> {
  const left = lesson.peek();
  if (left === undefined) return {};
  const { run, variants, other, case: name } = left;
  const chosen = variants[address.peek().variant - 1] ?? run;
  const beside = other === undefined ? undefined : { strategy: other.strategy, sets: other.sets ?? [] };
  return { case: name, strategy: chosen.strategy, sets: chosen.sets ?? [], other: beside };
}

function onNavigated(): void {
  const { address: next, problems } = parseAddress(location.hash);
  playing.value = false;
  address.value = next;
  addressProblems.value = problems;
  now.value = next.atNs;
}

/** The moment goes into the address when it rests. */
function followMoment(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const atNs = Math.round(now.value);
    if (playing.value || atNs === address.peek().atNs) return;
    clearTimeout(timer);
    timer = setTimeout(() => go({ atNs }, 'replace'), REPLACE_AFTER_MS);
  });
}

addEventListener('popstate', onNavigated);
addEventListener('hashchange', onNavigated);
followMoment();
if (lesson.peek() !== undefined) slowness.value = (lesson.peek() as Lesson).slowness;
if (location.hash === '' && givenCase === undefined) now.value = LESSONS[0].atMs * 1e6;
