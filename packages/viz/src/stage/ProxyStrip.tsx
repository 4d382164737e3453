/** All proxies of a large mesh as cells, sorted by convergence; only cells that have changed are painted. */
import { effect, useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Look, lookAtMoment, momentCounts } from '../rollout/moment-counts.js';
import type { RolloutPicture } from '../rollout/picture.js';
import type { Branch } from '../state/branches.js';
import { select } from '../state/select.js';
import { now } from '../state/store.js';
import { words } from '../strings/index.js';
import { placed } from './boxes.js';
import { type Box, stripCells } from './layout.js';
import { type Theme, theme } from './theme.js';

interface Props {
  readonly branch: Branch['name'];
  readonly picture: RolloutPicture;
  readonly box: Box;
}

export function ProxyStrip({ branch, picture, box }: Props) {
  const t = words().stage;
  const canvas = useRef<HTMLCanvasElement>(null);
  const cells = stripCells(box, picture.proxies.length);
  const counts = useComputed(() => {
    const { old, changing, done, failing } = momentCounts(picture, now.value);
    return t.stripCounts(old, changing, done, failing);
  });
  const label = useComputed(() => `${t.strip(picture.proxies.length)}: ${counts.value}`);
  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const ratio = devicePixelRatio;
    element.width = Math.round(box.width * ratio);
    element.height = Math.round(box.height * ratio);
    const c = element.getContext('2d') as CanvasRenderingContext2D;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    let painted: (Look | undefined)[] = [];
    let paintedWith: Theme | undefined;
    return effect(() => {
      if (paintedWith !== theme.value) painted = [];
      paintedWith = theme.value;
      const ns = now.value;
      picture.order.forEach((proxy, rank) => {
        const look = lookAtMoment(picture, proxy, ns);
        if (painted[rank] === look) return;
        painted[rank] = look;
        paintCell(
          c,
          look,
          (rank % cells.columns) * cells.size,
          Math.floor(rank / cells.columns) * cells.size,
          cells.size,
          paintedWith as Theme,
        );
      });
    });
  }, [picture, box.width, box.height]);
  return (
    <figure class="strip" style={placed(box)}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        onClick={(event) => {
          const { left, top } = event.currentTarget.getBoundingClientRect();
          const column = Math.floor((event.clientX - left) / cells.size);
          const rank = Math.floor((event.clientY - top) / cells.size) * cells.columns + column;
          const proxy = picture.order[rank];
          if (proxy === undefined || column >= cells.columns) return;
          select({ kind: 'proxy', id: picture.proxies[proxy].id }, branch);
        }}
      />
      <figcaption>{counts}</figcaption>
    </figure>
  );
}

/** Told apart without colour: hollow, half, full, struck through. */
function paintCell(c: CanvasRenderingContext2D, look: Look, x: number, y: number, size: number, colours: Theme): void {
  const inner = size > 3 ? size - 1 : size;
  c.clearRect(x, y, size, size);
  c.fillStyle = look === 'failing' ? colours.fail : look === 'done' ? colours.new : colours.lane;
  c.fillRect(x, y, inner, inner);
  if (look === 'changing') {
    c.fillStyle = colours.between;
    c.fillRect(x, y + inner / 2, inner, inner / 2);
  }
  if (look !== 'failing' || size < 5) return;
  c.strokeStyle = colours.bg;
  c.lineWidth = 1.25;
  c.beginPath();
  c.moveTo(x + 1, y + inner - 1);
  c.lineTo(x + inner - 1, y + 1);
  c.stroke();
}
