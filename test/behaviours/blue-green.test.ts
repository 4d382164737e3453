/** A switch with cleanup, all pods standing: only the order of writes and messages decides. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, NO_RECONNECTS, newCase, trialsOf, trialsWith } from './case.js';
import { newStory } from './story.js';

test('one apply: v1 goes with CDS, and the routes that still name it wait behind the endpoints of all services', async () => {
  const study = await newCase('blue-green');
  const story = newStory(study, 'simultaneous');
  expect(story.mesh).toEqual([
    'tool writes DestinationRule after',
    'tool writes VirtualService after',
    'istiod sees DestinationRule after',
    'istiod sees VirtualService after',
    'push 0 of 2',
  ]);
  // All four messages are there before the first has been read, and Envoy asks for v2 when it has read the last.
  expect(story.of('gw-1')).toEqual([
    'gw-1 has been sent CDS EDS LDS RDS',
    'gw-1 CDS +v2 -v1',
    'gw-1 fails NC rds-late v1',
    'gw-1 workers without v1',
    'gw-1 EDS 201',
    'gw-1 LDS',
    'gw-1 RDS after',
    'gw-1 fails NC eds-late v2',
    'gw-1 workers route after',
    'gw-1 asks for EDS of 1',
    'gw-1 is sent the EDS it asked for',
    'gw-1 EDS v2 warm',
    'gw-1 workers with v2',
    'gw-1 fails no more',
  ]);
  const [trial] = trialsOf(study, 'simultaneous', 1);
  const [first] = story.failing;
  expect(first.what).toBe('NC rds-late v1');
  // A debounce of 100 ms passes after the last write before anything can fail; it is over before the next second.
  expect(first.fromMs).toBeGreaterThan(100);
  expect(trial.completeMs).toBeLessThan(500);
  expect(trial.removeMs).toHaveLength(52);
  // 200 clusters lie between losing v1 and leaving it, one round trip and one cluster between naming v2 and having it.
  expect(mean([trial], ({ removeMs }) => removeMs)).toBeGreaterThan(4 * mean([trial], ({ addMs }) => addMs));
});

test('expand, switch, contract: v2 is warm two seconds before the routes name it, and they leave v1 before it goes', async () => {
  const study = await newCase('blue-green');
  const story = newStory(study, 'dr-first');
  expect(story.mesh).toEqual([
    'tool writes DestinationRule expanded',
    'istiod sees DestinationRule expanded',
    'push 0 of 1',
    'tool writes VirtualService after',
    'istiod sees VirtualService after',
    'push 1 of 1',
    'tool writes DestinationRule after',
    'istiod sees DestinationRule after',
    'push 2 of 1',
  ]);
  // A change of routes alone brings no EDS; a change of one rule brings that of its own clusters.
  expect(story.of('gw-1')).toEqual([
    'gw-1 has been sent CDS EDS LDS RDS',
    'gw-1 CDS +v2',
    'gw-1 EDS 2',
    'gw-1 LDS',
    'gw-1 RDS',
    'gw-1 asks for EDS of 1',
    'gw-1 is sent the EDS it asked for',
    'gw-1 EDS v2 warm',
    'gw-1 workers with v2',
    'gw-1 has been sent CDS LDS RDS',
    'gw-1 CDS',
    'gw-1 LDS',
    'gw-1 RDS after',
    'gw-1 workers route after',
    'gw-1 has been sent CDS EDS LDS RDS',
    'gw-1 CDS -v1',
    'gw-1 EDS 3',
    'gw-1 LDS',
    'gw-1 RDS',
    'gw-1 workers without v1',
  ]);
  expect(story.failing).toEqual([]);
  const [trial] = trialsOf(study, 'dr-first', 1);
  expect(Math.max(...trial.addMs, ...trial.removeMs)).toBeLessThan(-1900);
});

test('a bigger mesh: the add window shrinks, the remove window and the errors grow', async () => {
  const [small, usual, big] = await Promise.all(
    [10, 200, 1000].map((services) => trialsWith('blue-green', 'simultaneous', { 'mesh.services': services })),
  );
  const add = [small, usual, big].map((trials) => mean(trials, ({ addMs }) => addMs));
  const remove = [small, usual, big].map((trials) => mean(trials, ({ removeMs }) => removeMs));
  expect(add[0]).toBeGreaterThan(2 * add[2]);
  expect(remove[1]).toBeGreaterThan(5 * remove[0]);
  expect(remove[2]).toBeGreaterThan(3 * remove[1]);
  expect(mean(big, errors)).toBeGreaterThan(3 * mean(usual, errors));
  // In the smallest mesh most errors wait for the new cluster, in bigger ones for the routes. Envoy asks for the cluster
  // when it has read what is there: routes too, unless istiod takes longer over EDS than Envoy over CDS.
  const rdsLate = errorsWith({ flag: 'NC', cause: 'rds-late' });
  expect(mean(small, rdsLate)).toBeLessThan(0.5 * mean(small, errors));
  expect(mean(usual, rdsLate)).toBeGreaterThan(0.85 * mean(usual, errors));
  expect(mean(big, rdsLate)).toBeGreaterThan(0.99 * mean(big, errors));
});

test('the debounce is a cliff: gaps shorter than the quiet period are no gaps', async () => {
  // With a core for each proxy, time slices of istiod that end now here, now there cut no push.
  const steady = { ...NO_RECONNECTS, 'mesh.istiodCores': 64 };
  const failing: number[] = [];
  for (const gapMs of [20, 50, 80, 95, 105, 200, 2000]) {
    const settings = { ...steady, 'strategies.dr-first.gapMs': gapMs };
    failing.push(mean(await trialsWith('blue-green', 'dr-first', settings), errors));
  }
  const [at20, at50, , , at105, at200, at2000] = failing;
  // Three writes become one push: the same as one apply of everything, to the last request.
  const together = mean(await trialsWith('blue-green', 'simultaneous', steady), errors);
  for (const merged of [at20, at50]) expect(merged).toBeCloseTo(together, 9);
  expect(failing).toEqual([...failing].sort((a, b) => b - a));
  // A slow watch can still bring two writes 105 ms apart together: then v2 is named before it is warm.
  expect(at105).toBeLessThan(0.02 * together);
  expect([at200, at2000]).toEqual([0, 0]);
});
