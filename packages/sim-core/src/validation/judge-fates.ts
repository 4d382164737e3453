/** Which clusters a change adds, swaps, removes or leaves alone, and whether routes are loaded anew: content, not chance. */
import type { ProxyFacts } from './proxy-facts.js';

type Fates = NonNullable<ProxyFacts['fates']>;

/** Of a course of events that was measured; merging near the debounce is random. */
const PROBABILITY_MIN = 0.01;

/** @returns the first difference; undefined: none */
export function judgeFates(measured: readonly ProxyFacts[], simulated: readonly ProxyFacts[]): string | undefined {
  const rows = measured.flatMap(({ fates }): Fates[] => (fates === undefined ? [] : [fates]));
  const simulatedRows = simulated.map(({ fates = {} }): Fates => fates);
  const names = [...new Set([...rows, ...simulatedRows].flatMap((fates) => Object.keys(fates)))].sort();
  for (const name of names) {
    const fate = (fates: Fates): string => fates[name] ?? 'untouched';
    const difference = differenceOf(rows.map(fate), simulatedRows.map(fate));
    if (difference !== undefined) return `cluster ${name}: ${difference}`;
  }
  const word = ({ reloadsRoutes }: ProxyFacts): string[] =>
    reloadsRoutes === undefined ? [] : [reloadsRoutes ? 'reloaded' : 'untouched'];
  const difference = differenceOf(measured.flatMap(word), simulated.flatMap(word));
  return difference === undefined ? undefined : `routes: ${difference}`;
}

/** Everything measured is simulated now and then, and what is simulated most was measured. */
function differenceOf(measured: readonly string[], simulated: readonly string[]): string | undefined {
  if (measured.length === 0) return undefined;
  const share = (value: string): number => simulated.filter((each) => each === value).length / simulated.length;
  const usual = [...new Set(simulated)].sort((a, b) => share(b) - share(a))[0];
  const odd = measured.find((value) => share(value) < PROBABILITY_MIN);
  if (odd !== undefined) return `measured ${odd}, simulated ${usual}`;
  return measured.includes(usual) ? undefined : `measured ${measured[0]}, simulated ${usual}`;
}
