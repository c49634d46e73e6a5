import { streamInt8, streamPlus128 } from '../stream.js';

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

/** A network whose matrices are still to be made of its seed: in whatever form its products take them. */
export interface SeededNetwork extends Omit<PageNetwork, 'matrices'> {
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/** The network of a 32-byte seed, without its matrices: (layers + 4)·n bytes of keystream. */
export function seededNetwork(seed: Uint8Array, n: number, layers: number): SeededNetwork {
  return {
    n,
    layers,
    seed,
    bias: streamInt8(seed, 'bias', 0, layers * n),
    digest: streamInt8(seed, 'digest', 0, 4 * n),
  };
}

/** The network of a 32-byte seed: 4·n² + (layers + 4)·n bytes of keystream. */
export function networkFromSeed(seed: Uint8Array, n: number, layers: number): PageNetwork {
  return wholeNetwork(seededNetwork(seed, n, layers));
}

/** A network with its matrices. */
export function wholeNetwork(network: PageNetwork | SeededNetwork): PageNetwork {
  if ('matrices' in network) return network;
  const { n, layers, seed, bias, digest } = network;
  const matrix = (index: number) => streamInt8(seed, label(index), 0, n * n);
  return { n, layers, matrices: [matrix(0), matrix(1), matrix(2), matrix(3)], bias, digest };
}

/** Matrix `index` of a seed with 128 added to each value, as uint8, into `target` of `n × n`. */
export function matrixPlus128(target: Uint8Array, seed: Uint8Array, index: number): void {
  streamPlus128(target, seed, label(index));
}

const label = (index: number): string => `matrix/${index}`;
