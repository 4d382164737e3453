/** What the engine has answered for each branch that is shown. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { UserError } from '@xdsim/sim-core';
import type { RolloutChoice, StudyFacts } from '../engine/protocol.js';
import { InFlight } from '../rollout/lookup.js';
import type { RolloutPicture } from '../rollout/picture.js';
import { stageEngine } from './engines.js';
import { choices } from './store.js';

export interface Branch {
  readonly name: 'A' | 'B';
  readonly choice: ReadonlySignal<RolloutChoice | undefined>;
  readonly picture: Signal<RolloutPicture | undefined>;
  /** Changes with the picture: what is computed of one is not kept for the next. */
  readonly pictureKey: ReadonlySignal<string>;
  readonly facts: Signal<StudyFacts | undefined>;
  readonly errors: Signal<readonly UserError[]>;
  readonly busy: Signal<boolean>;
  readonly inFlight: ReadonlySignal<InFlight>;
}

function newBranch(name: Branch['name'], index: number): Branch {
  // A choice is asked for once, however often the address changes otherwise.
  const key = computed(() => JSON.stringify(choices.value[index] ?? null));
  const choice = computed(() => {
    void key.value;
    return choices.peek()[index];
  });
  const picture = signal<RolloutPicture | undefined>(undefined);
  const inFlight = computed(() => new InFlight(picture.value?.messages ?? []));
  let pictures = 0;
  const pictureKey = computed(() => {
    void picture.value;
    pictures += 1;
    return `${name}${pictures}`;
  });
  return {
    name,
    choice,
    picture,
    pictureKey,
    facts: signal(undefined),
    errors: signal([]),
    busy: signal(false),
    inFlight,
  };
}

export const branches: readonly [Branch, Branch] = [newBranch('A', 0), newBranch('B', 1)];

/** Those that have something to show. */
export const shown = computed(() => branches.filter(({ picture }) => picture.value !== undefined));

for (const branch of branches) {
  effect(() => {
    void ask(branch, branch.choice.value);
  });
}

async function ask(branch: Branch, choice: RolloutChoice | undefined): Promise<void> {
  if (choice === undefined) {
    branch.picture.value = undefined;
    branch.facts.value = undefined;
    branch.errors.value = [];
    return;
  }
  branch.busy.value = true;
  const [facts, picture] = await Promise.all([
    stageEngine.ask({ kind: 'study', choice }),
    stageEngine.ask({ kind: 'rollout', choice }),
  ]);
  if (branch.choice.peek() !== choice) return;
  branch.busy.value = false;
  branch.errors.value = picture.ok ? [] : picture.errors;
  // A case that cannot be run leaves nothing of the one before.
  branch.facts.value = facts.ok ? facts.value : undefined;
  branch.picture.value = picture.ok ? picture.value : undefined;
}
