/**
 * Where a text nests too deeply for a parser that recurses. Near the end of its stack an engine may do worse than throw,
 * so that this is told before anything is parsed, without recursion.
 */

/** No object of Kubernetes has more than some tens. */
export const MOST_LEVELS = 300;

/** Offset of the first place that is nested too deeply; undefined: there is none. Brackets in strings count as well. */
export function tooDeepAt(text: string): number | undefined {
  let offset = 0;
  let brackets = 0;
  let lines: { readonly indent: number; readonly levels: number }[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('---')) {
      brackets = 0;
      lines = [];
    }
    const { indent, items } = leadOf(line);
    if (indent < line.length || items > 0) {
      while (lines.length > 0 && lines[lines.length - 1].indent >= indent) lines.pop();
      const levels = (lines.at(-1)?.levels ?? 0) + 1 + items;
      lines.push({ indent, levels });
      if (levels > MOST_LEVELS) return offset;
    }
    for (let i = 0; i < line.length; i++) {
      const char = line[i];
      if (char === '[' || char === '{') brackets += 1;
      else if ((char === ']' || char === '}') && brackets > 0) brackets -= 1;
      if (brackets > MOST_LEVELS) return offset + i;
    }
    offset += line.length + 1;
  }
  return undefined;
}

/** Spaces before what a line says, with the `- ` and `? ` among them. */
function leadOf(line: string): { readonly indent: number; readonly items: number } {
  let indent = 0;
  let items = 0;
  for (;;) {
    if (line[indent] === ' ') indent += 1;
    else if ((line[indent] === '-' || line[indent] === '?') && line[indent + 1] === ' ') {
      indent += 2;
      items += 1;
    } else return { indent, items };
  }
}
