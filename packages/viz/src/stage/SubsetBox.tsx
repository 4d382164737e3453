/** The endpoints of a subset, as the API server has them. */
import { useComputed } from '@preact/signals';
import { stepAt } from '../rollout/lookup.js';
import type { SubsetLine } from '../rollout/picture.js';
import { now } from '../state/store.js';
import { words } from '../strings/index.js';
import { placed } from './boxes.js';
import type { Box } from './layout.js';

const MOST_PODS = 8;

export function SubsetBox({ line, box }: { readonly line: SubsetLine; readonly box: Box }) {
  const t = words().stage;
  const ready = useComputed(() => stepAt(line.steps, now.value)?.ready ?? 0);
  const most = Math.max(1, ...line.steps.map((step) => step.ready));
  return (
    <div class={ready.value === 0 ? 'box subset empty' : 'box subset'} style={placed(box)} title={line.host}>
      <h3>
        <span class="name">{line.host.split('.')[0]}</span> {line.subset !== '' && <b>{line.subset}</b>}
      </h3>
      <p>
        <span class="pods" aria-hidden="true">
          {Array.from({ length: Math.min(MOST_PODS, most) }, (_, i) => (
            <i key={i} class={i < ready.value ? 'pod' : 'pod away'} />
          ))}
        </span>
        {t.ready(ready.value)}
      </p>
    </div>
  );
}
