/**
 * RE2, the expressions of Envoy, by way of JavaScript's. What RE2 refuses is refused; what only RE2 can write is
 * rewritten; what can be neither is named, rather than matched wrongly.
 */
export type CompiledRe2 = { readonly expression: RegExp } | { readonly problem: string; readonly hint: string };

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const RE2_HINT = 'Envoy uses RE2: see https://github.com/google/re2/wiki/Syntax.';

/** Always a full match, as Envoy's routes and header matchers want it. */
export function compileRe2(source: string): CompiledRe2 {
  const rewritten = rewrite(source);
  if ('problem' in rewritten) return rewritten;
  const { body, flags } = rewritten;
  try {
    return { expression: new RegExp(`^(?:${body})$`, flags) };
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown), hint: RE2_HINT };
  }
}

type Rewritten =
  | { readonly body: string; readonly flags: string }
  | { readonly problem: string; readonly hint: string };

function rewrite(source: string): Rewritten {
  const inline = /^\(\?([ims]+)\)/.exec(source);
  let flags = [...new Set(inline?.[1] ?? '')].join('');
  let body = '';
  let inClass = false;
  for (let at = inline?.[0].length ?? 0; at < source.length; at++) {
    const rest = source.slice(at);
    const posix = inClass ? /^\[:(\^?)(\w+):\]/.exec(rest) : null;
    if (rest.startsWith('\\')) {
      const piece = rewriteEscape(rest);
      if ('problem' in piece) return piece;
      if (piece.needsUnicode && !flags.includes('u')) flags += 'u';
      body += piece.text;
      at += piece.length - 1;
    } else if (posix !== null) {
      const members = POSIX_CLASSES[posix[2]];
      if (members === undefined || posix[1] !== '') {
        return { problem: `the class ${posix[0]} is not supported`, hint: 'Write out the characters, as in `[a-z]`.' };
      }
      body += members;
      at += posix[0].length - 1;
    } else if (inClass) {
      inClass = rest[0] !== ']';
      body += rest[0] === '[' ? '\\[' : rest[0];
    } else if (rest[0] === '[') {
      // RE2 takes a `]` that opens a class for itself; JavaScript would close the class.
      const open = /^\[\^?\]?/.exec(rest)?.[0] ?? '[';
      inClass = true;
      body += open.replace(']', '\\]');
      at += open.length - 1;
    } else if (rest.startsWith('(?')) {
      const group = rewriteGroup(rest);
      if ('problem' in group) return group;
      body += group.text;
      at += group.length - 1;
    } else {
      body += rest[0];
    }
  }
  return { body, flags };
}

type Piece = { readonly text: string; readonly length: number; readonly needsUnicode?: boolean };
type Refused = { readonly problem: string; readonly hint: string };

function rewriteEscape(rest: string): Piece | Refused {
  if (/^\\[1-9]/.test(rest)) return { problem: 'RE2 has no backreferences', hint: RE2_HINT };
  if (rest.length === 1) return { problem: 'it ends in a lone backslash', hint: RE2_HINT };
  const code = /^\\x\{([0-9A-Fa-f]+)\}/.exec(rest);
  if (code !== null) return { text: `\\u{${code[1]}}`, length: code[0].length, needsUnicode: true };
  const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
  if (property !== null) {
    const isNegated = (property[1] === 'P') !== (property[2] === '^');
    const name = property[3] ?? property[4];
    const term = name.length <= 2 ? name : `Script=${name}`;
    return { text: `\\${isNegated ? 'P' : 'p'}{${term}}`, length: property[0].length, needsUnicode: true };
  }
  const quoted = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(rest);
  if (quoted !== null) return { text: quoted[1].replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), length: quoted[0].length };
  if (rest.startsWith('\\A')) return { text: '^', length: 2 };
  if (rest.startsWith('\\z')) return { text: '$', length: 2 };
  // Under the flag `u` JavaScript refuses an escape that means nothing; punctuation stands for itself either way.
  if (/^\\[^\w^$.*+?()[\]{}|\\/-]/.test(rest)) return { text: rest[1], length: 2 };
  if (rest.startsWith('\\-')) return { text: '\\x2D', length: 2 };
  if (/^\\[^0-7abfnrtvdDwWsSxBC^$.*+?()[\]{}|\\/]/.test(rest)) {
    return { problem: `the escape ${rest.slice(0, 2)} does not exist in RE2`, hint: RE2_HINT };
  }
  return { text: rest.slice(0, 2), length: 2 };
}

function rewriteGroup(rest: string): Piece | Refused {
  if (/^\(\?(?:[=!]|<[=!])/.test(rest)) {
    return {
      problem: 'RE2 has neither lookahead nor lookbehind',
      hint: 'Use withoutHeaders, or an earlier route for the exception.',
    };
  }
  if (rest.startsWith('(?P<')) return { text: '(?<', length: 4 };
  if (rest.startsWith('(?:') || rest.startsWith('(?<')) return { text: rest.slice(0, 3), length: 3 };
  return {
    problem: `the group ${rest.slice(0, 4)} is not supported`,
    hint: 'Set flags at the start of the expression: `(?i)`.',
  };
}
