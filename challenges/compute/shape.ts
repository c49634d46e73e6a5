import { ComputeShape } from '../../protocol/shapes.js';
import { requireSchema } from '../proofs/shape.js';

/** @throws TouchstoneError `shape.invalid` where a shape is outside the protocol's limits: before it sizes anything */
export function requireShape(shape: unknown): asserts shape is ComputeShape {
  requireSchema(ComputeShape, shape);
}
