/** To another case, with a strategy that it has. */
import { stageEngine } from './engines.js';
import { address, go, sourceOf } from './store.js';

/** Of two cases that are chosen one after the other the later one counts. */
let asked = 0;

/** Keeps the strategy where the case has it, else takes the first of the case. */
export async function goToCase(name: string): Promise<void> {
  asked += 1;
  const own = asked;
  const source = sourceOf(name);
  const choice = source === undefined ? undefined : { source, sets: [] };
  const answer = choice && (await stageEngine.ask({ kind: 'study', choice }));
  if (own !== asked) return;
  const { strategy } = address.peek();
  const strategies = answer?.ok ? answer.value.strategies.map((one) => one.name) : [strategy];
  go({
    case: name,
    strategy: strategies.includes(strategy) ? strategy : strategies[0],
    sets: [],
    other: undefined,
    selected: undefined,
    atNs: 0,
  });
}
