import { expect, test } from 'vitest';
import { lateMessage } from '../../packages/viz/src/inspector/late-message.js';
import { newDrawnRollout } from '../../packages/viz/src/rollout/new-picture.js';
import { bundledCase } from './bundled-case.js';

/** Every failed request of a rollout with the message that it waited for. */
async function lateMessages(name: string, strategy: string) {
  const { picture } = newDrawnRollout(await bundledCase(name), strategy, 0);
  const { requests } = picture;
  return [...requests.atNs.keys()].flatMap((i) => {
    const bucket = requests.outcomes[requests.outcome[i]];
    if (bucket.code < 400) return [];
    const late = lateMessage(picture, requests.proxy[i], bucket.cause, requests.atNs[i]);
    return [{ atNs: requests.atNs[i], cause: bucket.cause, late }];
  });
}

test('a failed request names a message of the late type, which is applied after it', async () => {
  const types = { 'rds-late': 'RDS', 'cds-late': 'CDS', 'eds-late': 'EDS' } as Readonly<Record<string, string>>;
  const failed = [
    ...(await lateMessages('blue-green', 'simultaneous')),
    ...(await lateMessages('one-gateway', 'vs-first')),
  ];
  expect(failed.length).toBeGreaterThan(20);
  for (const { atNs, cause, late } of failed) {
    expect(late?.type).toBe(types[cause]);
    expect(late?.message?.appliedNs).toBeGreaterThan(atNs);
  }
});

test('where nothing comes, none is named', async () => {
  const failed = await lateMessages('missing-subset', 'simultaneous');
  const lasting = failed.filter(({ cause }) => cause === 'subset-undefined');
  expect(lasting.length).toBeGreaterThan(2);
  expect(lasting.every(({ late }) => late === undefined)).toBe(true);
});
