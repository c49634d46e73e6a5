import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import type { Catalogue } from './catalogue.js';

const Rate = Type.Number({ minimum: 0 });
const CatalogueFile = Type.Object(
  {
    classes: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: '^[a-z0-9-]+$' }),
          kind: Type.Union([Type.Literal('gpu'), Type.Literal('cpu'), Type.Literal('software')]),
          models: Type.Array(Type.String()),
          memoryBytes: Type.Integer({ minimum: 0 }),
          peakFp32Gflops: Type.Union([Rate, Type.Null()]),
          eligible: Type.Boolean(),
          expectations: Type.Record(
            Type.String(),
            Type.Object(
              {
                gflops: Type.Number({ exclusiveMinimum: 0 }),
                lowGflops: Rate,
                ceilingGflops: Rate,
                basis: Type.Union([
                  Type.Literal('measured'),
                  Type.Literal('published-peak'),
                  Type.Literal('prior'),
                  Type.Literal('given'),
                ]),
                source: Type.String(),
              },
              { additionalProperties: false },
            ),
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);
const schema = Compile(CatalogueFile);

/**
 * An operator's own catalogue from a JSON file.
 * @throws TouchstoneError `catalogue.unreadable`, naming the first thing that is wrong
 */
export function readCatalogueFile(path: string): Catalogue {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new TouchstoneError('catalogue.unreadable', `${path} cannot be read as JSON.`, {}, { cause });
  }
  if (!schema.Check(value)) {
    const [first] = schema.Errors(value);
    throw new TouchstoneError('catalogue.unreadable', `${path}: ${first?.instancePath} ${first?.message}.`);
  }
  const incomplete = value.classes.find(({ expectations }) => expectations['*'] === undefined);
  if (incomplete !== undefined) {
    throw new TouchstoneError(
      'catalogue.unreadable',
      `${path}: class ${incomplete.id} has no expectation for *.`,
    );
  }
  return value;
}
