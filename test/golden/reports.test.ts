/** What users are told about the bundled cases does not change unseen. The files are also examples of the format. */
import { readdirSync } from 'node:fs';
import { renderMarkdown, renderTable } from '@xdsim/cli';
import { reportSchema } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { CASES, goldenName, reportOf } from './cases.js';
import { checkGolden, goldenPath } from './golden.js';
import { prettyJson } from './pretty-json.js';

test('every bundled case has a report', () => {
  expect(readdirSync(goldenPath('../../scenarios')).sort()).toEqual(CASES);
});

test.each(CASES)('the report of %s', async (name) => {
  const report = await reportOf(name);
  expect(() => reportSchema.parse(report)).not.toThrow();
  const text = prettyJson(report);
  // Only the layout differs from what the command prints.
  expect(JSON.parse(text)).toEqual(report);
  checkGolden(goldenName(name), text);
});

/** As on a terminal: the case leaves the traffic at its default. */
const FACTS = { isDefaultTraffic: true, callerRetries: 0 };

test.each([80, 160])('the table of blue-green at %i columns', async (width) => {
  checkGolden(`blue-green.table-${width}.txt`, renderTable(await reportOf('blue-green'), width, FACTS));
});

test('blue-green as Markdown', async () => {
  checkGolden('blue-green.md', renderMarkdown(await reportOf('blue-green'), FACTS));
});
