import type { SourcePosition } from '../errors.js';
import type { SourceFile } from './types.js';

/** `{{ .Values.x }}` is valid YAML (an object in an object), so that it comes out as all sorts of errors. */
export const TEMPLATE_HINT = 'This looks like a template: render it first (`helm template`, `kustomize build`).';

/** A file's text with its lines, so that an offset can be shown as line, column and excerpt. */
export class SourceText {
  readonly path: string;
  readonly text: string;
  private readonly lineStarts: number[] = [0];

  constructor(file: SourceFile) {
    this.path = file.path;
    // Editors do not count a byte order mark as a column.
    this.text = file.text.startsWith('\uFEFF') ? file.text.slice(1) : file.text;
    for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1))
      this.lineStarts.push(at + 1);
  }

  positionAt(offset: number): SourcePosition {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.path, line: low + 1, column: offset - this.lineStarts[low] + 1 };
  }

  isTemplate(line: number): boolean {
    return this.excerpt(line).includes('{{');
  }

  excerpt(line: number): string {
    const start = this.lineStarts[line - 1];
    const end = this.lineStarts[line] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, '');
  }
}
