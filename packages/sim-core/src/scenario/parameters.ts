/** Every value of a case, spelled out as a scenario file, with where each comes from. */
import { isFields } from '../manifest/object-source.js';
import { SourceText } from '../manifest/source-text.js';
import type { SourceFile } from '../manifest/types.js';
import { readYaml } from '../manifest/yaml-documents.js';
import { overridden } from './layers.js';
import { readCalibration } from './load.js';
import { type Override, resolveOverride } from './overrides.js';
import { newScenarioSchema, type StrategySchemas } from './schema.js';
import { newScenarioTemplate } from './template.js';
import type { MeshSizeName } from './types.js';

/** Of a case that can be read: what cannot is left out, since running the case has told of it. */
export function newScenarioParameters(
  file: SourceFile,
  overrides: readonly Override[],
  strategies: StrategySchemas,
  calibrationFile?: SourceFile,
): string {
  const schema = newScenarioSchema(strategies);
  const set = overrides.flatMap((override) => {
    const resolved = resolveOverride(override, schema);
    return 'code' in resolved ? [] : [resolved];
  });
  const [document] = readYaml(new SourceText(file)).documents;
  const written = isFields(document?.value) ? document.value : {};
  const values = overridden(written, set);
  const { name = '', before = '', after = '', mesh } = values;
  const calibration = calibrationFile === undefined ? undefined : readCalibration(calibrationFile, strategies);
  return newScenarioTemplate(
    {
      name: String(name),
      before: String(before),
      after: String(after),
      size: (isFields(mesh) ? mesh.size : undefined) as MeshSizeName | undefined,
      calibration: calibration?.ok ? { ...calibration.value, file: calibrationFile?.path ?? '' } : undefined,
      case: { file: file.path, values, set: new Set(set.map(({ path }) => path.join('.'))) },
    },
    strategies,
  );
}
