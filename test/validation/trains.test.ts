/** Trains of events beside a change: what is compared, and when it holds. */
import { expect, test } from 'vitest';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';
import type { Cell } from '../../packages/sim-core/src/validation/cell.js';
import { compareTrain, compareTrains, type Train } from '../../packages/sim-core/src/validation/compare-train.js';
import type { Figure } from '../../packages/sim-core/src/validation/figures.js';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';
import { editedCell, unwrap } from './support.js';

const TRAIN = 'other/train-service-every-80ms';

function simulatedFigures(edit: (text: string) => string): ReadonlyMap<string, Figure> {
  const [cell] = unwrap(readLab(editedCell(TRAIN, 'cell.yaml', edit))).cells;
  const figures = unwrap(compareTrain(cell as Extract<Cell, { kind: 'train' }>, PRESETS.lab, 'seed'));
  return new Map(figures.map((figure) => [figure.name, figure]));
}

function pushedAt(...atMs: readonly number[]): Train {
  return { pushes: atMs.map((at) => ({ atMs: at, events: 10 })), routesSentAtMs: atMs.slice(0, 1) };
}

const failing = (figures: readonly Figure[]): string[] => figures.filter(({ holds }) => !holds).map(({ name }) => name);

test('pushes without routes are no mistake: only those that were measured are compared', () => {
  expect(failing(compareTrains([pushedAt(100, 200)], [pushedAt(101, 201)]))).toEqual([]);
  expect(failing(compareTrains([pushedAt(100, 200)], [pushedAt(101)]))).toEqual([
    'pushes',
    'push 2 at',
    'push 2 events',
  ]);
  expect(failing(compareTrains([pushedAt(100)], [pushedAt(101, 201)]))).toEqual(['pushes']);
});

test('where timer and event race, a push may be at any of the times that come out, and 15 ms off it', () => {
  const either = [pushedAt(10_001), pushedAt(10_081)];
  expect(failing(compareTrains([pushedAt(10_090)], either))).toEqual([]);
  expect(failing(compareTrains([pushedAt(10_097)], either))).toEqual(['push 1 at', 'routes 1 sent at']);
});

test('a period above the quiet one leaves each event its own push, one below holds all of them for 10 s', () => {
  const slow = simulatedFigures((text) => text.replace('everyMs: 80', 'everyMs: 150'));
  expect(slow.get('pushes')?.simulated).toBe(84);
  expect(slow.get('push 2 at')?.simulated).toBeCloseTo(150 + 103, -1);
  const fast = simulatedFigures((text) => text.replace('everyMs: 80', 'everyMs: 30'));
  expect(fast.get('pushes')?.simulated).toBe(2);
  expect(fast.get('push 1 at')?.simulated).toBeGreaterThan(10_000);
  expect(fast.get('push 1 at')?.simulated).toBeLessThan(10_110);
});

test('a ServiceEntry counts twice, a rule once, and what stays the same not at all', () => {
  const events = (edit: (text: string) => string) => simulatedFigures(edit).get('push 1 events')?.simulated ?? 0;
  const rule = (pending: number) => `    - apply:
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: churn, namespace: lab}
        spec: {host: churn.lab.internal, trafficPolicy: {connectionPool: {http: {http1MaxPendingRequests: ${pending}}}}}
`;
  const instead = (writes: string) => (text: string) =>
    text.replace(/alternately:\n[\s\S]*$/, `alternately:\n${writes}`);
  const twice = events((text) => text);
  expect(events(instead(rule(1) + rule(2)))).toBeCloseTo(twice / 2 + 1, -1);
  // 2 of the rollout, 1 of the first rule.
  expect(simulatedFigures(instead(rule(1))).get('pushes')?.simulated).toBe(1);
});
