/** Nothing is chosen: what the API server has, and how many proxies do what. */
import { momentCounts } from '../rollout/moment-counts.js';
import type { RolloutPicture } from '../rollout/picture.js';
import { words } from '../strings/index.js';
import { duration, moment } from '../timeline/frame.js';
import { Table } from './Table.js';
import { useRestedMoment } from './use-rested.js';

export function MeshView({ picture }: { readonly picture: RolloutPicture }) {
  const t = words().inspector;
  const ns = useRestedMoment();
  const { failing, done } = momentCounts(picture, ns);
  const objects = [...new Set(picture.writes.map(({ object }) => object))];
  const rows = objects.map((object) => {
    const last = picture.writes.findLast((write) => write.object === object && write.committedNs <= ns);
    return [object, last?.revision ?? 'before', last === undefined ? '' : moment(last.committedNs)];
  });
  return (
    <>
      <p>{words().stage.moment(duration(ns), failing, picture.proxies.length, done)}</p>
      <Table
        title={t.objects}
        columns={[t.columns.object, t.columns.revision, t.columns.stored]}
        rows={rows}
        none={t.none}
      />
    </>
  );
}
