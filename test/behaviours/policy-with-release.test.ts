/** A policy that comes with a release. */
import { expect, test } from 'vitest';
import { errorsWith, trialsWith } from './case.js';

test('limits refuse for good whatever the order, and nothing else fails once it is staged', async () => {
  for (const strategy of ['policy-mixed', 'policy-separated']) {
    for (const trial of await trialsWith('policy-with-release', strategy)) {
      expect(errorsWith({ flag: 'UO' })(trial)).toBeGreaterThan(0.99 * trial.errors);
      expect(trial.errsAtEnd).toBe(true);
    }
  }
});
