/** The template and the JSON Schema say what the schema says. */
import { expect, it } from 'vitest';
import {
  parseScenario,
  scenarioJsonSchema,
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
