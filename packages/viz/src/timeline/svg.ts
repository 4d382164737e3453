/** SVG as text: the same in Node and in a browser. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Children are SVG already; for words use `text`. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${escaped(typeof value === 'number' ? String(Math.round(value * 100) / 100) : `${value}`)}"`,
    )
    .join('');
  const content = children.join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export function text(x: number, y: number, words: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(words));
}

/** A tooltip. */
export function title(words: string): string {
  return element('title', {}, escaped(words));
}

export function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Hangul and its like fill a square. */
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60]/g;

/** About how wide words are in a proportional font. */
export function textWidthPx(words: string, fontPx: number): number {
  const wide = words.match(WIDE)?.length ?? 0;
  return (wide + (words.length - wide) * 0.56) * fontPx;
}
