/**
 * The view in the URL: what is seen, of which trial, at which moment. The fragment never leaves the browser. Everything
 * in it is checked and bounded; what cannot be read is left out and told.
 */
import type { Override } from '@xdsim/sim-core';
import { LESSONS } from '../lessons/lessons.js';

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

export const ROOMS = ['lesson', 'explore', 'compare', 'own'] as const;
export type Room = (typeof ROOMS)[number];

/** Names of cases that are not bundled: the user's own, and the one that the command line has put into the page. */
export const OWN = 'own';
export const GIVEN = 'given';

export type Selection = (
  | { readonly kind: 'proxy'; readonly id: string }
  | { readonly kind: 'message' | 'failure' | 'istiod'; readonly index: number }
) & {
  /** Whose it is; left out: of branch A. */
  readonly branch?: 'B';
};

export interface Address {
  readonly room: Room;
  /** From 1; what the lesson says stands for case, strategy and sets. */
  readonly lesson: number;
  /** Which of the lesson's runs: 0 is its own. */
  readonly variant: number;
  readonly case: string;
  readonly strategy: string;
  readonly sets: readonly Override[];
  /** The second branch; undefined: there is none. */
  readonly other: { readonly strategy: string; readonly sets: readonly Override[] } | undefined;
  /** Empty: of the scenario. */
  readonly seed: string;
  readonly trial: number;
  /** Of a comparison. */
  readonly trials: number;
  readonly atNs: number;
  readonly selected: Selection | undefined;
  /** undefined: of the browser. */
  readonly language: Language | undefined;
}

type Expected =
  | 'room'
  | 'lesson'
  | 'variant'
  | 'name'
  | 'trial'
  | 'time'
  | 'set'
  | 'selected'
  | 'language'
  | 'unknown'
  | 'long';

/** A part of the URL that means nothing. */
export interface AddressProblem {
  readonly name: string;
  readonly value: string;
  readonly expected: Expected;
}

const MOST_CHARACTERS = 4000;
const MOST_SETS = 24;
const MOST_TRIAL = 999_999;
const MOST_TRIALS = 10_000;
const HOUR_MS = 3.6e6;
const NS_PER_MS = 1e6;
const NAME = /^[\w/-]{1,64}$/;
const PROXY = /^[a-z]{1,8}-\d{1,6}$/;

export const FIRST: Address = {
  room: 'lesson',
  lesson: 1,
  variant: 0,
  case: 'blue-green',
  strategy: 'simultaneous',
  sets: [],
  other: undefined,
  seed: '',
  trial: 0,
  trials: 400,
  atNs: 0,
  selected: undefined,
  language: undefined,
};

type Draft = { -readonly [K in keyof Address]: Address[K] };
type Reader = (value: string, draft: Draft) => boolean;

const READERS: Readonly<Record<string, readonly [Expected, Reader]>> = {
  room: ['room', (value, draft) => isOneOf(ROOMS, value) && assign(draft, { room: value })],
  lesson: ['lesson', (value, draft) => assign(draft, { lesson: whole(value, 1, LESSONS.length) })],
  variant: ['variant', (value, draft) => assign(draft, { variant: whole(value, 0, 9) })],
  case: ['name', (value, draft) => NAME.test(value) && assign(draft, { case: value })],
  strategy: ['name', (value, draft) => NAME.test(value) && assign(draft, { strategy: value })],
  with: [
    'name',
    (value, draft) => NAME.test(value) && assign(draft, { other: { strategy: value, sets: draft.other?.sets ?? [] } }),
  ],
  seed: ['name', (value, draft) => value.length <= 64 && assign(draft, { seed: value })],
  trial: ['trial', (value, draft) => assign(draft, { trial: whole(value, 0, MOST_TRIAL) })],
  trials: ['trial', (value, draft) => assign(draft, { trials: whole(value, 1, MOST_TRIALS) })],
  t: ['time', (value, draft) => assign(draft, { atNs: nanoseconds(value) })],
  set: ['set', (value, draft) => withSet(value, draft.sets, (sets) => assign(draft, { sets }))],
  withset: [
    'set',
    (value, draft) =>
      withSet(value, draft.other?.sets ?? [], (sets) =>
        assign(draft, { other: { strategy: draft.other?.strategy ?? draft.strategy, sets } }),
      ),
  ],
  look: ['selected', (value, draft) => assign(draft, { selected: selection(value) })],
  lang: ['language', (value, draft) => isOneOf(LANGUAGES, value) && assign(draft, { language: value })],
};

