import type { InferenceSession } from 'onnxruntime-node';
import { TouchstoneError } from '../../../protocol/error.js';
import { matrixPlus128, type PageNetwork, type SeededNetwork, wholeNetwork } from '../../pages/network.js';
import { type Arithmetic, arithmetics } from './arithmetic.js';
import { type GraphForm, pageModel } from './graph.js';
import { engineNameOf, loadRuntime, messageOf, type OnnxProvider } from './providers.js';
import type { ElementType } from './writer.js';
import { flipHighBits } from './zero-point.js';

/** Where a session runs. */
export interface OnnxOptions {
  readonly provider: OnnxProvider;
  /** Threads of the CPU provider; as many as the machine has cores when absent. */
  readonly threads?: number;
}

/** What a session computes. */
export type PageGraph = Omit<GraphForm, 'matrixType'>;

/** A round's start vectors for all pairs, or the start vectors of single pages. int8 all of them. */
export type Starts = { readonly left: Int8Array; readonly right: Int8Array } | { readonly starts: Int8Array };

type Runtime = typeof import('onnxruntime-node');
type Tensor = InstanceType<Runtime['Tensor']>;
type Feeds = Record<string, Tensor>;
type Values = Int8Array | Uint8Array | Float32Array;

/**
 * Most layers of one graph. A graph is written out layer by layer and takes time to compile: where there are more, the
 * same one runs again and again, with the pages in between as bytes. A multiple of four, so that each run uses the
 * matrices in the same order.
 */
export const graphLayers = 64;

/** A graph that is part of the whole, and the first of the layers that it computes. */
interface Piece {
  readonly session: InferenceSession;
  readonly first: number;
  readonly layers: number;
}

/** The page graph compiled for one provider. Not for two runs at a time. */
export class PageSession {
  readonly #runtime: Runtime;
  readonly #graph: PageGraph;
  readonly #how: Arithmetic;
  readonly #matrixType: ElementType;
  readonly #name: string;
  readonly #pieces: Piece[] = [];
  /** Memory of converted matrices, which all networks of this session share: fresh pages would cost more than the values. */
  readonly #matrices: (Float32Array | Uint8Array)[] = [];
  #network: Feeds[] | null = null;

  private constructor(runtime: Runtime, provider: OnnxProvider, graph: PageGraph) {
    this.#runtime = runtime;
    this.#graph = graph;
    this.#how = arithmetics[graph.arithmetic];
    this.#matrixType = this.#how.matrixType(provider);
    this.#name = engineNameOf(provider);
  }

