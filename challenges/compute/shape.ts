import { Value } from 'typebox/value';
import { TouchstoneError } from '../../protocol/error.js';
import { ComputeShape } from '../../protocol/shapes.js';

/** @throws TouchstoneError `shape.invalid` where a shape is outside the protocol's limits: before it sizes anything */
export function requireShape(shape: unknown): asserts shape is ComputeShape {
  if (Value.Check(ComputeShape, shape)) return;
  const [first] = Value.Errors(ComputeShape, shape);
  throw new TouchstoneError(
    'shape.invalid',
    `Impossible shape: ${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim(),
    { shape },
  );
}
