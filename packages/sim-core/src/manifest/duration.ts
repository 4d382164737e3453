/** Durations as Istio writes them: Go's `1h30m`, `500ms`, `1.5s`. */

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 };

const FORM = /^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/;

/** In ms; undefined: it is not a duration. */
export function durationMs(text: string): number | undefined {
  let rest = text;
  let total = 0;
  if (rest === '0') return 0;
  while (rest !== '') {
    const [part, number, , unit] = FORM.exec(rest) ?? [];
    if (part === undefined) return undefined;
    total += Number(number) * UNIT_MS[unit];
    rest = rest.slice(part.length);
  }
  return text === '' ? undefined : total;
}
