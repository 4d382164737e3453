/** Gives the user a file that was made here. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** The same form for all that is saved of a rollout. */
export function rolloutFile(of: { scenario: string; strategy: string; trial: number }, ending: string): string {
  return `${of.scenario}-${of.strategy}-${of.trial}.${ending}`;
}
