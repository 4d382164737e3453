/** The lessons as data: which case they run, and what is asked. Their words are in strings/. */
import type { Override } from '@xdsim/sim-core';
import type { FigureName } from '../rollout/figures.js';
import type { Strings } from '../strings/en.js';

type LessonId = keyof Strings['lessons'];

export interface LessonRun {
  readonly strategy: string;
  readonly sets?: readonly Override[];
}

export interface Lesson {
  readonly id: LessonId;
  /** Folder below scenarios/. */
  readonly case: string;
  readonly run: LessonRun;
  /** Beside it, on the same luck and clock. */
  readonly other?: LessonRun;
  /** Where it starts, paused, and how slow it plays. */
  readonly atMs: number;
  readonly slowness: number;
  /** Stretch of time that the timeline shows at first; left out: all. */
  readonly viewMs?: readonly [number, number];
  /** What the prediction is about: the options lie between these edges, in order. */
  readonly predict: { readonly figure: FigureName; readonly edges: readonly number[] };
  /** What to try afterwards. */
  readonly variants: readonly LessonRun[];
  readonly select?: string;
}

const set = (path: string, value: string | number): Override => ({ path, value: String(value) });
const services = (count: number) => [set('mesh.services', count)];
const gap = (strategy: string, ms: number): LessonRun => ({
  strategy,
  sets: [set(`strategies.${strategy}.gapMs`, ms)],
});

export const LESSONS: readonly Lesson[] = [
  {
    id: 'first',
    case: 'one-gateway',
    run: { strategy: 'vs-first' },
    atMs: 0,
    slowness: 10,
    predict: { figure: 'failing', edges: [100, 1500, 10_000] },
    variants: [gap('vs-first', 5000), { strategy: 'dr-first' }],
    select: 'proxy:gw-1',
  },
  {
    id: 'ownTime',
    case: 'case-a-vs-first',
    run: { strategy: 'vs-first' },
    atMs: 100,
    slowness: 100,
    viewMs: [100, 240],
    predict: { figure: 'skew', edges: [5, 500] },
    variants: [
      { strategy: 'vs-first', sets: [set('mesh.sidecars', 500)] },
      { strategy: 'vs-first', sets: [set('mesh.istiodCores', 1)] },
    ],
  },
  {
    id: 'addWindow',
    case: 'case-a-vs-first',
    run: { strategy: 'simultaneous' },
    atMs: 115,
    slowness: 1000,
    viewMs: [100, 210],
    predict: { figure: 'errors', edges: [0.05, 50] },
    variants: [
      { strategy: 'simultaneous', sets: services(10) },
      { strategy: 'simultaneous', sets: services(1000) },
    ],
  },
  {
    id: 'removeWindow',
    case: 'blue-green',
    run: { strategy: 'simultaneous', sets: services(1000) },
    atMs: 115,
    slowness: 300,
    viewMs: [100, 420],
    predict: { figure: 'failing', edges: [30, 120] },
    variants: [
      { strategy: 'simultaneous', sets: services(200) },
      { strategy: 'simultaneous', sets: services(10) },
    ],
  },
  {
    id: 'debounce',
    case: 'blue-green',
    run: gap('dr-first', 50),
    atMs: 0,
    slowness: 100,
    predict: { figure: 'errors', edges: [0.5, 500] },
    variants: [gap('dr-first', 90), gap('dr-first', 150), gap('dr-first', 300)],
    select: 'istiod:1',
  },
  {
    id: 'gap',
    case: 'blue-green',
    run: { strategy: 'dr-first' },
    other: { strategy: 'vs-first' },
    atMs: 0,
    slowness: 30,
    predict: { figure: 'errors', edges: [0.5, 500] },
    variants: [
      { strategy: 'dr-first', sets: services(1000) },
      { strategy: 'dr-first', sets: [set('mesh.sidecars', 1000)] },
    ],
  },
  {
    id: 'policy',
    case: 'mtls-strict',
    run: { strategy: 'simultaneous' },
    other: { strategy: 'permissive-bridge' },
    atMs: 100,
    slowness: 300,
    viewMs: [100, 240],
    predict: { figure: 'errors', edges: [0.05, 100] },
    variants: [
      { strategy: 'dr-first' },
      { strategy: 'policy-mixed' },
      { strategy: 'simultaneous', sets: [set('mesh.sidecars', 500)] },
    ],
  },
  {
    id: 'readiness',
    case: 'late-readiness',
    run: { strategy: 'dr-first' },
    other: { strategy: 'readiness-gated' },
    atMs: 2000,
    slowness: 10,
    predict: { figure: 'failing', edges: [100, 2100] },
    variants: [
      { strategy: 'dr-first', sets: [set('readiness.newVersionMs', 1000)] },
      { strategy: 'dr-first', sets: [set('strategies.dr-first.gapMs', 25_000)] },
    ],
  },
  {
    id: 'weights',
    case: 'late-readiness',
    run: { strategy: 'weighted' },
    other: { strategy: 'dr-first' },
    atMs: 2000,
    slowness: 10,
    predict: { figure: 'errors', edges: [100, 3000] },
    variants: [{ strategy: 'weighted', sets: [set('strategies.weighted.percents', '[1, 10, 50, 100]')] }],
  },
  {
    id: 'retries',
    case: 'retries-hide',
    run: { strategy: 'simultaneous' },
    other: { strategy: 'vs-first' },
    atMs: 100,
    slowness: 300,
    predict: { figure: 'callerErrors', edges: [1, 15] },
    variants: [
      { strategy: 'simultaneous', sets: [set('traffic.callers.retries', 0)] },
      { strategy: 'simultaneous', sets: [set('traffic.methods', '{GET: 1, POST: 1}')] },
    ],
  },
  {
    id: 'recipe',
    case: 'blue-green',
    run: { strategy: 'dr-first' },
    other: { strategy: 'weighted' },
    atMs: 0,
    slowness: 100,
    predict: { figure: 'complete', edges: [1000, 30_000] },
    variants: [],
  },
];

/** Which option of the prediction a run bears out. */
export function optionOf({ predict }: Lesson, value: number | undefined): number {
  return predict.edges.filter((edge) => (value ?? Number.POSITIVE_INFINITY) >= edge).length;
}
