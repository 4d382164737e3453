/** The API server: which revision of each changed object it has stored. */
import { useComputed } from '@preact/signals';
import type { RolloutPicture, WriteMark } from '../rollout/picture.js';
import { now } from '../state/store.js';
import { words } from '../strings/index.js';
import { shortName } from '../timeline/control-plane.js';
import { placed } from './boxes.js';
import type { Box } from './layout.js';

const MOST = 4;

export function ApiServerBox({ picture, box }: { readonly picture: RolloutPicture; readonly box: Box }) {
  const t = words().stage;
  const objects = [...new Set(picture.writes.map(({ object }) => object))].slice(0, MOST);
  return (
    <div class="box api" style={placed(box)}>
      <h3>{t.apiServer}</h3>
      <ul>
        {objects.map((object) => (
          <StoredObject key={object} writes={picture.writes.filter((write) => write.object === object)} />
        ))}
      </ul>
    </div>
  );
}

function StoredObject({ writes }: { readonly writes: readonly WriteMark[] }) {
  const index = useComputed(() => writes.filter(({ committedNs }) => committedNs <= now.value).length);
  const last = writes[index.value - 1];
  const [, , name] = writes[0].object.split('/');
  return (
    <li title={writes[0].object}>
      <b>{shortName({ ...writes[0], action: 'apply' })}</b> <span class="name">{name}</span>{' '}
      <span class={last === undefined ? 'revision' : 'revision changed'}>
        {last === undefined ? 'before' : last.action === 'delete' ? '−' : last.revision}
      </span>
    </li>
  );
}
