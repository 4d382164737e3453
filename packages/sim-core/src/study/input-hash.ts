/** Identity of a comparison's inputs: 64 bits of FNV-1a over names, contents and overrides. */
import type { SourceFile } from '../manifest/types.js';
import type { Override } from '../scenario/overrides.js';

const PRIME = 0x01000193;

export function hashOf(files: readonly SourceFile[], overrides: readonly Override[]): string {
  const text = JSON.stringify([
    files.map(({ path, text }) => [path, text]),
    overrides.map(({ path, value }) => [path, value]),
  ]);
  const halves = [0x811c9dc5, 0x050c5d1f].map((basis) => {
    let hash = basis;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ (text.charCodeAt(i) & 0xff), PRIME);
      hash = Math.imul(hash ^ (text.charCodeAt(i) >>> 8), PRIME);
    }
    return (hash >>> 0).toString(16).padStart(8, '0');
  });
  return `fnv1a64:${halves.join('')}`;
}