export function parseAddress(fragment: string): {
  readonly address: Address;
  readonly problems: readonly AddressProblem[];
} {
  const text = fragment.replace(/^#/, '');
  if (text.length > MOST_CHARACTERS) {
    return { address: FIRST, problems: [{ name: '#', value: `${text.slice(0, 40)}…`, expected: 'long' }] };
  }
  const draft: Draft = { ...FIRST };
  const problems: AddressProblem[] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    const [expected, read] = Object.hasOwn(READERS, name) ? READERS[name] : (['unknown', () => false] as const);
    if (!read(value, draft)) problems.push({ name: shortened(name), value: shortened(value), expected });
  }
  const variants = draft.room === 'lesson' ? LESSONS[draft.lesson - 1].variants.length : 0;
  if (draft.variant > variants) {
    problems.push({ name: 'variant', value: String(draft.variant), expected: 'variant' });
    draft.variant = 0;
  }
  return { address: draft, problems };
}

/** Only what differs from the first view. */
export function formatAddress(address: Address): string {
  const parts: [string, string][] = [];
  const add = (name: string, value: string, without: string): void => {
    if (value !== without) parts.push([name, value]);
  };
  const isLesson = address.room === 'lesson';
  if (isLesson) {
    parts.push(['lesson', String(address.lesson)]);
    add('variant', String(address.variant), '0');
  } else {
    parts.push(['room', address.room], ['case', address.case], ['strategy', address.strategy]);
    for (const { path, value } of address.sets) parts.push(['set', `${path}:${value}`]);
    if (address.other !== undefined) {
      parts.push(['with', address.other.strategy]);
      for (const { path, value } of address.other.sets) parts.push(['withset', `${path}:${value}`]);
    }
  }
  add('seed', address.seed, '');
  add('trial', String(address.trial), '0');
  add('trials', String(address.trials), String(FIRST.trials));
  add('t', String(address.atNs / NS_PER_MS), '0');
  if (address.selected !== undefined) parts.push(['look', selectionText(address.selected)]);
  if (address.language !== undefined) parts.push(['lang', address.language]);
  return `#${parts.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%3A', ':').replaceAll('%2F', '/')}`).join('&')}`;
}

export function selectionText(selected: Selection): string {
  const which = selected.kind === 'proxy' ? selected.id : selected.index;
  return `${selected.kind}:${which}${selected.branch === undefined ? '' : `:${selected.branch}`}`;
}

export function selection(text: string): Selection | undefined {
  const [kind, which = '', branch, ...rest] = text.split(':');
  if (rest.length > 0 || (branch !== undefined && branch !== 'B')) return undefined;
  const of: Pick<Selection, 'branch'> = branch === undefined ? {} : { branch };
  if (kind === 'proxy') return PROXY.test(which) ? { kind, id: which, ...of } : undefined;
  if (kind !== 'message' && kind !== 'failure' && kind !== 'istiod') return undefined;
  const index = whole(which, kind === 'istiod' ? 1 : 0, 99_999_999);
  return index === undefined ? undefined : { kind, index, ...of };
}

/** False where a value is missing: then nothing is taken over. */
function assign(draft: Draft, changes: Partial<Address>): boolean {
  if (Object.values(changes).some((value) => value === undefined)) return false;
  Object.assign(draft, changes);
  return true;
}

function withSet(text: string, sets: readonly Override[], take: (sets: readonly Override[]) => boolean): boolean {
  const parts = /^([\w.["\]-]{1,120}):([\s\S]{1,200})$/.exec(text);
  return parts !== null && sets.length < MOST_SETS && take([...sets, { path: parts[1], value: parts[2] }]);
}

function whole(text: string, low: number, high: number): number | undefined {
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value >= low && value <= high ? value : undefined;
}

function nanoseconds(text: string): number | undefined {
  const ms = Number(text);
  if (!/^\d{1,7}(\.\d{1,9})?$/.test(text) || ms > HOUR_MS) return undefined;
  return Math.round(ms * NS_PER_MS);
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
