/** The page: choice of strategy and trial, the timeline with its view, the numbers. The engine runs in a worker. */
import './page.css';
import type { CaseFacts, EngineMessage, RunAnswer, RunRequest } from './engine-messages.js';
import { numberRows } from './numbers-table.js';
import type { RolloutTimeline } from './rollout-timeline.js';
import { storyOf } from './story.js';
import { TIMELINE_CSS } from './timeline/style.js';
import { TimelineView } from './timeline-view.js';

function find<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element as T;
}

const strategy = find<HTMLSelectElement>('strategy');
const trial = find<HTMLInputElement>('trial');
const view = new TimelineView(find('timeline'), find('views'));
const main = document.querySelector('main') as HTMLElement;
const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
let facts: CaseFacts | undefined;
let asked = 0;

function ask(): void {
  if (!trial.reportValidity()) return;
  main.ariaBusy = 'true';
  asked += 1;
  const request: RunRequest = { id: asked, strategy: strategy.value, trial: trial.valueAsNumber };
  worker.postMessage(request);
}

function start(known: CaseFacts): void {
  facts = known;
  strategy.replaceChildren(...known.strategies.map(({ name }) => new Option(name, name)));
  strategy.disabled = false;
  trial.disabled = false;
  find('assumptions').replaceChildren(...known.assumptions.map((words) => withText('li', words)));
  ask();
}

function show({ id, timeline, result }: RunAnswer): void {
  if (id !== asked || facts === undefined) return;
  const story = storyOf(timeline, result).join(' ');
  find('strategy-label').textContent = facts.strategies.find(({ name }) => name === timeline.strategy)?.label ?? '';
  find('story').textContent = story;
  find('command').replaceChildren(...commandParts(facts.source, timeline));
  find('numbers')
    .querySelector('tbody')
    ?.replaceChildren(...numberRows(result));
  view.show(timeline, story);
  main.ariaBusy = 'false';
}

/** A line breaks between arguments only. */
function commandParts(source: string, { strategy: name, trial: number }: RolloutTimeline): (Node | string)[] {
  const parts = ['npm run -s xdsim --', `run ${source}`, `--strategy ${name}`, `--trial ${number}`];
  return parts.flatMap((words, i) => (i === 0 ? [withText('span', words)] : [' ', withText('span', words)]));
}

function complain(words: string): void {
  const problem = find('problem');
  problem.textContent = words;
  problem.hidden = false;
  main.ariaBusy = 'false';
}

function withText(name: string, words: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = words;
  return element;
}

worker.addEventListener('message', ({ data }: MessageEvent<EngineMessage>) => {
  if (data.type === 'ready') start(data.facts);
  else if (data.type === 'run') show(data.answer);
  else complain(data.errors.map(({ code, message, hint }) => `${code}: ${message}. ${hint}`).join('\n'));
});
worker.addEventListener('error', ({ message }) =>
  complain(`The engine has stopped: ${message || 'its script did not load'}.`),
);

const style = document.createElement('style');
style.textContent = TIMELINE_CSS;
document.head.append(style);
strategy.addEventListener('change', ask);
trial.addEventListener('change', ask);
find('choice').addEventListener('submit', (event) => event.preventDefault());
