import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import type { CardClass, Catalogue } from './catalogue.js';
import { memoryShapeFor } from './memory-shape.js';

const Rate = Type.Number({ minimum: 0 });
const PositiveRate = Type.Number({ exclusiveMinimum: 0 });
const Basis = Type.Union([
  Type.Literal('measured'),
  Type.Literal('published-peak'),
  Type.Literal('fleet'),
  Type.Literal('prior'),
  Type.Literal('given'),
]);
const Memory = Type.Object(
  {
    bandwidthGBps: PositiveRate,
    lowGBps: PositiveRate,
    ceilingGBps: PositiveRate,
    tableGops: PositiveRate,
    bestGops: PositiveRate,
    hostGBps: Type.Optional(PositiveRate),
    basis: Basis,
    source: Type.String(),
  },
  { additionalProperties: false },
);
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
          memory: Type.Optional(Type.Union([Memory, Type.Null()])),
          slowestShare: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
          eligible: Type.Boolean(),
          formerIds: Type.Optional(Type.Array(Type.String())),
          chips: Type.Optional(Type.Array(Type.String())),
          expectations: Type.Record(
            Type.String(),
            Type.Object(
              {
                gflops: PositiveRate,
                lowGflops: Rate,
                ceilingGflops: Rate,
                basis: Basis,
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
  const classes = value.classes.map((one): CardClass => ({ ...one, memory: one.memory ?? null }));
  for (const one of classes) {
    const fault = faultOf(one) ?? (isTwice(one, classes) ? 'is there twice, or has an id of another' : null);
    if (fault !== null)
      throw new TouchstoneError('catalogue.unreadable', `${path}: class ${one.id} ${fault}.`);
  }
  return { classes };
}

/** Facts and prices name a class by its id, or by one of before: it must be the only one. */
const isTwice = (one: CardClass, classes: readonly CardClass[]): boolean =>
  classes.some((other) => other !== one && [other.id, ...(other.formerIds ?? [])].includes(one.id));

/** What makes exams of the class impossible: better said now than when its first card comes. */
function faultOf(one: CardClass): string | null {
  if (one.expectations['*'] === undefined) return 'has no expectation for *';
  try {
    memoryShapeFor(one, { memoryBytes: one.memoryBytes, memoryEngine: 'any' });
    return null;
  } catch (error) {
    return `has memory figures that allow no exam: ${(error as Error).message}`;
  }
}
