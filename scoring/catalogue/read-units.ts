import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
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
