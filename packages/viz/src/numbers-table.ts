/** The numbers of a run as table rows; `data` carries each to its last bit. */
import type { TrialResult } from '@xdsim/sim-core';
import { type Figure, figures } from './story.js';

export function numberRows(result: TrialResult): HTMLTableRowElement[] {
  return figures(result).map(rowOf);
}

function rowOf({ name, label, meaning, value, words }: Figure): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.dataset.name = name;
  const heading = document.createElement('th');
  heading.scope = 'row';
  heading.textContent = label;
  row.append(heading);
  const exact = document.createElement('data');
  exact.value = value === undefined ? '' : String(value);
  exact.title = exact.value;
  exact.textContent = words;
  row.insertCell().append(exact);
  row.insertCell().textContent = meaning;
  return row;
}
