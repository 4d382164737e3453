/** A proxy that rejects routes keeps the old ones, and nobody sends them again: the contraction takes away what they name. */
import { expect, test } from 'vitest';
import { errors, mean, newCase, trialsOf, trialsWith } from './case.js';

const CONTRACTION_MS = 4_000;

test('dr-first fails at that proxy from the contraction on, and for good', async () => {
  const study = await newCase('nack');
  const { mesh, traffic } = study.scenario;
  const trials = trialsOf(study, 'dr-first');
  const perProxy = traffic.requestsPerSecond / (mesh.gateways + mesh.sidecars);
  const expected = (perProxy * (study.horizonMs - CONTRACTION_MS)) / 1000;
  for (const trial of trials) {
    expect(Math.abs(errors(trial) / expected - 1)).toBeLessThan(0.01);
    expect(trial.unsettledShare).toBeCloseTo(1 / (mesh.gateways + mesh.sidecars));
  }
  expect(trials.flatMap(({ buckets }) => buckets).some(({ bucket }) => bucket.flag === 'NC')).toBe(true);
});

test('the push of the contraction brings the routes again: if they are taken by then, only its own window is left', async () => {
  const rejected = async (toMs: number) => {
    const nacks = `[{proxies: [gw-1], types: [RDS], fromMs: 0, toMs: ${toMs}}]`;
    return mean(await trialsWith('nack', 'dr-first', { 'faults.nacks': nacks }), errors);
  };
  expect(await rejected(3_000)).toBeGreaterThan(0);
  expect(await rejected(3_000)).toBeLessThan(10);
  expect(await rejected(1_000)).toBe(0);
});

test('a rollout that outlasts the rejection comes through, and none does where it stays', async () => {
  expect(mean(await trialsWith('nack', 'weighted'), errors)).toBe(0);
  const nacks = '[{proxies: [gw-1], types: [RDS], fromMs: 0, toMs: 3600000}]';
  const study = await newCase('nack', { 'faults.nacks': nacks });
  for (const { name } of study.strategies) expect(mean(trialsOf(study, name), errors)).toBeGreaterThan(100);
});
