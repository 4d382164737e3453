/**
 * The rules of the house that no linter knows, checked on the syntax tree:
 *
 * - Same bytes on every engine: sim-core uses of Math only what IEEE 754 or the language fixes to the last bit (log, exp
 *   and their kin come from kernel/elementary.ts), and nothing that depends on the clock, the locale or chance.
 * - sim-core runs anywhere: it imports its own files and its declared dependencies, nothing of Node.
 * - Data flows down the list of rooms: a room imports from itself and from the rooms above.
 * - No package reaches into another's files, and no files import each other in a circle (types included).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'vite';
import { ROOT } from './setup.mjs';

const CORE = 'packages/sim-core/src/';
const ELEMENTARY = `${CORE}kernel/elementary.ts`;
const ROOMS = [
  'errors.ts',
  'kernel',
  'manifest',
  'scenario',
  'rollout',
  'trace',
  'mesh',
  'traffic',
  'explain',
  'study',
  'story',
  'validation',
  'calibration',
  'index.ts',
];
const EXACT_MATH = new Set(
  'abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2'.split(' '),
);
const UNREPEATABLE_GLOBALS = new Set('Date Intl crypto globalThis performance process'.split(' '));
const LOCALE_METHODS = new Set('localeCompare toLocaleString toLocaleLowerCase toLocaleUpperCase'.split(' '));

const problems = [];

function report(file, offset, message) {
  const before = file.text.slice(0, offset).split('\n');
  problems.push(`${file.path}:${before.length}:${before.at(-1).length + 1} ${message}`);
}

// -------------------------------------------------------------------------------------------------------- syntax tree

function isNode(value) {
  return typeof value?.type === 'string';
}

function childrenOf(node) {
  return Object.entries(node).flatMap(([key, value]) => {
    if (Array.isArray(value)) return value.filter(isNode).map((child) => [key, child]);
    return isNode(value) ? [[key, value]] : [];
  });
}

/** Names in these places refer to no value. */
function isName(parent, key) {
  if (parent.type === 'MemberExpression') return key === 'property' && !parent.computed;
  if (key === 'key') return !parent.computed && !parent.shorthand;
  return /^(TSTypeReference|TSTypeQuery|TSQualifiedName|TSInterfaceHeritage|(Import|Export)\w*Specifier)$/.test(
    parent.type,
  );
}

function walk(node, visit, parent, key) {
  visit(node, parent, key);
  for (const [childKey, child] of childrenOf(node)) walk(child, visit, node, childKey);
}

// ------------------------------------------------------------------------------------------------------------- rules

function checkRepeatable(file) {
  walk(file.program, (node, parent, key) => {
    if (node.type === 'MemberExpression' && LOCALE_METHODS.has(node.property.name)) {
      report(file, node.property.start, `${node.property.name} depends on the locale; compare code units instead`);
    }
    if (node.type === 'Identifier' && UNREPEATABLE_GLOBALS.has(node.name) && !isName(parent, key)) {
      report(file, node.start, `${node.name} is not for sim-core: results depend on their inputs only`);
    }
    if (file.path === ELEMENTARY) return;
    if ((node.type === 'BinaryExpression' && node.operator === '**') || node.operator === '**=') {
      report(
        file,
        node.start,
        `${node.operator} differs between engines in the last bit; multiply, or use kernel/elementary`,
      );
    }
    if (node.type !== 'Identifier' || node.name !== 'Math' || isName(parent, key)) return;
    const name =
      parent.type === 'MemberExpression' && key === 'object' && !parent.computed ? parent.property.name : undefined;
    if (name === undefined)
      report(file, node.start, 'Math is to be used as Math.<name>, so that this check can see the name');
    else if (name === 'random')
      report(file, node.start, 'Math.random cannot be repeated; use a random stream of the kernel');
    else if (!EXACT_MATH.has(name)) {
      report(file, node.start, `Math.${name} differs between engines in the last bit; use kernel/elementary`);
    }
  });
}

function importsOf(file) {
  const imports = [];
  walk(file.program, (node) => {
    if (
      !/^(ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration|ImportExpression|TSImportType)$/.test(node.type)
    )
      return;
    const source = node.source ?? node.argument;
    const literal = source?.type === 'TSLiteralType' ? source.literal : source;
    if (typeof literal?.value === 'string') imports.push({ specifier: literal.value, start: literal.start });
    else if (literal) report(file, node.start, 'the imported module is to be named by a literal');
  });
  return imports;
}

/** Path of the source file that a relative import means. */
function resolveImport(file, specifier) {
  // What follows a question mark tells the bundler how to take it.
  const path = relative(ROOT, join(ROOT, dirname(file.path), specifier.replace(/\?.*$/, '')));
  const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx'), path];
  return candidates.find((candidate) => existsSync(join(ROOT, candidate)));
}

function packageOf(path) {
  return path.split('/').slice(0, 2).join('/');
}

function checkImport(file, { specifier, start, target }) {
  if (!specifier.startsWith('.')) {
    if (file.path.startsWith(CORE) && !coreDependencies.includes(specifier.split('/')[0])) {
      report(file, start, `sim-core does not depend on ${specifier}; it has ${coreDependencies.join(', ')}`);
    }
    return;
  }
  if (target === undefined) report(file, start, `${specifier} does not exist`);
  else if (packageOf(target) !== packageOf(file.path)) {
    report(file, start, `${specifier} reaches into ${packageOf(target)}; import the package`);
  } else if (file.path.startsWith(CORE)) {
    const [from, to] = [file.path, target].map((path) => ROOMS.indexOf(roomOf(path)));
    if (to > from) report(file, start, `${ROOMS[from]} does not import from ${ROOMS[to]}: ${ROOMS.join(' < ')}`);
  }
}

function roomOf(path) {
  return path.slice(CORE.length).split('/')[0];
}

/** Reports each circle once, from the first file of it that is met. */
function checkCycles(graph) {
  const done = new Set();
  const visit = (path, stack) => {
    const at = stack.indexOf(path);
    if (at >= 0) problems.push(`${path}:1:1 imports itself: ${[...stack.slice(at), path].join(' → ')}`);
    if (at >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...stack, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
}

// --------------------------------------------------------------------------------------------------------------- run

const coreDependencies = Object.keys(
  JSON.parse(readFileSync(join(ROOT, 'packages/sim-core/package.json'), 'utf8')).dependencies,
);
const graph = new Map();
let fileCount = 0;
for (const name of readdirSync(join(ROOT, 'packages'))) {
  for (const entry of readdirSync(join(ROOT, 'packages', name, 'src'), { recursive: true }).sort()) {
    if (!/\.tsx?$/.test(entry)) continue;
    const path = `packages/${name}/src/${entry}`;
    const text = readFileSync(join(ROOT, path), 'utf8');
    const { program, errors } = parseSync(path, text);
    const file = { path, text, program };
    fileCount += 1;
    for (const error of errors) report(file, error.labels?.[0]?.start ?? 0, error.message);
    const imports = importsOf(file).map((one) => ({
      ...one,
      target: one.specifier.startsWith('.') ? resolveImport(file, one.specifier) : undefined,
    }));
    for (const one of imports) checkImport(file, one);
    graph.set(path, new Set(imports.flatMap(({ target }) => target ?? [])));
    if (!path.startsWith(CORE)) continue;
    if (!ROOMS.includes(roomOf(path)))
      report(file, 0, `${roomOf(path)} is in no list of rooms (scripts/check-source.mjs)`);
    checkRepeatable(file);
  }
}
checkCycles(graph);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(`${fileCount} files, ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
