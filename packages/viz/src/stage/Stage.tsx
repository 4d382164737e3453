/** The mesh at the present moment: boxes that can be chosen, and a canvas over them for what moves. */
import { effect, type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { momentCounts } from '../rollout/moment-counts.js';
import type { RolloutPicture } from '../rollout/picture.js';
import type { Branch } from '../state/branches.js';
import { shownProxies } from '../state/characters.js';
import { reducedMotion } from '../state/playback.js';
import { select, selectedIn } from '../state/select.js';
import { now, slowness } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { ApiServerBox } from './ApiServerBox.js';
import { IstiodBox } from './IstiodBox.js';
import { type Box, type StageLayout, stageLayout } from './layout.js';
import { ProxyCard } from './ProxyCard.js';
import { ProxyStrip } from './ProxyStrip.js';
import { paintStage } from './paint.js';
import { SubsetBox } from './SubsetBox.js';
import type { Hit, Scene } from './scene.js';
import { theme } from './theme.js';
import { Wires } from './Wires.js';

const CLICK_PX = 14;
/** Of a large mesh: first, last, and who fails longest. */
const FEW_OF_PAIR = 3;
/** A request is seen for so long of the viewer's time. */
const REQUEST_MS = 700;

interface Props {
  readonly branch: Branch;
  readonly picture: RolloutPicture;
  /** Two stages share the screen. */
  readonly isPair: boolean;
}

export function Stage({ branch, picture, isPair }: Props) {
  const t = words().stage;
  const holder = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      width.value = Math.floor(entry.contentRect.width);
    });
    observer.observe(holder.current as HTMLDivElement);
    return () => observer.disconnect();
  }, []);
  const characters = shownProxies(picture, isPair ? FEW_OF_PAIR : undefined);
  const layout = stageLayout(Math.max(300, width.value), {
    istiods: picture.istiods,
    cards: characters.length,
    proxies: picture.proxies.length,
    subsets: picture.subsets.length,
    isCompact: isPair,
  });
  const cardOf = new Map(characters.map((proxy, i) => [proxy, layout.cards[i]]));
  const hits = useRef<readonly Hit[]>([]);
  const label = useComputed(() => {
    const { failing, done } = momentCounts(picture, now.value);
    return t.moment(duration(now.value), failing, picture.proxies.length, done);
  });
  return (
    <div
      ref={holder}
      class="stage"
      style={{ height: `${layout.height}px` }}
      onPointerDown={(event) => onPointerDown(event, hits.current, branch.name)}
    >
      {width.value > 0 && (
        <>
          <Movement
            branch={branch}
            picture={picture}
            layout={layout}
            cardOf={cardOf}
            width={width.value}
            hits={hits}
            label={label}
          />
          <Wires layout={layout} width={width.value} />
          <ApiServerBox picture={picture} box={layout.api} />
          {layout.istiods.map((box, i) => (
            <IstiodBox key={i} branch={branch.name} picture={picture} index={i} box={box} />
          ))}
          {characters.map((proxy, i) => (
            <ProxyCard key={proxy} branch={branch.name} picture={picture} proxy={proxy} box={layout.cards[i]} />
          ))}
          {layout.strip && <ProxyStrip branch={branch.name} picture={picture} box={layout.strip} />}
          {layout.subsets.map((box, i) => (
            <SubsetBox key={i} line={picture.subsets[i]} box={box} />
          ))}
          {picture.requests.each > 1 && <p class="stage-note">{t.each(picture.requests.each)}</p>}
        </>
      )}
    </div>
  );
}

interface MovementProps {
  readonly branch: Branch;
  readonly picture: RolloutPicture;
  readonly layout: StageLayout;
  readonly cardOf: ReadonlyMap<number, Box>;
  readonly width: number;
  readonly hits: { current: readonly Hit[] };
  readonly label: ReadonlySignal<string>;
}

/** Painted once a frame, when the moment has changed. */
function Movement({ branch, picture, layout, cardOf, width, hits, label }: MovementProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rankOf = useMemo(() => {
    const ranks = new Uint32Array(picture.order.length);
    picture.order.forEach((proxy, rank) => {
      ranks[proxy] = rank;
    });
    return ranks;
  }, [picture]);
  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const ratio = devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(layout.height * ratio);
    const c = element.getContext('2d') as CanvasRenderingContext2D;
    return effect(() => {
      const startMs = performance.now();
      const scene: Scene = {
        picture,
        inFlight: branch.inFlight.value,
        layout,
        cardOf,
        rankOf,
        theme: theme.value,
        selected: selectedIn(branch.name),
        cutInWords: words().stage.cut,
        requestNs: reducedMotion.matches ? 1 : (REQUEST_MS * 1e6) / slowness.value,
      };
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.clearRect(0, 0, width, layout.height);
      hits.current = paintStage(c, scene, now.value);
      performance.measure('xdsim stage', { start: startMs });
    });
  }, [branch, picture, layout.height, width, [...cardOf.keys()].join()]);
  return <canvas ref={canvas} class="movement" role="img" aria-label={label} />;
}

function onPointerDown(event: PointerEvent, hits: readonly Hit[], name: Branch['name']): void {
  if ((event.target as HTMLElement).closest('button') !== null) return;
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const near = hits
    .map((hit) => ({ hit, px: Math.hypot(hit.x - x, hit.y - y) }))
    .filter(({ px }) => px < CLICK_PX)
    .sort((a, b) => a.px - b.px)[0];
  if (near !== undefined) select(near.hit.selection, name);
}