  /**
   * @param quietly refuses a graph of which the provider lacks an operator, instead of computing that part on the CPU,
   *   and without a word on the terminal
   * @throws TouchstoneError `engine.unavailable` where the provider has no library, driver or card here
   */
  static async create(
    { provider, threads }: OnnxOptions,
    graph: PageGraph,
    { quietly = false } = {},
  ): Promise<PageSession> {
    const runtime = await loadRuntime();
    const session = new PageSession(runtime, provider, graph);
    const options: InferenceSession.SessionOptions = {
      executionProviders: [provider],
      logSeverityLevel: quietly ? 4 : 3,
      extra: {
        session: {
          // Or its optimiser takes conversions for a quantised model's, and adds some that WebGPU does not have.
          disable_quant_qdq: '1',
          // Of the CPU provider itself the runtime would say the same.
          ...(quietly && provider !== 'cpu' && { disable_cpu_ep_fallback: '1' }),
        },
      },
      ...(threads !== undefined && { intraOpNumThreads: threads }),
    };
    try {
      await session.#compile(options);
    } catch (cause) {
      await session.close();
      throw new TouchstoneError('engine.unavailable', messageOf(cause), { engine: session.#name }, { cause });
    }
    return session;
  }

  /** Takes the network that the next runs compute with. Matrices that are still to be made are made as the graph takes them. */
  load(network: PageNetwork | SeededNetwork): void {
    const { n, output } = this.#graph;
    const shared = Object.fromEntries(
      this.#matricesOf(network).map((values, m) => [
        `matrix${m}`,
        this.#tensor(this.#matrixType, values, [n, n]),
      ]),
    );
    this.#network = this.#pieces.map(({ first, layers }, p) => {
      const bias = network.bias.subarray(first * n, (first + layers) * n);
      const feeds: Feeds = { ...shared, bias: this.#tensor('int8', bias, [layers, n]) };
      const last = p === this.#pieces.length - 1;
      if (last && output === 'digests') feeds.digest = this.#tensor('int8', network.digest, [4, n]);
      return feeds;
    });
  }

  /** Forgets the network: nothing runs before the next one is loaded. */
  unload(): void {
    this.#network = null;
  }

  /**
   * Digests of the pages of these starts, 4 int32 a page. Blocks this thread while it computes.
   * @throws TouchstoneError `engine.failed`
   */
  async digests(starts: Starts): Promise<Int32Array> {
    return (await this.#run(starts)).data as Int32Array;
  }

  /**
   * The pages of these starts themselves, `n` int8 a page. Blocks this thread while it computes.
   * @throws TouchstoneError `engine.failed`
   */
  async pages(starts: Starts): Promise<Int8Array> {
    const { data } = await this.#run(starts);
    if (data instanceof Int8Array) return data;
    const bytes = data as Uint8Array;
    flipHighBits(bytes, bytes);
    return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  async close(): Promise<void> {
    this.unload();
    const sessions = new Set(this.#pieces.splice(0).map(({ session }) => session));
    for (const session of sessions) await session.release();
  }

  /** One session for each different piece: all in the middle are the same. */
  async #compile(options: InferenceSession.SessionOptions): Promise<void> {
    const { layers, start, output } = this.#graph;
    const compiled = new Map<string, InferenceSession>();
    for (let first = 0; first < layers; first += graphLayers) {
      const form: GraphForm = {
        ...this.#graph,
        matrixType: this.#matrixType,
        layers: Math.min(graphLayers, layers - first),
        start: first === 0 ? start : 'pages',
        output: first + graphLayers >= layers ? output : 'pages',
      };
      const key = `${form.layers} ${form.start} ${form.output}`;
      const session =
        compiled.get(key) ?? (await this.#runtime.InferenceSession.create(pageModel(form), options));
      compiled.set(key, session);
      this.#pieces.push({ session, first, layers: form.layers });
    }
  }

  async #run(starts: Starts): Promise<Tensor> {
    const network = this.#network;
    if (network === null)
      throw new TouchstoneError('engine.failed', 'No network was loaded.', { engine: this.#name });
    try {
      let from = this.#startFeeds(starts);
      let result: Tensor | undefined;
      for (const [p, { session }] of this.#pieces.entries()) {
        [result] = Object.values(await session.run({ ...network[p], ...from }));
        from = { starts: result as Tensor };
      }
      return result as Tensor;
    } catch (cause) {
      throw new TouchstoneError('engine.failed', messageOf(cause), { engine: this.#name }, { cause });
    }
  }

  #startFeeds(starts: Starts): Feeds {
    const { n } = this.#graph;
    if ('left' in starts) {
      return {
        left: this.#tensor('int8', starts.left, [1, starts.left.length / n, n]),
        right: this.#tensor('int8', starts.right, [starts.right.length / n, 1, n]),
      };
    }
    const { pageType } = this.#how;
    let values: Int8Array | Uint8Array = starts.starts;
    if (pageType === 'uint8') {
      values = new Uint8Array(starts.starts.length);
      flipHighBits(starts.starts, values);
    }
    return { starts: this.#tensor(pageType, values, [values.length / n, n]) };
  }

  /** As many matrices as the layers use. */
  #matricesOf(network: PageNetwork | SeededNetwork): Values[] {
    const { n, layers } = this.#graph;
    if ('matrices' in network || this.#matrixType !== 'uint8') {
      const { matrices } = wholeNetwork(network);
      return matrices.slice(0, layers).map((matrix, m) => this.#converted(matrix, m));
    }
    return Array.from({ length: Math.min(4, layers) }, (_, m) => {
      const values = this.#memory(m, n * n) as Uint8Array;
      matrixPlus128(values, network.seed, m);
      return values;
    });
  }

  #converted(matrix: Int8Array, m: number): Values {
    if (this.#matrixType === 'int8') return matrix;
    const values = this.#memory(m, matrix.length);
    if (values instanceof Float32Array) values.set(matrix);
    else flipHighBits(matrix, values);
    return values;
  }

  /** Where matrix `m` lies as the graph takes it. */
  #memory(m: number, length: number): Float32Array | Uint8Array {
    const values =
      this.#matrices[m] ?? new (this.#matrixType === 'float32' ? Float32Array : Uint8Array)(length);
    this.#matrices[m] = values;
    return values;
  }

  #tensor(type: ElementType, values: Values, dims: readonly number[]): Tensor {
    return new this.#runtime.Tensor(type, values, dims);
  }
}
