import { streamInt8 } from '../stream.js';

/** The small fixed network of a challenge (docs/protocol.md section 1). All arrays are int8. */
export interface PageNetwork {
  /** Values in a page: 256, 512 or 1024. */
  readonly n: number;
  readonly layers: number;
  /** Four `n × n` matrices, row-major; layer `l` uses `l mod 4`. */
  readonly matrices: readonly [Int8Array, Int8Array, Int8Array, Int8Array];
  /** `layers × n`, layer-major. */
  readonly bias: Int8Array;
  /** `4 × n`, row-major. */
  readonly digest: Int8Array;
}

/** The network of a 32-byte seed: 4·n² + (layers + 4)·n bytes of keystream. */
export function networkFromSeed(seed: Uint8Array, n: number, layers: number): PageNetwork {
  const matrix = (index: number) => streamInt8(seed, `matrix/${index}`, 0, n * n);
  return {
    n,
    layers,
    matrices: [matrix(0), matrix(1), matrix(2), matrix(3)],
    bias: streamInt8(seed, 'bias', 0, layers * n),
    digest: streamInt8(seed, 'digest', 0, 4 * n),
  };
}
