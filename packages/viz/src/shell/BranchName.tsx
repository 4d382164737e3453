/** A or B, and what it runs. */
import type { Branch } from '../state/branches.js';

export function BranchName({ branch }: { readonly branch: Branch }) {
  const choice = branch.choice.value;
  return (
    <p class="branch-name">
      <b>{branch.name}</b> {choice?.strategy}
      {choice?.sets.map(({ path, value }) => (
        <code key={path}>
          {path}={value}
        </code>
      ))}
    </p>
  );
}
