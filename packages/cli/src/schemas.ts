/** Every JSON format of the tool by its name, and its JSON Schema. */
import {
  calibrationSchema,
  EXPLAINED_KINDS,
  inspectReportSchema,
  reportSchema,
  runReportSchema,
  scenarioJsonSchema,
  traceLineSchema,
  validationReportSchema,
  versionsComparisonSchema,
} from '@xdsim/sim-core';

type JsonSchema = Readonly<Record<string, unknown>>;

export interface SchemaEntry {
  /** As in the `schema` field of the data. */
  readonly name: string;
  readonly text: string;
  readonly jsonSchema: () => JsonSchema;
}

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
const LOSSES = group({ fitted: NUMBER, heldOut: NUMBER });

export const SCHEMAS: readonly SchemaEntry[] = [
  {
    name: 'xdsim.calibration/v1',
    text: 'What `calibrate` writes, for a scenario to include',
    jsonSchema: () => ({ $id: 'xdsim.calibration/v1', ...calibrationSchema.toJSONSchema() }),
  },
  {
    name: 'xdsim.explanations/v1',
    text: 'What `explain --format json` prints',
    jsonSchema: () =>
      objectSchema('xdsim.explanations/v1', {
        words: listOf({
          word: TEXT,
          kind: { enum: Object.keys(EXPLAINED_KINDS) },
          meaning: TEXT,
          facts: { type: 'array', items: { type: 'array', items: TEXT, minItems: 2, maxItems: 2 } },
          see: { type: 'array', items: TEXT },
        }),
      }),
  },
  {
    name: 'xdsim.fit/v1',
    text: 'What `fit --format json` prints',
    jsonSchema: () =>
      objectSchema('xdsim.fit/v1', {
        cells: NUMBER,
        trials: NUMBER,
        rounds: NUMBER,
        seed: TEXT,
        costs: listOf({ name: TEXT, start: NUMBER, fitted: NUMBER }),
        loss: group({ start: LOSSES, end: LOSSES }),
      }),
  },
  {
    name: 'xdsim.init/v1',
    text: 'What `init --format json` prints',
    jsonSchema: () =>
      objectSchema('xdsim.init/v1', {
        file: { type: ['string', 'null'], description: 'Where the scenario was written; null: nowhere' },
        scenario: { type: 'string', description: 'The scenario file, YAML' },
      }),
  },
  {
    name: 'xdsim.inspect/v1',
    text: 'What `inspect --format json` prints',
    jsonSchema: () => ({ $id: 'xdsim.inspect/v1', ...inspectReportSchema.toJSONSchema() }),
  },
  {
    name: 'xdsim.report/v1',
    text: 'What `compare --format json` prints',
    jsonSchema: () => ({ $id: 'xdsim.report/v1', ...reportSchema.toJSONSchema() }),
  },
  {
    name: 'xdsim.run/v1',
    text: 'What `run --format json` prints',
    jsonSchema: () => ({ $id: 'xdsim.run/v1', ...runReportSchema.toJSONSchema() }),
  },
  {
    name: 'xdsim.scenario/v1',
    text: 'The scenario file, for editors',
    jsonSchema: scenarioJsonSchema,
  },
  {
    name: 'xdsim.schemas/v1',
    text: 'What `schema --format json` prints',
    jsonSchema: () =>
      objectSchema('xdsim.schemas/v1', { schemas: listOf({ name: { type: 'string' }, text: { type: 'string' } }) }),
  },
  {
    name: 'xdsim.strategies/v1',
    text: 'What `strategies --format json` prints',
    jsonSchema: () =>
      objectSchema('xdsim.strategies/v1', {
        strategies: listOf({ name: { type: 'string' }, label: { type: 'string' } }),
      }),
  },
  {
    name: 'xdsim.trace/v1',
    text: 'A line of what `run --trace FILE` writes',
    jsonSchema: () => ({ $id: 'xdsim.trace/v1', ...traceLineSchema.toJSONSchema() }),
  },
  {
    name: 'xdsim.validation/v1',
    text: 'What `validate --format json` prints',
    jsonSchema: () => ({ $id: 'xdsim.validation/v1', ...validationReportSchema.toJSONSchema() }),
  },
  {
    name: 'xdsim.versions/v1',
    text: 'What `versions --format json` prints',
    jsonSchema: () => objectSchema('xdsim.versions/v1', { versions: listOf(VERSION_PROPERTIES) }),
  },
  {
    name: 'xdsim.versions-comparison/v1',
    text: 'What `compare --istio A,B --format json` prints',
    jsonSchema: () => ({ $id: 'xdsim.versions-comparison/v1', ...versionsComparisonSchema.toJSONSchema() }),
  },
];

const VERSION_PROPERTIES: JsonSchema = {
  version: TEXT,
  changes: listOf({ behaviour: TEXT, before: TEXT, after: TEXT, source: TEXT }),
  inheritedFrom: { type: ['string', 'null'], description: 'null: it has changes of its own, or is the oldest' },
  behaviour: { type: 'object', additionalProperties: { type: ['string', 'boolean'] } },
};

function objectSchema(name: string, properties: JsonSchema): JsonSchema {
  const draft = 'https://json-schema.org/draft/2020-12/schema';
  return { $id: name, $schema: draft, ...group({ schema: { const: name }, ...properties }) };
}

function listOf(properties: JsonSchema): JsonSchema {
  return { type: 'array', items: group(properties) };
}

function group(properties: JsonSchema): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
