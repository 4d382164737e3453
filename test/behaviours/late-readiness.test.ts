/** Configuration is seconds, pods are tens of seconds: the switch comes before there is anyone to serve. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, newCase, trialsOf } from './case.js';
import { newStory } from './story.js';

test('the right order fails until the endpoints of the first pod have come', async () => {
  const study = await newCase('late-readiness');
  const story = newStory(study, 'dr-first');
  expect(story.mesh).toEqual([
    'tool writes DestinationRule after',
    'istiod sees DestinationRule after',
    'push 0 of 1',
    'tool writes VirtualService after',
    'istiod sees VirtualService after',
    'push 1 of 1',
    'pod catalog-v2#1 ready',
    'istiod sees catalog-v2#1 ready',
    'push 2 of 1',
    'pod catalog-v2#2 ready',
    'istiod sees catalog-v2#2 ready',
    'push 3 of 1',
    'pod catalog-v2#0 ready',
    'istiod sees catalog-v2#0 ready',
    'push 4 of 1',
  ]);
  const lines = story.of('sc-1');
  expect(lines.slice(lines.indexOf('sc-1 RDS after'))).toEqual([
    'sc-1 RDS after',
    'sc-1 fails UH no-ready-endpoints v2',
    'sc-1 workers route after',
    // A pod that becomes ready is EDS alone, of the clusters of its service.
    'sc-1 has been sent EDS',
    'sc-1 EDS 3',
    'sc-1 fails no more',
    'sc-1 has been sent EDS',
    'sc-1 EDS 3',
    'sc-1 has been sent EDS',
    'sc-1 EDS 3',
  ]);
});

test('the gate waits for all three pods, then switches, and none fails', async () => {
  const study = await newCase('late-readiness');
  const story = newStory(study, 'readiness-gated');
  expect(story.mesh.slice(3)).toEqual([
    'pod catalog-v2#1 ready',
    'istiod sees catalog-v2#1 ready',
    'push 1 of 1',
    'pod catalog-v2#2 ready',
    'istiod sees catalog-v2#2 ready',
    'push 2 of 1',
    'pod catalog-v2#0 ready',
    'istiod sees catalog-v2#0 ready',
    'push 3 of 1',
    'tool writes VirtualService after',
    'istiod sees VirtualService after',
    'push 4 of 1',
  ]);
  const trials = trialsOf(study, 'readiness-gated');
  expect(mean(trials, errors)).toBe(0);
  for (const { completeMs } of trials) {
    expect(completeMs).toBeGreaterThan(8000);
    // The last pod is ready by 20 s; the poll, the debounce and the push take what is left.
    expect(completeMs).toBeLessThan(22_000);
  }
});

test('the others fail with UH from their switch to the first ready pod', async () => {
  const study = await newCase('late-readiness');
  const errorsOf = (name: string) => trialsOf(study, name).map(errors);
  const [together, ordered, weighted] = ['simultaneous', 'dr-first', 'weighted'].map(errorsOf);
  const noHost = errorsWith({ flag: 'UH', cause: 'no-ready-endpoints' });
  expect(mean(trialsOf(study, 'dr-first'), noHost)).toBe(mean(trialsOf(study, 'dr-first'), errors));
  ordered.forEach((count, i) => {
    // The pods have the same luck in all strategies. The gap of 2 s is 2 s less to fail in; the first step is 10 %.
    expect(together[i] - count).toBeGreaterThan(1900);
    expect(together[i] - count).toBeLessThan(2100);
    expect(Math.abs(10 * weighted[i] - count)).toBeLessThan(0.01 * count);
    // The first of three pods is ready 8 to 20 s after the first write.
    expect(count).toBeGreaterThan(5800);
    expect(count).toBeLessThan(18_200);
  });
});
