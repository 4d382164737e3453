/** The state of the page. The address is the single source of what is seen; the rest follows from it. */
import { computed, effect, signal } from '@preact/signals';
import type { CaseFiles, RolloutChoice } from '../engine/protocol.js';
import { LESSONS, type Lesson, type LessonRun } from '../lessons/lessons.js';
import {
  type Address,
  type AddressProblem,
  FIRST,
  formatAddress,
  GIVEN,
  LANGUAGES,
  type Language,
  OWN,
  parseAddress,
} from './address.js';
import { givenCase } from './given-case.js';

const REPLACE_AFTER_MS = 300;

const start = parseAddress(location.hash === '' ? (givenCase?.address ?? '') : location.hash);

let isAsLinked = true;

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

/** Lessons that have been run, or moved in time. */
const opened = signal<ReadonlySet<number>>(new Set());

/** Whoever shall predict does not read the answer first. */
export const isAnswerHidden = computed(
  () => lesson.value !== undefined && address.value.variant === 0 && !opened.value.has(address.value.lesson),
);

export function openAnswer(): void {
  if (isAnswerHidden.peek()) opened.value = new Set([...opened.peek(), address.peek().lesson]);
}

/** A link to a later moment than the start of its lesson is to that moment, not to the question. */
function openLinked(): void {
  const { atMs } = lesson.peek() ?? {};
  if (atMs !== undefined && address.peek().atNs > atMs * 1e6) openAnswer();
}

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
  isAsLinked = false;
  addressProblems.value = [];
  show(changes, how);
}

/** What of a link turns out not to be there when its rollout is. */
export function correct(changes: Partial<Address>, problems: readonly AddressProblem[] = []): void {
  show(changes, 'replace');
  addressProblems.value = [...addressProblems.peek(), ...problems];
}

/** Whether the view is that of a link, and not yet the viewer's own. */
export function isLinked(): boolean {
  return isAsLinked;
}

function show(changes: Partial<Address>, how: 'push' | 'replace'): void {
  address.value = { ...address.peek(), atNs: now.peek(), ...changes };
  if (changes.atNs !== undefined) now.value = changes.atNs;
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
  // Two events tell of the same fragment; what was corrected after the first is not to be forgotten at the second.
  if (location.hash === formatAddress(address.peek())) return;
  const { address: next, problems } = parseAddress(location.hash);
  playing.value = false;
  address.value = next;
  addressProblems.value = problems;
  isAsLinked = true;
  now.value = next.atNs;
  openLinked();
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
openLinked();
if (lesson.peek() !== undefined) slowness.value = (lesson.peek() as Lesson).slowness;
if (location.hash === '' && givenCase === undefined) now.value = LESSONS[0].atMs * 1e6;
