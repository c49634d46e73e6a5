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

const powersOfTwo = Array.from({ length: Math.log2(limits.bankPages) + 1 }, (_, exponent) => 2 ** exponent);

/**
 * Size of a memory exam (docs/protocol.md section 3): a table of `banks` banks of `bankPages` pages of `n` bytes, each made
 * by `layers` layers; then `rounds` rounds in which each of `walkers` walkers reads `steps` pages one after another.
 * `walkers · steps` is at most `banks · bankPages`, which a schema can't say: `requireMemoryShape` does.
 */
export const MemoryShape = Type.Object(
  {
    n: Type.Union([Type.Literal(256), Type.Literal(512), Type.Literal(1024)]),
    layers: Type.Integer({ minimum: 1, maximum: limits.layers }),
    banks: Type.Integer({ minimum: 1, maximum: limits.banks }),
    bankPages: Type.Unsafe<number>(Type.Union(powersOfTwo.map((pages) => Type.Literal(pages)))),
    rounds: Type.Integer({ minimum: 1, maximum: limits.rounds }),
    walkers: Type.Integer({ minimum: 1, maximum: limits.walkers }),
    steps: Type.Integer({ minimum: 1, maximum: limits.steps }),
  },
  { additionalProperties: false },
);
export type MemoryShape = Static<typeof MemoryShape>;

/** Bytes of the whole table. */
export function tableBytes({ n, banks, bankPages }: Pick<MemoryShape, 'n' | 'banks' | 'bankPages'>): number {
  return banks * bankPages * n;
}

/** Operations that building the whole table costs. */
export function tableOperations(shape: Pick<MemoryShape, 'n' | 'layers' | 'banks' | 'bankPages'>): number {
  return tableBytes(shape) * 2 * shape.n * shape.layers;
}

/** Bytes that the whole walk reads, as the bandwidth formula counts them. */
export function walkedBytes({ n, rounds, walkers, steps }: MemoryShape): number {
  return rounds * walkers * steps * n;
}
