/** Which strategy goes first: 5xx, then connections that are cut, then time; trial by trial. */
import { newReport, runStudyTrial, type TrialResult } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { rank } from '../../packages/sim-core/src/study/ranking.js';
import { newCase } from '../behaviours/case.js';

interface Told {
  readonly errors?: number;
  readonly cut?: number;
  readonly completeMs?: number;
}

/** One number for each trial. */
function trials(count: number, tell: (trial: number) => Told): TrialResult[] {
  const none = { cut: 0, cutByServer: 0 };
  return Array.from({ length: count }, (_, trial) => {
    const { errors = 0, cut = 0, completeMs = 100 } = tell(trial);
    const longLived = { tcp: none, streams: none };
    return { trial, errors, completeMs, connections: { cut }, longLived } as unknown as TrialResult;
  });
}

function order(strategies: Readonly<Record<string, TrialResult[]>>): readonly (readonly string[])[] {
  return rank(new Map(Object.entries(strategies))).map(({ names }) => names);
}

test('equal in 5xx: fewer cut connections go first, however long it takes; then the sooner complete', () => {
  const twice = trials(8, () => ({ cut: 1870, completeMs: 100 }));
  const slow = trials(8, (trial) => ({ cut: 935 + (trial % 2), completeMs: 4000 }));
  const quick = trials(8, (trial) => ({ cut: 936 - (trial % 2), completeMs: 300 }));
  expect(order({ twice, slow, quick })).toEqual([['quick', 'slow', 'twice']]);
});

test('what is the same luck in both counts as none: a difference of a few is seen among trials that differ by hundreds', () => {
  const luck = (trial: number): number => 500 + 100 * (trial % 5);
  const more = trials(20, (trial) => ({ cut: luck(trial) + 3 + (trial % 2), completeMs: 100 }));
  const fewer = trials(20, (trial) => ({ cut: luck(trial), completeMs: 4000 }));
  expect(order({ more, fewer })).toEqual([['fewer', 'more']]);
  const hardly = trials(20, (trial) => ({ cut: luck(trial) + 0.4, completeMs: 100 }));
  expect(order({ hardly, fewer })).toEqual([['hardly', 'fewer']]);
});

test('5xx come before connections; of one trial nothing can be told but the time', () => {
  const failing = trials(8, (trial) => ({ errors: 20 + (trial % 3) }));
  const cutting = trials(8, () => ({ cut: 1000, completeMs: 9000 }));
  expect(order({ failing, cutting })).toEqual([['cutting'], ['failing']]);
  const once = { quick: trials(1, () => ({ cut: 5 })), slow: trials(1, () => ({ completeMs: 4000 })) };
  expect(order(once)).toEqual([['quick', 'slow']]);
});

test('long-lived-tcp: five orders fail nothing, and the recommendation says what each cuts', async () => {
  const study = await newCase('long-lived-tcp');
  const results = study.strategies.map(
    ({ name }) => [name, [0, 1, 2, 3].map((trial) => runStudyTrial(study, name, trial))] as const,
  );
  const { ranking, recommended } = newReport(study, new Map(results), { name: 'xdsim', version: '0' });
  expect(ranking).toHaveLength(1);
  expect(ranking[0].names.at(-1)).toBe('weighted');
  expect(recommended.why).toMatch(
    /; 9\d\d connections cut, against 1,8\d\d with weighted; complete within .* slower: /,
  );
  expect(recommended.why).not.toMatch(/slower: .*weighted/);
});
