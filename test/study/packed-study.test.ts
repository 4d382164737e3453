import { newReport, packStudy, runStudyTrial, type Study, unpackStudy } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { newCase } from '../behaviours/case.js';

test.each(['one-gateway', 'late-readiness'])('%s, packed as JSON and unpacked, is the same study', async (name) => {
  const study = await newCase(name);
  const again = unpackStudy(JSON.parse(JSON.stringify(packStudy(study))));
  const report = (of: Study) => {
    const results = of.strategies.map(
      (strategy) => [strategy.name, [0, 1, 2].map((trial) => runStudyTrial(of, strategy.name, trial))] as const,
    );
    return newReport(of, new Map(results), { name: 'xdsim', version: '0' });
  };
  expect(report(again)).toEqual(report(study));
  expect(again.scenario.userSet).toEqual(study.scenario.userSet);
});
