import type { ComputeEngine, EngineShape } from '../../challenges/engines/engine.js';
import type { TableEngine, TableSource } from '../../challenges/engines/table.js';
import type { PageNetwork } from '../../challenges/pages/network.js';

/** Another network in place of the one that was asked for, cheaper to compute with. */
export type Downgrade = (network: PageNetwork) => PageNetwork;

/**
 * Weights without their low bits, as 4-bit units would take them: twice as fast on cards that have such units.
 * @param bits that are dropped of each weight, 1 to 7
 */
export function dropsLowBits(bits: number): Downgrade {
  const rounded = (matrix: Int8Array): Int8Array => matrix.map((weight) => (weight >> bits) << bits);
  return (network) => withMatrices(network, rounded);
}

/** Takes every matrix for one of half the columns: a structure that the matrices of a seed do not have. */
export const halvesRank: Downgrade = (network) =>
  withMatrices(network, (matrix) =>
    matrix.map((weight, at) => (at % network.n < network.n / 2 ? weight : 0)),
  );

/** Leaves out the last of the layers, one at least. */
export function skipsLayers(skipped: number): Downgrade {
  return (network) => {
    const layers = Math.max(1, network.layers - skipped);
    return { ...network, layers, bias: network.bias.slice(0, layers * network.n) };
  };
}

/** Computes pages with the other network. Nothing else of what follows is wrong. */
export function downgradedCompute(engine: ComputeEngine, downgrade: Downgrade): ComputeEngine {
  return {
    name: engine.name,
    async prepare(shape) {
      const prepared = await engine.prepare({ ...shape, layers: layersAfter(shape, downgrade) });
      return { ...prepared, load: (network) => prepared.load(downgrade(network)) };
    },
    close: () => engine.close(),
  };
}

/** The same of a table. */
export function downgradedTable(engine: TableEngine, downgrade: Downgrade): TableEngine {
  return {
    name: engine.name,
    async prepare(shape) {
      const prepared = await engine.prepare({ ...shape, layers: layersAfter(shape, downgrade) });
      const cheaper = (source: TableSource) => ({ ...source, network: downgrade(source.network) });
      return { ...prepared, build: (source, onProgress) => prepared.build(cheaper(source), onProgress) };
    },
    close: () => engine.close(),
  };
}

function layersAfter({ n, layers }: Pick<EngineShape, 'n' | 'layers'>, downgrade: Downgrade): number {
  const nothing = new Int8Array(0);
  const matrices = [nothing, nothing, nothing, nothing] as const;
  return downgrade({ n, layers, matrices, bias: nothing, digest: nothing }).layers;
}

function withMatrices(network: PageNetwork, change: (matrix: Int8Array) => Int8Array): PageNetwork {
  const [a, b, c, d] = network.matrices;
  return { ...network, matrices: [change(a), change(b), change(c), change(d)] };
}
