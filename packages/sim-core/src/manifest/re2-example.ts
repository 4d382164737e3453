/**
 * A text that an expression matches. It reads the common part of the syntax (groups, alternatives, classes, counts) and
 * takes the first way through; the result is tested, so that a misreading gives undefined, never a wrong text.
 */
import { compileRe2 } from './re2.js';

/** Tried where a class or a dot leaves the choice. */
const CANDIDATES =
  'a1A-_/.0bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ23456789 ~!@#$%^&*()+=[]{}|;:,<>?\'"\\`\t\n';
const REPEATS_MAX = 1000;

export function exampleOfRe2(source: string, preferred: string): string | undefined {
  const compiled = compileRe2(source);
  if ('problem' in compiled) return undefined;
  const { expression } = compiled;
  if (expression.test(preferred)) return preferred;
  const body = expression.source.slice('^(?:'.length, -')$'.length);
  const reader = new ExampleReader(body, expression.flags);
  return reader.examples().find((text) => expression.test(text));
}

/** Recursive descent over the expression; each node gives the shortest text and, where repeated, one longer. */
class ExampleReader {
  private at = 0;

  constructor(
    private readonly body: string,
    private readonly flags: string,
  ) {}

  /** Of every top-level alternative first without what is optional, then with it. */
  examples(): string[] {
    const found: string[] = [];
    for (const isGreedy of [false, true]) {
      this.at = 0;
      found.push(...this.alternatives(isGreedy));
    }
    return found;
  }

  private alternatives(isGreedy: boolean): string[] {
    const found = [this.sequence(isGreedy)];
    while (this.body[this.at] === '|') {
      this.at++;
      found.push(this.sequence(isGreedy));
    }
    return found;
  }

  private sequence(isGreedy: boolean): string {
    let text = '';
    while (this.at < this.body.length && this.body[this.at] !== '|' && this.body[this.at] !== ')') {
      const atom = this.atom(isGreedy);
      text += atom.repeat(this.times(isGreedy));
    }
    return text;
  }

  private times(isGreedy: boolean): number {
    const count = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/.exec(this.body.slice(this.at));
    if (count === null) return 1;
    this.at += count[0].length;
    if (count[0].startsWith('+')) return 1;
    if (count[1] === undefined) return isGreedy ? 1 : 0;
    return Math.min(REPEATS_MAX, Math.max(Number(count[1]), isGreedy && count[2] !== '0' ? 1 : 0));
  }

  private atom(isGreedy: boolean): string {
    const rest = this.body.slice(this.at);
    if (rest.startsWith('(')) {
      this.at += /^\((?:\?(?::|<\w+>))?/.exec(rest)?.[0].length ?? 1;
      const [first] = this.alternatives(isGreedy);
      this.at++;
      return first;
    }
    const piece = /^(?:\[(?:\\[\s\S]|[^\]\\])*\]|\\u\{[^}]*\}|\\[pP]\{[^}]*\}|\\x[0-9A-Fa-f]{2}|\\[\s\S]|[\s\S])/.exec(
      rest,
    );
    const token = piece?.[0] ?? '';
    this.at += token.length;
    if (/^(?:[\^$]|\\[bB])$/.test(token)) return '';
    if (!/^[[\\.]/.test(token)) return token;
    return this.candidate(token);
  }

  private candidate(token: string): string {
    try {
      const one = new RegExp(`^${token}$`, this.flags);
      const escaped = /^\\([^\w])$/.exec(token)?.[1];
      return escaped ?? [...CANDIDATES].find((letter) => one.test(letter)) ?? '';
    } catch {
      return '';
    }
  }
}
