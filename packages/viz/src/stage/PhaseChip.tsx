/** Which revision something acts on, as a shape and a colour: hollow is before, filled is after. */
import type { Phase } from '../rollout/picture.js';
import { words } from '../strings/index.js';

const R = 4.5;

export function PhaseChip({ name, phase }: { readonly name: string; readonly phase: Phase }) {
  return (
    <span class={`phase phase-${phase}`}>
      <svg viewBox="-6 -6 12 12" width="12" height="12" aria-hidden="true">
        {phase !== 'same' && <circle r={R} class="phase-ring" />}
        {phase === 'same' && <path class="phase-ring" d="M-3 0H3" />}
        {phase === 'new' && <circle r={R} class="phase-fill" />}
        {(phase === 'between' || phase === 'mixed') && (
          <path class="phase-fill" d={`M0 ${-R}A${R} ${R} 0 0 1 0 ${R}z`} />
        )}
        {phase === 'mixed' && <path class="phase-cut" d="M-5 5L5 -5" />}
      </svg>
      {name}
      <span class="hidden"> {words().stage.phases[phase]}, </span>
    </span>
  );
}
