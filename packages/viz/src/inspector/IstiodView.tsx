/** One istiod: debounce, queue, slots, push context. */
import type { RolloutPicture } from '../rollout/picture.js';
import { istiodAt } from '../stage/IstiodBox.js';
import { go, now } from '../state/store.js';
import { grouped } from '../strings/grouped.js';
import { words } from '../strings/index.js';
import { duration, moment } from '../timeline/frame.js';
import { forkWith } from './fork.js';
import { Table } from './Table.js';
import { useRestedMoment } from './use-rested.js';

export function IstiodView({ picture, index }: { readonly picture: RolloutPicture; readonly index: number }) {
  const t = words().inspector;
  const ns = useRestedMoment();
  const { state, events, waiting, inService } = istiodAt(picture, index, ns);
  const pushes = picture.pushes.filter(({ istiod }) => istiod === index);
  const context = pushes.findLast(({ queuedNs }) => queuedNs <= ns);
  const preparing = pushes.find(({ startedNs, queuedNs }) => startedNs <= ns && ns < queuedNs);
  const since = pushes.find(({ startedNs }) => startedNs > ns)?.debounceNs ?? ns;
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{t.istiod.debounce}</dt>
          <dd>{state === 'counting' ? t.istiod.counting(events, moment(Math.min(since, ns))) : t.istiod.quiet}</dd>
        </div>
        <div>
          <dt>{t.istiod.preparing}</dt>
          <dd>{preparing === undefined ? t.none : preparing.push}</dd>
        </div>
        <div>
          <dt>{t.istiod.queue}</dt>
          <dd>{grouped(waiting)}</dd>
        </div>
        <div>
          <dt>{t.istiod.inService}</dt>
          <dd>{t.istiod.slots(inService, picture.pushSlots)}</dd>
        </div>
      </dl>
      <Table
        title={`${t.istiod.context}, ${t.at(duration(ns))}`}
        columns={[t.columns.object, t.columns.revision]}
        rows={Object.entries(context?.revisions ?? {})}
        none="before"
      />
      <p class="acts">
        <b>{t.act.title}</b>{' '}
        <button type="button" onClick={() => forkWith(restart(index, now.peek()))}>
          {t.act.restart}
        </button>{' '}
        <button type="button" class="link" onClick={() => go({ selected: undefined })}>
          {words().close}
        </button>
      </p>
    </>
  );
}

function restart(index: number, ns: number) {
  const atMs = Math.max(0, Math.round(ns / 1e6));
  return {
    path: 'faults.istiodRestarts',
    value: `[{replica: ${index + 1}, atMs: {constant: ${atMs}}, downMs: {constant: 8000}}]`,
  };
}
