import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import type { Catalogue } from './catalogue.js';
import type { Units } from './units.js';

const UnitsFile = Type.Object({
  models: Type.Array(
    Type.Object({
      model: Type.String({ minLength: 1, maxLength: 128 }),
      units: Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 1e6 }), Type.Null()]),
    }),
    { minItems: 1, maxItems: 10_000 },
  ),
});
const schema = Compile(UnitsFile);

/** The published units, paper figures: `units.json` beside this file, which names its sources. */
export const loadUnits = (): Units => readUnitsFile(fileURLToPath(new URL('units.json', import.meta.url)));

/**
 * An operator's own units from a JSON file of the form of `units.json`, of which only `models` with `model` and `units` counts.
 * @throws TouchstoneError `impersonation.unreadable`, naming the first thing that is wrong
 */
export function readUnitsFile(path: string): Units {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new TouchstoneError('impersonation.unreadable', `${path} cannot be read as JSON.`, {}, { cause });
  }
  if (!schema.Check(value)) {
    const [first] = schema.Errors(value);
    throw new TouchstoneError(
      'impersonation.unreadable',
      `${path}: ${first?.instancePath} ${first?.message}.`,
    );
  }
  const seen = new Set<string>();
  for (const { model } of value.models) {
    if (seen.has(model))
      throw new TouchstoneError('impersonation.unreadable', `${path}: ${model} is there twice.`);
    seen.add(model);
  }
  return new Map(
    value.models.flatMap(({ model, units }) => (units === null ? [] : [[model, units] as const])),
  );
}

/**
 * A misspelled model is paid nothing, and its class the least of the others: nobody would see why.
 * @param path of the file that the units are from
 * @throws TouchstoneError `impersonation.unreadable`, naming a model that neither a class nor the published units have
 */
export function assertModelsKnown(units: Units, { classes }: Pick<Catalogue, 'classes'>, path: string): void {
  const known = new Set([...classes.flatMap(({ models }) => models), ...loadUnits().keys()]);
  const unknown = [...units.keys()].find((model) => !known.has(model));
  if (unknown === undefined) return;
  throw new TouchstoneError('impersonation.unreadable', `${path}: no class has a model ${unknown}.`);
}
