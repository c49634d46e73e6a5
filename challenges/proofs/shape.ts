import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { TouchstoneError } from '../../protocol/error.js';

/** @throws TouchstoneError `shape.invalid` where a shape is outside the protocol's limits: before it sizes anything */
export function requireSchema<S extends TSchema>(schema: S, shape: unknown): asserts shape is Static<S> {
  if (Value.Check(schema, shape)) return;
  const [first] = Value.Errors(schema, shape);
  throw new TouchstoneError(
    'shape.invalid',
    `Impossible shape: ${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim(),
    { shape },
  );
}
