/** Rows of cells as aligned columns. A cell has one or more lines; nothing is ever cut. */
import { displayWidth, padEnd, padStart } from '../text-width.js';

export interface Column {
  readonly align: 'left' | 'right';
}

export type Cell = readonly string[];

const GAP = 2;

export class Grid {
  private readonly widths: readonly number[];

  constructor(
    private readonly columns: readonly Column[],
    private readonly rows: readonly (readonly Cell[])[],
  ) {
    this.widths = columns.map((_, at) => Math.max(0, ...rows.flatMap((row) => row[at].map(displayWidth))));
  }

  get width(): number {
    return this.widths.reduce((sum, width) => sum + width, 0) + GAP * (this.columns.length - 1);
  }

  /** One block of lines per row. */
  blocks(): string[][] {
    return this.rows.map((row) => {
      const height = Math.max(...row.map((cell) => cell.length));
      return Array.from({ length: height }, (_, line) =>
        row
          .map((cell, at) => this.aligned(cell[line] ?? '', at))
          .join(' '.repeat(GAP))
          .trimEnd(),
      );
    });
  }

  rule(): string {
    return '─'.repeat(this.width);
  }

  private aligned(text: string, at: number): string {
    return this.columns[at].align === 'left' ? padEnd(text, this.widths[at]) : padStart(text, this.widths[at]);
  }
}
