/** Requests on their way, and long-lived connections that are cut. */
import { countInWords } from '../rollout/figures.js';
import { countUntil } from '../rollout/lookup.js';
import { into, out, type Point } from './layout.js';
import { between, cellBox, cross, type Hit, line, ring, type Scene } from './scene.js';

const MOST_REQUESTS = 400;
/** Cuts are rarer than requests, and seen for so many times as long. */
const CUT_SHOWN = 3;

/** Served ones go on to their subset; those that fail fly out of the proxy. */
export function paintRequests(c: CanvasRenderingContext2D, scene: Scene, ns: number, hits: Hit[]): void {
  const { picture, layout, cardOf, theme, requestNs, selected } = scene;
  const { atNs, proxy, outcome, outcomes } = picture.requests;
  const last = countUntil(atNs, ns);
  const first = Math.max(countUntil(atNs, ns - requestNs), last - MOST_REQUESTS);
  for (let i = first; i < last; i++) {
    const bucket = outcomes[outcome[i]];
    const share = (ns - atNs[i]) / requestNs;
    const card = cardOf.get(proxy[i]);
    const box = card ?? (layout.strip && cellBox(scene, proxy[i]));
    if (box === undefined) continue;
    const from = out(box, layout.isNarrow);
    if (bucket.code >= 400) {
      const at = flight(from, share, i, layout.isNarrow);
      cross(c, at, theme.fail, 1 - 0.6 * share);
      if (selected?.kind === 'failure' && selected.index === i) ring(c, at, 10, 1, theme.ink);
      hits.push({ x: at[0], y: at[1], selection: { kind: 'failure', index: i } });
      continue;
    }
    const target = picture.subsets.findIndex(
      ({ host, subset }) => host === bucket.destination && subset === bucket.subset,
    );
    const to = layout.subsets[target];
    if (to === undefined) continue;
    const [x, y] = between(from, into(to, layout.isNarrow), share);
    c.fillStyle = theme.ok;
    c.beginPath();
    c.arc(x, y, card === undefined ? 1.5 : 2.25, 0, 2 * Math.PI);
    c.fill();
    if (selected?.kind === 'failure' && selected.index === i) ring(c, [x, y], 7, 1, theme.ink);
    if (card !== undefined) hits.push({ x, y, selection: { kind: 'failure', index: i } });
  }
}

/** Long-lived connections and requests in flight that are cut: torn ends beside the proxy, and how many. */
export function paintCuts(c: CanvasRenderingContext2D, scene: Scene, ns: number): void {
  const { picture, layout, cardOf, theme, requestNs, cutInWords } = scene;
  for (const { proxy, atNs, count } of [...picture.longLived.cuts, ...picture.requestCuts]) {
    if (atNs > ns || ns > atNs + CUT_SHOWN * requestNs) continue;
    const card = cardOf.get(proxy);
    const box = card ?? (layout.strip && cellBox(scene, proxy));
    if (box === undefined) continue;
    const [x, y] = out(box, layout.isNarrow);
    const apart = 2 + (6 * (ns - atNs)) / (CUT_SHOWN * requestNs);
    c.strokeStyle = theme.fail;
    c.lineWidth = 2;
    c.beginPath();
    line(c, [x + 2, y], [x + 10 - apart / 2, y - 4]);
    line(c, [x + 10 + apart, y + 4], [x + 20 + apart, y]);
    c.stroke();
    if (card === undefined) continue;
    c.fillStyle = theme.fail;
    c.font = '600 11px system-ui, sans-serif';
    c.textAlign = 'left';
    c.textBaseline = 'middle';
    c.fillText(cutInWords(countInWords(Number(count.toPrecision(2)))), x + 4, y - 14);
  }
}

/** An arc up and away; each request has its own. */
function flight([x, y]: Point, share: number, seed: number, isNarrow: boolean): Point {
  const spread = ((seed * 2654435761) % 1000) / 1000 - 0.5;
  const along = 46 * share;
  const up = 34 * share - 26 * share * share;
  return isNarrow ? [x + along * spread * 2, y + along * 0.7] : [x + along, y - up * (0.6 + spread) + spread * 14];
}
