/** One timeline: drawn when its stretch or width changes; the line of the present moment moves over it. */
import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RolloutPicture } from '../rollout/picture.js';
import { withoutAnswer } from '../rollout/without-answer.js';
import type { Branch } from '../state/branches.js';
import { shownProxies } from '../state/characters.js';
import { seek } from '../state/playback.js';
import { select } from '../state/select.js';
import { isAnswerHidden, now } from '../state/store.js';
import { words } from '../strings/index.js';
import type { Frame } from './frame.js';
import { CLOSER, isLogTime, lookAt, timelineRange, wholeTime, zoom } from './range.js';
import { TIMELINE_CSS } from './style.js';
import { type DrawnTimeline, drawTimeline } from './timeline-svg.js';
import { moved, zoomed } from './view-range.js';

const ROW_PX = 7;
const NARROWEST_PX = 280;
const STEP = 0.2;
/** A shorter drag is a click. */
const DRAG_PX = 5;

// A constructed sheet needs no exception in the Content-Security-Policy.
const sheet = new CSSStyleSheet();
sheet.replaceSync(TIMELINE_CSS);
document.adoptedStyleSheets.push(sheet);

interface Props {
  readonly picture: RolloutPicture;
  readonly name: Branch['name'];
}

export function Timeline({ picture, name }: Props) {
  const t = words();
  const holder = useRef<HTMLDivElement>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  const drawn = useSignal<DrawnTimeline | undefined>(undefined);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      width.value = Math.max(NARROWEST_PX, Math.floor(entry.contentRect.width));
    });
    observer.observe(holder.current as HTMLDivElement);
    return () => observer.disconnect();
  }, []);
  useEffect(
    () =>
      effect(() => {
        if (width.value === 0) return;
        const startMs = performance.now();
        const isHidden = isAnswerHidden.value;
        const hidden = { never: t.lesson.hidden, noFailure: t.lesson.hidden };
        const next = drawTimeline(isHidden ? withoutAnswer(picture) : picture, {
          width: width.value,
          range: timelineRange.value,
          characters: shownProxies(picture),
          isLog: isLogTime.value,
          rowPx: ROW_PX,
          tooltips: true,
          words: isHidden ? { ...t.timeline.words, ...hidden } : t.timeline.words,
          label: `${t.timeline.title}: ${picture.scenario}, ${picture.strategy}`,
        });
        const parsed = new DOMParser().parseFromString(next.svg, 'image/svg+xml');
        drawing.current?.replaceChildren(document.importNode(parsed.documentElement, true));
        drawn.value = next;
        performance.measure('xdsim timeline', { start: startMs });
      }),
    [picture, t],
  );
  useEffect(
    () =>
      effect(() => {
        const line = cursor.current;
        if (line === null || drawn.value === undefined) return;
        const { frame } = drawn.value;
        const isSeen = now.value >= frame.fromNs && now.value <= frame.toNs;
        line.style.visibility = isSeen ? 'visible' : 'hidden';
        line.style.transform = `translateX(${frame.x(now.value)}px)`;
        line.style.height = `${drawn.value.bottom}px`;
      }),
    [],
  );
  return (
    <div
      ref={holder}
      class="timeline"
      tabIndex={0}
      role="group"
      aria-label={`${t.timeline.title} ${name}`}
      onKeyDown={onKey}
      onWheel={(event) => drawn.value !== undefined && onWheel(event, drawn.value.frame)}
      onPointerDown={(event) => drawn.value !== undefined && startDrag(event, drawn.value.frame, { picture, name })}
    >
      <div ref={drawing} />
      <div ref={cursor} class="cursor" />
    </div>
  );
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const range = timelineRange.peek();
  const whole = wholeTime.peek();
  switch (event.key) {
    case 'ArrowLeft':
      lookAt(moved(range, whole, -STEP));
      break;
    case 'ArrowRight':
      lookAt(moved(range, whole, STEP));
      break;
    case '+':
    case '=':
      zoom('in');
      break;
    case '-':
      zoom('out');
      break;
    case '0':
      lookAt(whole);
      break;
    default:
      return;
  }
  event.preventDefault();
}

/** Without Ctrl the wheel scrolls the page. */
function onWheel(event: WheelEvent, { left, right }: Frame): void {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const at = (placeOf(event) - left) / (right - left);
  lookAt(
    zoomed(
      timelineRange.peek(),
      wholeTime.peek(),
      event.deltaY < 0 ? CLOSER : 1 / CLOSER,
      Math.max(0, Math.min(1, at)),
    ),
  );
}

function placeOf(event: MouseEvent): number {
  const holder = (event.target as Element).closest('.timeline') as HTMLElement;
  return event.clientX - holder.getBoundingClientRect().left;
}

/** A click goes to a moment, or chooses what is there; a drag looks at the stretch. */
function startDrag(event: PointerEvent, frame: Frame, of: Props): void {
  if (event.button !== 0) return;
  const holder = event.currentTarget as HTMLElement;
  const startX = placeOf(event);
  const target = event.target as Element;
  const brush = document.createElement('div');
  brush.className = 'brush';
  const onMove = (move: PointerEvent) => {
    const x = move.clientX - holder.getBoundingClientRect().left;
    if (Math.abs(x - startX) < DRAG_PX) return;
    if (!brush.isConnected) holder.append(brush);
    brush.style.left = `${Math.min(x, startX)}px`;
    brush.style.width = `${Math.abs(x - startX)}px`;
  };
  const onEnd = (end: PointerEvent) => {
    holder.removeEventListener('pointermove', onMove);
    holder.removeEventListener('pointerup', onEnd);
    holder.removeEventListener('pointercancel', onEnd);
    brush.remove();
    if (end.type === 'pointercancel') return;
    const x = end.clientX - holder.getBoundingClientRect().left;
    if (Math.abs(x - startX) >= DRAG_PX) {
      const [from, to] = [Math.min(x, startX), Math.max(x, startX)].map((place) => frame.x.invert(place));
      lookAt({ fromNs: Math.max(0, from), toNs: to });
    } else click(target, frame.x.invert(x), of);
  };
  holder.addEventListener('pointermove', onMove);
  holder.addEventListener('pointerup', onEnd);
  holder.addEventListener('pointercancel', onEnd);
}

function click(target: Element, ns: number, { picture, name }: Props): void {
  seek(ns);
  const message = target.closest<SVGElement>('[data-message]')?.dataset.message;
  const proxy = target.closest<SVGElement>('[data-proxy]')?.dataset.proxy;
  if (message !== undefined) select({ kind: 'message', index: Number(message) }, name);
  else if (proxy !== undefined) select({ kind: 'proxy', id: picture.proxies[Number(proxy)].id }, name);
}
