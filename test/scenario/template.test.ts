/** The template and the JSON Schema say what the schema says. */
import { expect, it } from 'vitest';
import {
  parseScenario,
  scenarioJsonSchema,
  scenarioParameters,
  scenarioTemplate,
} from '../../packages/sim-core/src/rollout/scenario-reader.js';

const values = { name: 'change', before: 'a b/before', after: '-' };

function read(text: string) {
  const result = parseScenario({ path: 'change/scenario.yaml', text });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
}

it('the template read back is exactly the defaults', () => {
  const template = read(scenarioTemplate(values));
  const minimal = read('before: a b/before\nafter: "-"\n');
  const { userSet: _, ...spelled } = template.scenario;
  const { userSet: __, ...defaults } = minimal.scenario;
  expect(spelled).toEqual(defaults);
  expect(template).toMatchObject({ beforePath: 'a b/before', afterPath: '-' });
});

it('the template explains every field', () => {
  const text = scenarioTemplate(values);
  expect(text).toMatchSnapshot();
  const lines = text.split('\n');
  const bare = lines.filter((line, at) => /^\s*[\w-]+:/.test(line) && !/^\s*#/.test(lines[at - 1]));
  expect(bare).toEqual([]);
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});

it('the parameters of a case are its values, each with where it comes from; read back they are the case', () => {
  const file = {
    path: 'change/scenario.yaml',
    text: 'name: change\nbefore: b\nafter: a\nmesh: {size: small, services: 77}\ndebounce: {afterMs: 40}\n',
  };
  const sets = [{ path: 'traffic.requestsPerSecond', value: '12' }];
  const text = scenarioParameters(file, sets);
  const lines = text.split('\n').map((line) => line.trim());
  const commentOf = (field: string) => {
    const at = lines.indexOf(field);
    const above = lines.findLastIndex((line, i) => i < at && !line.startsWith('#'));
    return lines
      .slice(above + 1, at)
      .join(' ')
      .replaceAll('# ', '');
  };
  expect(commentOf('services: 77')).toMatch(/Here: change\/scenario.yaml\.$/);
  expect(commentOf('requestsPerSecond: 12')).toMatch(/Here: set over the case\.$/);
  expect(commentOf('maxMs: 10000')).not.toContain('Here:');
  const whole = parseScenario(file, sets);
  if (!whole.ok) throw new Error(JSON.stringify(whole.errors));
  const { userSet: _, strategies: __, ...spelled } = read(text).scenario;
  const { userSet: ___, strategies: ____, ...meant } = whole.value.scenario;
  expect(spelled).toEqual(meant);
});

it('the JSON Schema describes every field and gives its default', () => {
  const undescribed: string[] = [];
  const visit = (schema: Record<string, unknown>, path: string): void => {
    for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
      const isKnown = 'default' in field || 'examples' in field || path.endsWith('strategies') || 'properties' in field;
      const isRequired = name === 'before' || name === 'after';
      const isExplained = typeof field.description === 'string' && field.description !== '';
      if (!isExplained || !(isKnown || isRequired || path.endsWith('sharedHost'))) undescribed.push(`${path}.${name}`);
      visit(field, `${path}.${name}`);
    }
  };
  const schema = scenarioJsonSchema();
  visit(schema, '');
  expect(undescribed).toEqual([]);
  expect(schema).toMatchObject({ required: ['before', 'after'], additionalProperties: false });
});
