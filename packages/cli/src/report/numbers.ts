/** Numbers as people read them: three significant digits, the unit that fits, and never more certainty than there is. */
import type { Report } from '@xdsim/sim-core';

export type Estimate = Report['strategies'][number]['unsettledShare'];

export const ABSENT = '–';

const SIGNIFICANT = 3;

/** A hyphen is no sign. */
const MINUS = '−';

/** Below it a number is written as 1.2e-5. */
const TINY = 1e-4;

const UNITS = [
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
  { name: 'ms', ms: 1 },
] as const;

type Unit = (typeof UNITS)[number];

export function formatNumber(value: number): string {
  const rounded = Number(value.toPrecision(SIGNIFICANT));
  if (rounded === 0) return '0';
  const size = Math.abs(rounded);
  return `${rounded < 0 ? MINUS : ''}${size < TINY ? size.toExponential() : grouped(String(size))}`;
}

/** Without a fraction, and with all its digits. */
export function formatWhole(value: number): string {
  const rounded = Math.round(value);
  return `${rounded < 0 ? MINUS : ''}${grouped(String(Math.abs(rounded)))}`;
}

/** `1 trial`, `5,000 sidecars`. */
export function counted(count: number, noun: string): string {
  return `${formatWhole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function formatDuration(ms: number | null): string {
  return ms === null ? ABSENT : ms === 0 ? '0 ms' : `${inUnit(ms, unitOf(ms))} ${unitOf(ms).name}`;
}

/** `12.3 / 45.1 ms`: the unit once where it is the same. */
export function formatDurations(values: readonly (number | null)[]): string {
  const known = values.filter((ms) => ms !== null);
  if (known.length === 0) return ABSENT;
  const units = new Set(known.filter((ms) => ms !== 0).map(unitOf));
  if (units.size > 1 || known.length < values.length) return values.map(formatDuration).join(' / ');
  const [unit = UNITS[3]] = units;
  return `${known.map((ms) => inUnit(ms, unit)).join(' / ')} ${unit.name}`;
}

/** `12.3 ± 0.4`; `12.3 (11.2–14.9)` where the interval is lopsided; `0 (≤ 0.3)` where nothing has been seen. */
export function formatEstimate({ mean, ci95: [low, high], noneSeen }: Estimate): string {
  if (noneSeen) return `0 (≤ ${formatNumber(high)})`;
  const [below, above] = [mean - low, high - mean];
  const half = Math.max(below, above);
  // One trial has no interval: the study gives the largest number there is.
  if (high >= Number.MAX_VALUE) return `${formatNumber(mean)} ± ?`;
  if (half < Math.abs(mean) * 1e-6) return formatNumber(mean);
  if (Math.abs(above - below) > 0.1 * half) return `${formatNumber(mean)} (${formatNumber(low)}–${formatNumber(high)})`;
  return `${inFull(mean, decimalsOf(mean))} ± ${formatHalfWidth(half, decimalsOf(mean))}`;
}

/** The mean is written out as far as the interval reaches: 2,002 ± 1. */
function inFull(value: number, decimals: number): string {
  return grouped(value.toFixed(decimals));
}

function formatHalfWidth(half: number, decimals: number): string {
  const text = half.toFixed(decimals);
  return Number(text) === 0 ? formatNumber(Number(half.toPrecision(1))) : grouped(text);
}

/** A probability with its unit; what was never seen has an upper bound, and what is nearly sure is not sure. */
export function formatProbability({ mean, ci95, noneSeen }: Estimate): string {
  if (noneSeen) return `≤ ${formatNumber(100 * ci95[1])} %`;
  const percent = Number((100 * mean).toPrecision(3));
  return percent === 100 && mean < 1 ? '> 99.9 %' : `${formatNumber(percent)} %`;
}

/** The largest unit of which it is at least one, once rounded: 999.9 ms are 1 s. */
function unitOf(ms: number): Unit {
  const rounded = Math.abs(Number(ms.toPrecision(3)));
  return UNITS.find((unit) => rounded >= unit.ms) ?? UNITS[3];
}

function inUnit(ms: number, unit: Unit): string {
  return formatNumber(ms / unit.ms);
}

/** Decimals that the significant digits of a number leave. */
function decimalsOf(value: number): number {
  const [, exponent] = value.toExponential(SIGNIFICANT - 1).split('e');
  return Math.max(0, SIGNIFICANT - 1 - Number(exponent));
}

function grouped(digits: string): string {
  const [whole, fraction] = digits.split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}
