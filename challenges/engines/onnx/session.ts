import type { InferenceSession } from 'onnxruntime-node';
import { TouchstoneError } from '../../../protocol/error.js';
import type { PageNetwork } from '../../pages/network.js';
import { type GraphForm, pageModel } from './graph.js';
import { engineNameOf, loadRuntime, messageOf, type OnnxProvider } from './providers.js';

export interface OnnxOptions {
  readonly provider: OnnxProvider;
  /** Threads of the CPU provider; as many as the machine has cores when absent. */
  readonly threads?: number;
}

type Runtime = typeof import('onnxruntime-node');
type Feeds = Record<string, InstanceType<Runtime['Tensor']>>;

/** A tensor input by its values and dimensions; int8 always. */
export type Int8Input = readonly [values: Int8Array, dims: readonly number[]];

/** One page graph compiled for one provider. Not for two runs at a time. */
export class PageSession {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #form: GraphForm;
  readonly #name: string;
  readonly #matrices: Float32Array[] = [];
  #network: Feeds | null = null;

  private constructor(runtime: Runtime, session: InferenceSession, form: GraphForm, name: string) {
    this.#runtime = runtime;
    this.#session = session;
    this.#form = form;
    this.#name = name;
  }

  /** @throws TouchstoneError `engine.unavailable` where the provider has no library, driver or card here */
  static async create(
    { provider, threads }: OnnxOptions,
    graph: Pick<GraphForm, 'n' | 'layers' | 'start' | 'output'>,
  ): Promise<PageSession> {
    const runtime = await loadRuntime();
    const form: GraphForm = { ...graph, matrices: provider === 'cpu' ? 'float32' : 'int8' };
    const name = engineNameOf(provider);
    try {
      const session = await runtime.InferenceSession.create(pageModel(form), {
        executionProviders: [provider],
        logSeverityLevel: 3,
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      });
      return new PageSession(runtime, session, form, name);
    } catch (cause) {
      throw new TouchstoneError('engine.unavailable', messageOf(cause), { engine: name }, { cause });
    }
  }

  /** Takes the network that the next runs compute with. */
  load(network: PageNetwork): void {
    const { n, layers } = this.#form;
    const feeds: Feeds = {
      bias: this.#int8([network.bias, [layers, n]]),
      ...(this.#form.output === 'digests' && { digest: this.#int8([network.digest, [4, n]]) }),
    };
    network.matrices.forEach((matrix, m) => {
      feeds[`matrix${m}`] =
        this.#form.matrices === 'int8' ? this.#int8([matrix, [n, n]]) : this.#floats(matrix, m);
    });
    this.#network = feeds;
  }

  /** Forgets the network: nothing runs before the next one is loaded. */
  unload(): void {
    this.#network = null;
  }

  /**
   * Digests for the graph's start inputs, 4 int32 a page. Blocks this thread while it computes.
   * @throws TouchstoneError `engine.failed`
   */
  async digests(starts: Record<string, Int8Input>): Promise<Int32Array> {
    return (await this.#run(starts)).digests?.data as Int32Array;
  }

  /**
   * The pages themselves for the graph's start inputs, `n` int8 a page. Blocks this thread while it computes.
   * @throws TouchstoneError `engine.failed`
   */
  async pages(starts: Record<string, Int8Input>): Promise<Int8Array> {
    return (await this.#run(starts)).pages?.data as Int8Array;
  }

  async #run(starts: Record<string, Int8Input>): Promise<InferenceSession.ReturnType> {
    if (this.#network === null)
      throw new TouchstoneError('engine.failed', 'No network was loaded.', { engine: this.#name });
    const feeds = { ...this.#network };
    for (const [name, input] of Object.entries(starts)) feeds[name] = this.#int8(input);
    try {
      return await this.#session.run(feeds);
    } catch (cause) {
      throw new TouchstoneError('engine.failed', messageOf(cause), { engine: this.#name }, { cause });
    }
  }

  async close(): Promise<void> {
    this.unload();
    await this.#session.release();
  }

  /** A matrix as fp32, in memory that all networks of this session share: fresh pages would cost more than the values. */
  #floats(matrix: Int8Array, m: number): Feeds[string] {
    const { n } = this.#form;
    const values = this.#matrices[m] ?? new Float32Array(n * n);
    this.#matrices[m] = values;
    values.set(matrix);
    return new this.#runtime.Tensor('float32', values, [n, n]);
  }

  #int8([values, dims]: Int8Input): Feeds[string] {
    return new this.#runtime.Tensor('int8', values, dims);
  }
}
