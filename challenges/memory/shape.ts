import { TouchstoneError } from '../../protocol/error.js';
import { MemoryShape } from '../../protocol/shapes.js';
import { requireSchema } from '../proofs/shape.js';

/**
 * Limits of the protocol, and its own rule for a walk (docs/protocol.md section 3): at most one read per page and round,
 * or rebuilding a bank would pay off.
 * @throws TouchstoneError `shape.invalid`: before a shape sizes anything
 */
export function requireMemoryShape(shape: unknown): asserts shape is MemoryShape {
  requireSchema(MemoryShape, shape);
  const { banks, bankPages, walkers, steps } = shape;
  if (walkers * steps <= banks * bankPages) return;
  throw new TouchstoneError(
    'shape.invalid',
    `Impossible shape: ${walkers} walkers of ${steps} steps read more than the ${banks * bankPages} pages once.`,
    { shape },
  );
}
