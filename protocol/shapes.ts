import { type Static, Type } from 'typebox';
import { limits } from './limits.js';

/**
 * Size of a compute exam (docs/protocol.md section 2): `rounds` rounds of `pages` pages of `n` int8 values that go
 * through `layers` layers. It costs `2 · n² · layers · pages · rounds` operations.
 */
export const ComputeShape = Type.Object(
  {
    n: Type.Union([Type.Literal(256), Type.Literal(512), Type.Literal(1024)]),
    layers: Type.Integer({ minimum: 1, maximum: limits.layers }),
    pages: Type.Integer({ minimum: 64, maximum: limits.pages, multipleOf: 64 }),
    rounds: Type.Integer({ minimum: 1, maximum: limits.rounds }),
  },
  { additionalProperties: false },
);
export type ComputeShape = Static<typeof ComputeShape>;

/** Operations of a whole compute exam, as the throughput formula counts them. */
export function computeOperations(shape: ComputeShape): number {
  return 2 * shape.n * shape.n * shape.layers * shape.pages * shape.rounds;
}
