import { z } from 'zod';
import { permissiveWrites, touchesAuthentication } from '../rule-policy.js';
import { newStagedPlan } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { gapField } from '../strategy-fields.js';
import { supportWrites } from '../writes.js';

const name = 'permissive-bridge';

/** Servers that take both kinds of connections wait for no client (envoy.md 7.4). */
export default defineStrategy({
  name,
  label: 'Servers PERMISSIVE, a gap, clients and routes as dr-first, then the servers as they shall be',
  parameters: z.strictObject({ gapMs: gapField() }),
  isOffered: touchesAuthentication,
  plan: (input) => {
    const { gapMs } = input.parameters;
    const servers = supportWrites(input.changes).filter(({ kind }) => kind === 'PeerAuthentication');
    const first = { label: 'permissive', waitMs: 0, writes: permissiveWrites(input.changes) };
    return newStagedPlan(input, { strategy: name, gapMs, first, expandAfterMs: gapMs, servers });
  },
});
