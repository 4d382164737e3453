/** Ready endpoints of each subset over time, as the API server has them. */
import type { RolloutPicture, SubsetLine } from '../rollout/picture.js';
import { laneName } from './control-plane.js';
import { type Frame, isNarrow, isSeen, type Part, px } from './frame.js';
import { element, text, textWidthPx } from './svg.js';

const ROW_PX = 16;
const MOST = 6;
const FONT_PX = 11;
const NAME_GAP_PX = 18;

export function subsetLanes(run: RolloutPicture, frame: Frame): Part {
  const rows = run.subsets.slice(0, MOST).map((line, i) => lane(line, frame, i * ROW_PX));
  return { svg: rows.join(''), height: rows.length * ROW_PX };
}

/** A host that is too long for its lane's name, cut off; the subset tells more. */
function fitting(host: string, { left }: Frame, subset: string): string {
  const room = left - NAME_GAP_PX;
  let name = host;
  while (name.length > 2 && textWidthPx(`${name} ${subset}`, FONT_PX) > room) name = `${name.slice(0, -2)}…`;
  return name;
}

function lane({ host, subset, steps }: SubsetLine, frame: Frame, top: number): string {
  const short = host.split('.')[0];
  const name = subset === '' ? short : isNarrow(frame) ? subset : `${fitting(short, frame, subset)} ${subset}`;
  const most = Math.max(1, ...steps.map(({ ready }) => ready));
  const y = (ready: number) => px(top + ROW_PX - 3 - (ready / most) * (ROW_PX - 6));
  const seen = steps.filter(({ atNs }, i) => isSeen(frame, atNs, steps[i + 1]?.atNs ?? Number.POSITIVE_INFINITY));
  let d = '';
  let last = Number.NEGATIVE_INFINITY;
  const counts = seen.map(({ atNs, ready }, i) => {
    const x = px(frame.x(atNs));
    d += `${i === 0 ? 'M' : 'H'}${i === 0 ? `${x} ${y(ready)}` : `${x}V${y(ready)}`}`;
    if (x < last + 12 || x > frame.right - 8) return '';
    last = x;
    return text(x + 3, top + 11, String(ready), { class: 'tl-tick tl-halo' });
  });
  if (d !== '') d += `H${px(frame.right)}`;
  return laneName(frame, name, top + 12) + element('path', { class: 'tl-ready', d }) + counts.join('');
}
