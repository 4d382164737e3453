/** What moves on the stage: writes, messages, subscriptions, traffic. A function of the moment alone. */
import type { Message } from '../rollout/picture.js';
import { shortName } from '../timeline/control-plane.js';
import { colourOf, drawGlyph } from './glyph-paths.js';
import { into, out, type Point } from './layout.js';
import { paintCuts, paintRequests } from './paint-traffic.js';
import { between, cellOf, cross, type Hit, line, ring, type Scene } from './scene.js';
import type { Theme } from './theme.js';

const INBOX_GAP_PX = 15;
const MOST_IN_INBOX = 6;
/** Among many small cards dashes only hide what is behind them. */
const SMALL_PX = 50;

export function paintStage(c: CanvasRenderingContext2D, scene: Scene, ns: number): Hit[] {
  const hits: Hit[] = [];
  paintWrites(c, scene, ns);
  paintRequests(c, scene, ns, hits);
  paintSubscriptions(c, scene, ns);
  paintMessages(c, scene, ns, hits);
  paintLosses(c, scene, ns, hits);
  paintCuts(c, scene, ns);
  return hits;
}

/** From the API server to each istiod, once stored. */
function paintWrites(c: CanvasRenderingContext2D, { picture, layout, theme }: Scene, ns: number): void {
  const { api, istiods } = layout;
  for (const write of picture.writes) {
    if (write.sentNs > ns || ns > write.committedNs) continue;
    const share = (ns - write.sentNs) / Math.max(1, write.committedNs - write.sentNs);
    // Below the box: it comes from the operator, who is not on the stage.
    chip(c, shortName(write), api.x + api.width / 2, api.y + api.height + 26 * (1 - share) + 8, theme);
  }
  for (const { istiod, atNs, write: index } of picture.deliveries) {
    const write = index === undefined ? undefined : picture.writes[index];
    const box = istiods[istiod];
    if (write === undefined || box === undefined || write.committedNs > ns || ns > atNs) continue;
    const share = (ns - write.committedNs) / Math.max(1, atNs - write.committedNs);
    const [x, y] = between(out(api, false), into(box, false), share);
    chip(c, shortName(write), x, y - 10, theme);
  }
}

function paintMessages(c: CanvasRenderingContext2D, scene: Scene, ns: number, hits: Hit[]): void {
  const { inFlight, layout, cardOf, theme, selected } = scene;
  const inbox = new Map<number, number>();
  inFlight.forEach(ns, (message, index) => {
    const card = cardOf.get(message.proxy);
    const from = out(layout.istiods[message.istiod] ?? layout.istiods[0], layout.isNarrow);
    const isOnWay = message.receivedNs === undefined || ns < message.receivedNs;
    if (card === undefined) {
      if (isOnWay && layout.strip !== undefined) paintSpeck(c, message, from, cellOf(scene, message.proxy), theme, ns);
      return;
    }
    let at: Point;
    let share: number | undefined;
    if (isOnWay) {
      at = between(from, into(card, layout.isNarrow), wayOf(message, ns));
    } else {
      const place = inbox.get(message.proxy) ?? 0;
      inbox.set(message.proxy, place + 1);
      if (place >= MOST_IN_INBOX) return;
      at = [card.x + 11 + place * INBOX_GAP_PX, card.y + card.height - 10];
      if (message.startedNs !== undefined && ns >= message.startedNs) {
        share = (ns - message.startedNs) / Math.max(1, (message.appliedNs ?? ns) - message.startedNs);
      }
    }
    drawGlyph(c, message.type, at[0], at[1], message.push === undefined, theme);
    if (share !== undefined) ring(c, at, 10, share, colourOf(message.type, theme));
    if (selected?.kind === 'message' && selected.index === index) ring(c, at, 12, 1, theme.ink);
    hits.push({ x: at[0], y: at[1], selection: { kind: 'message', index } });
  });
}

function paintSpeck(
  c: CanvasRenderingContext2D,
  message: Message,
  from: Point,
  to: Point,
  theme: Theme,
  ns: number,
): void {
  const at = between(from, to, wayOf(message, ns));
  drawGlyph(c, message.type, at[0], at[1], message.push === undefined, theme, 3);
}

/** Share of the way that a message has come. One that is lost gets half way. */
function wayOf({ sentNs, receivedNs, lostNs }: Message, ns: number): number {
  const arrivalNs = receivedNs ?? (lostNs === undefined ? ns + 1 : 2 * lostNs - sentNs);
  return (ns - sentNs) / Math.max(1, arrivalNs - sentNs);
}

/** Where a message was when its stream broke, for as long as a request is seen. */
function paintLosses(c: CanvasRenderingContext2D, scene: Scene, ns: number, hits: Hit[]): void {
  const { inFlight, layout, cardOf, theme, requestNs } = scene;
  for (const { message, index } of inFlight.lost) {
    const lostNs = message.lostNs as number;
    if (ns < lostNs || ns > lostNs + requestNs) continue;
    const from = out(layout.istiods[message.istiod] ?? layout.istiods[0], layout.isNarrow);
    const card = cardOf.get(message.proxy);
    if (card === undefined && layout.strip === undefined) continue;
    const to = card === undefined ? cellOf(scene, message.proxy) : into(card, layout.isNarrow);
    const at = between(from, to, wayOf(message, lostNs));
    c.globalAlpha = 0.5;
    drawGlyph(c, message.type, at[0], at[1], message.push === undefined, theme);
    cross(c, at, theme.fail, 1);
    hits.push({ x: at[0], y: at[1], selection: { kind: 'message', index } });
  }
}

/** A proxy asks for endpoints: dashed, until istiod answers. */
function paintSubscriptions(c: CanvasRenderingContext2D, { picture, layout, cardOf, theme }: Scene, ns: number): void {
  for (const { istiod, proxy, sentNs, answeredNs } of picture.subscriptions) {
    const card = cardOf.get(proxy);
    if (card === undefined || sentNs > ns || (answeredNs ?? sentNs) < ns) continue;
    const share = (ns - sentNs) / Math.max(1, (answeredNs ?? ns) - sentNs);
    const from = into(card, layout.isNarrow);
    const to = out(layout.istiods[istiod] ?? layout.istiods[0], layout.isNarrow);
    c.strokeStyle = theme.eds;
    c.lineWidth = 1.25;
    if (card.height > SMALL_PX) {
      c.setLineDash([3, 4]);
      c.beginPath();
      line(c, from, to);
      c.stroke();
      c.setLineDash([]);
    }
    const [x, y] = between(from, to, share);
    c.fillStyle = theme.bg;
    c.beginPath();
    c.arc(x, y, 6, 0, 2 * Math.PI);
    c.fill();
    c.stroke();
    c.fillStyle = theme.eds;
    c.font = '700 9px system-ui, sans-serif';
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.fillText('?', x, y + 0.5);
  }
}

function chip(c: CanvasRenderingContext2D, words: string, x: number, y: number, theme: Theme): void {
  c.font = '600 11px system-ui, sans-serif';
  const width = c.measureText(words).width + 12;
  c.fillStyle = theme.ink;
  c.beginPath();
  c.roundRect(x - width / 2, y - 9, width, 18, 4);
  c.fill();
  c.fillStyle = theme.bg;
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText(words, x, y + 0.5);
}
