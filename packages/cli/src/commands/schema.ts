/** `xdsim schema`: the JSON Schemas of what the tool reads and prints. */
import { nearestWord } from '@xdsim/sim-core';
import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { formatOption, outOption, TEXT_FORMATS, type TextFormat } from '../options.js';
import { Grid } from '../report/grid.js';
import { renderJson } from '../report/json.js';
import { SCHEMAS } from '../schemas.js';
import { delivered, type Finish, failed } from './outcome.js';

interface SchemaOptions {
  readonly format: TextFormat;
  readonly out?: string;
}

export function newSchemaCommand(finish: Finish): Command {
  return new Command('schema')
    .description('Print a JSON Schema, or list them.')
    .argument('[name]', 'such as report or xdsim.report/v1')
    .addOption(formatOption(TEXT_FORMATS))
    .addOption(outOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim schema
  $ xdsim schema scenario --out scenario.schema.json
    then, in scenario.yaml: # yaml-language-server: $schema=scenario.schema.json`,
    )
    .action((name: string | undefined, options: SchemaOptions) => finish(printSchema(name, options)));
}

function printSchema(name: string | undefined, { format, out }: SchemaOptions): ExitCode {
  if (name === undefined) return delivered(format === 'json' ? listAsJson() : listAsText(), out);
  const found = SCHEMAS.find((entry) => entry.name === name || shortName(entry.name) === name);
  if (found !== undefined) return delivered(renderJson(found.jsonSchema()), out);
  const names = SCHEMAS.map((entry) => shortName(entry.name));
  const meant = nearestWord(name, names);
  const question = meant === undefined ? '' : `Did you mean ${meant}? `;
  const hint = `${question}There are ${names.join(', ')}.`;
  return failed([{ code: 'XDS-SCHEMA-UNKNOWN', message: `there is no schema ${name}`, hint }]);
}

function listAsJson(): string {
  return renderJson({ schema: 'xdsim.schemas/v1', schemas: SCHEMAS.map(({ name, text }) => ({ name, text })) });
}

function listAsText(): string {
  const rows = SCHEMAS.map(({ name, text }) => [[shortName(name)], [name], [text]]);
  const left = { align: 'left' } as const;
  return `${new Grid([left, left, left], rows).blocks().flat().join('\n')}\n`;
}

/** `xdsim.report/v1` → `report`. */
function shortName(name: string): string {
  return name.replace(/^xdsim\./, '').replace(/\/v\d+$/, '');
}
