import { expect, test } from 'vitest';
import {
  exampleRequest,
  matchesRequest,
  type RequestAttributes,
} from '../../packages/sim-core/src/manifest/http-match.js';
import { compileRe2 } from '../../packages/sim-core/src/manifest/re2.js';
import type { HttpMatch } from '../../packages/sim-core/src/manifest/types.js';

const ANY: HttpMatch = { ignoreUriCase: false, headers: {}, withoutHeaders: {}, queryParams: {}, sourceLabels: {} };
const REQUEST: RequestAttributes = {
  path: '/reviews/1?a=b',
  method: 'GET',
  authority: 'reviews:9080',
  scheme: 'http',
  headers: { 'End-User': 'jason', empty: '' },
  queryParams: { a: 'b' },
  port: 9080,
  gateway: 'mesh',
  sourceLabels: { app: 'productpage' },
  sourceNamespace: 'shop',
};

test.each<[Partial<HttpMatch>, boolean]>([
  [{}, true],
  [{ uri: { exact: '/reviews/1' } }, true],
  [{ uri: { exact: '/reviews/1?a=b' } }, false],
  [{ uri: { prefix: '/rev' } }, true],
  [{ uri: { prefix: '/Rev' } }, false],
  [{ uri: { prefix: '/Rev' }, ignoreUriCase: true }, true],
  [{ uri: { exact: '/REVIEWS/1' }, ignoreUriCase: true }, true],
  [{ uri: { regex: '/Reviews/.*' }, ignoreUriCase: true }, false],
  [{ uri: { regex: '/reviews/\\d+' } }, true],
  [{ uri: { regex: '/reviews' } }, false],
  [{ uri: { regex: '/a|/reviews/1' } }, true],
  [{ method: { exact: 'get' } }, false],
  [{ method: { regex: 'GET|HEAD' } }, true],
  [{ authority: { exact: 'reviews' } }, false],
  [{ authority: { prefix: 'reviews' } }, true],
  [{ scheme: { exact: 'https' } }, false],
  [{ headers: { 'end-user': { exact: 'jason' } } }, true],
  [{ headers: { 'end-user': {} } }, true],
  [{ headers: { 'end-user': { regex: '*' } } }, true],
  [{ headers: { other: {} } }, false],
  [{ headers: { other: { prefix: '' } } }, false],
  [{ withoutHeaders: { 'end-user': { exact: 'jason' } } }, false],
  [{ withoutHeaders: { 'end-user': { exact: 'jane' } } }, true],
  [{ withoutHeaders: { other: { exact: 'jane' } } }, true],
  [{ withoutHeaders: { other: { exact: '' } } }, false],
  [{ withoutHeaders: { other: {} } }, true],
  [{ withoutHeaders: { empty: {} } }, false],
  [{ queryParams: { a: { exact: 'b' } } }, true],
  [{ queryParams: { A: { exact: 'b' } } }, false],
  [{ queryParams: { toString: {} } }, false],
  [{ port: 80 }, false],
  [{ port: 9080 }, true],
  [{ gateways: ['shop/edge'] }, false],
  [{ gateways: ['shop/edge', 'mesh'] }, true],
  [{ gateways: ['mesh'], sourceLabels: { app: 'x' } }, true],
  [{ sourceLabels: { app: 'x' } }, false],
  [{ sourceLabels: { app: 'productpage' }, sourceNamespace: 'shop' }, true],
  [{ sourceNamespace: 'elsewhere' }, false],
])('%j: %s', (match, expected) => {
  expect(matchesRequest({ ...ANY, ...match }, REQUEST)).toBe(expected);
});

test.each([
  ['(?i)abc', 'ABC', true],
  ['(?s)a.c', 'a\nc', true],
  ['(?P<x>a)b', 'ab', true],
  ['[[:alpha:]_]+', 'aZ_', true],
  ['[[:digit:]]', ':', false],
  ['[]a]+', ']a', true],
  ['\\Aab\\z', 'ab', true],
  ['\\Qa.b\\E+', 'a.bb', true],
  ['\\pL+', 'äb', true],
  ['\\p{Greek}', 'α', true],
  ['\\x{61}', 'a', true],
  ['a{2,3}', 'aaaa', false],
  ['a\\-b\\/c', 'a-b/c', true],
  ['[\\w\\-]+\\pN', 'a-b1', true],
])('RE2 %s on %j: %s', (source, text, expected) => {
  const compiled = compileRe2(source);
  expect('expression' in compiled && compiled.expression.test(text)).toBe(expected);
});

test.each(['(?=a)', '(?<!a)b', '(a)\\1', '(', 'a\\', '\\y', '[[:^alpha:]]', 'a(?i)b', '*'])(
  'RE2 refuses %s',
  (source) => {
    expect(compileRe2(source)).toHaveProperty('problem');
  },
);

test.each<Partial<HttpMatch>>([
  {},
  { uri: { exact: '/a' }, method: { exact: 'POST' }, scheme: { exact: 'https' } },
  { uri: { prefix: '/api/' }, headers: { 'X-User': { exact: 'a' }, other: {} }, withoutHeaders: { forbidden: {} } },
  { uri: { regex: '^/v[12]/(items|users)/\\d{3}(/.*)?$' } },
  { uri: { regex: '/a+\\.(?:jpe?g|png)' }, queryParams: { q: { regex: '[a-f0-9]{8}-\\w+' } } },
  { headers: { cookie: { regex: '^(.*?;)?(user=jason)(;.*)?$' } } },
  { headers: { 'user-agent': { regex: '(?i).*(iphone|android).*' } }, authority: { regex: '.+\\.example\\.com' } },
  { gateways: ['shop/edge'], port: 8080, sourceLabels: { a: 'b' }, sourceNamespace: 'x' },
])('an example is found for %j', (match) => {
  const request = exampleRequest({ ...ANY, ...match });
  expect(request && matchesRequest({ ...ANY, ...match }, request)).toBe(true);
});

test('what contradicts itself has no example', () => {
  const match = { ...ANY, headers: { a: { exact: 'x' } }, withoutHeaders: { A: {} } };
  expect(exampleRequest(match)).toBeUndefined();
  expect(exampleRequest({ ...ANY, uri: { regex: 'a\\bb' } })).toBeUndefined();
});

test('an example keeps what the match leaves open', () => {
  const base = { path: '/x', gateway: 'shop/edge', headers: { keep: 'y', drop: 'z' } };
  expect(exampleRequest({ ...ANY, withoutHeaders: { Drop: {} } }, base)).toMatchObject({
    ...{ path: '/x', gateway: 'shop/edge' },
    headers: { keep: 'y' },
  });
});
