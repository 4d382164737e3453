/** The timeline on the page: drawn anew for its width and for the stretch of time in view, which keys and mouse change. */
import type { RolloutTimeline, Span } from './rollout-timeline.js';
import { timelineSvg, wholeRange } from './timeline.js';
import { moved, pushRanges, zoomed } from './view-range.js';

const LANES = 30;
const ROW_PX = 7;
const STEP = 0.2;
const CLOSER = 0.7;
const NARROWEST_PX = 280;

export class TimelineView {
  private run: RolloutTimeline | undefined;
  private story = '';
  private range: Span = { fromNs: 0, toNs: 1 };
  private dueFrame: number | undefined;
  private dragX: number | undefined;

  constructor(
    private readonly figure: HTMLElement,
    private readonly buttons: HTMLElement,
  ) {
    figure.tabIndex = 0;
    new ResizeObserver(() => this.draw()).observe(figure);
    figure.addEventListener('keydown', (event) => this.onKey(event));
    figure.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    figure.addEventListener('pointerdown', (event) => this.onPointerDown(event));
    figure.addEventListener('pointermove', (event) => this.onPointerMove(event));
    figure.addEventListener('pointerup', () => this.endDrag());
    figure.addEventListener('pointercancel', () => this.endDrag());
  }

  show(run: RolloutTimeline, story: string): void {
    this.run = run;
    this.story = story;
    this.range = wholeRange(run);
    this.offerViews(run);
    this.draw();
  }

  private get whole(): Span {
    return this.run === undefined ? this.range : wholeRange(this.run);
  }

  private offerViews(run: RolloutTimeline): void {
    const pushes = pushRanges(run).map((range, i) => ({ words: `Push ${i}: first 400 ms`, range }));
    const views = [{ words: 'Whole rollout', range: wholeRange(run) }, ...pushes];
    const choices = views.map(({ words, range }) => {
      const button = newButton(words, () => this.look(range));
      button.dataset.range = `${range.fromNs} ${range.toNs}`;
      return button;
    });
    const steps = [
      newButton('+', () => this.look(zoomed(this.range, this.whole, CLOSER, 0.5)), 'Zoom in'),
      newButton('−', () => this.look(zoomed(this.range, this.whole, 1 / CLOSER, 0.5)), 'Zoom out'),
      newButton('←', () => this.look(moved(this.range, this.whole, -STEP)), 'Earlier'),
      newButton('→', () => this.look(moved(this.range, this.whole, STEP)), 'Later'),
    ];
    this.buttons.replaceChildren(...choices, ...steps);
  }

  private look(range: Span): void {
    this.range = range;
    this.draw();
  }

  /** At most once a frame. */
  private draw(): void {
    this.dueFrame ??= requestAnimationFrame(() => {
      this.dueFrame = undefined;
      this.drawNow();
    });
  }

  private drawNow(): void {
    if (this.run === undefined) return;
    const svg = timelineSvg(this.run, {
      width: Math.max(NARROWEST_PX, this.figure.clientWidth),
      range: this.range,
      lanes: LANES,
      rowPx: ROW_PX,
      tooltips: true,
      label: `Timeline. ${this.story}`,
    });
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
    this.figure.replaceChildren(document.importNode(parsed.documentElement, true));
    for (const button of this.buttons.querySelectorAll<HTMLButtonElement>('[data-range]')) {
      button.ariaPressed = String(button.dataset.range === `${this.range.fromNs} ${this.range.toNs}`);
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const range = this.rangeOfKey(event.key);
    if (range === undefined) return;
    event.preventDefault();
    this.look(range);
  }

  private rangeOfKey(key: string): Span | undefined {
    switch (key) {
      case 'ArrowLeft':
        return moved(this.range, this.whole, -STEP);
      case 'ArrowRight':
        return moved(this.range, this.whole, STEP);
      case '+':
      case '=':
        return zoomed(this.range, this.whole, CLOSER, 0.5);
      case '-':
        return zoomed(this.range, this.whole, 1 / CLOSER, 0.5);
      case '0':
        return this.whole;
      default:
        return undefined;
    }
  }

  /** Without Ctrl the wheel scrolls the page. */
  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, width } = this.figure.getBoundingClientRect();
    this.look(zoomed(this.range, this.whole, event.deltaY < 0 ? CLOSER : 1 / CLOSER, (event.clientX - left) / width));
  }

  private onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.dragX = event.clientX;
    this.figure.setPointerCapture(event.pointerId);
    this.figure.classList.add('dragged');
  }

  private onPointerMove(event: PointerEvent): void {
    if (this.dragX === undefined) return;
    const share = (this.dragX - event.clientX) / this.figure.clientWidth;
    this.dragX = event.clientX;
    this.look(moved(this.range, this.whole, share));
  }

  private endDrag(): void {
    this.dragX = undefined;
    this.figure.classList.remove('dragged');
  }
}

function newButton(words: string, onClick: () => void, name?: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = words;
  if (name !== undefined) button.ariaLabel = name;
  button.addEventListener('click', onClick);
  return button;
}
