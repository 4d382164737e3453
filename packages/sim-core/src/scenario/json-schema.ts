import { z } from 'zod';
import { newScenarioSchema, SCENARIO_SCHEMA, type StrategySchemas } from './schema.js';

/** JSON Schema of the scenario file for editors; draft 7 is what the YAML language server understands best. */
export function newScenarioJsonSchema(strategies: StrategySchemas): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(newScenarioSchema(strategies), { io: 'input', target: 'draft-7' });
  return { $id: SCENARIO_SCHEMA, title: 'xdsim scenario', ...schema };
}
