import type { ComputeProof } from '../../../challenges/compute/prover.js';
import { proveCompute } from '../../../challenges/compute/prover.js';
import { createReferenceEngine } from '../../../challenges/engines/reference.js';
import { fromHex, toHex } from '../../../protocol/bytes.js';
import type { Opening, VerifierMessage } from '../../../protocol/messages/exam.js';
import { givenClass } from '../../../scoring/catalogue/given.js';
import type { RawSocket } from './raw-agent.js';

/** Classes that a plain loop on a busy machine belongs to. */
export const slowCatalogue = {
  classes: [givenClass('cpu', 'cpu', { gflops: 0.02, lowGflops: 0.00001 })],
};

type Message<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

/** The steps of an honest agent, one at a time, so that a test can do something else at any of them. */
export class HonestSteps {
  readonly #socket: RawSocket;
  arm!: Message<'exam.arm'>;
  go!: Message<'exam.go'>;
  open!: Message<'exam.open'>;
  proof!: ComputeProof;

  constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  get exam(): string {
    return this.arm.exam;
  }

  get seed(): string {
    return this.go.cards[0]?.seed ?? '';
  }

  ready() {
    return { type: 'exam.ready', exam: this.exam, card: 0, engine: 'onnx-cpu' };
  }

  commit() {
    return {
      type: 'exam.commit',
      exam: this.exam,
      card: 0,
      seed: this.seed,
      roots: this.proof.roots.map(toHex),
    };
  }

  reveal(openings: readonly Opening[] = this.open.openings) {
    return { type: 'exam.reveal', exam: this.exam, card: 0, reveals: this.proof.reveal(openings) };
  }

  /** Is armed, gets ready, and has computed. */
  async toCommit(): Promise<this> {
    await this.toGo();
    return this.compute();
  }

  async toGo(): Promise<this> {
    this.arm = await this.#socket.next('exam.arm');
    this.#socket.send(this.ready());
    this.go = await this.#socket.next('exam.go');
    return this;
  }

  async compute(): Promise<this> {
    const shape = this.arm.cards[0]?.shape;
    if (shape === undefined) throw new Error('armed without a card');
    const prepared = await createReferenceEngine().prepare(shape);
    this.proof = await proveCompute(prepared, shape, fromHex(this.seed));
    return this;
  }

  /** Has committed and knows what to open. */
  async toReveal(): Promise<this> {
    await this.toCommit();
    this.#socket.send(this.commit());
    this.open = await this.#socket.next('exam.open');
    return this;
  }

  async verdict(): Promise<Message<'exam.verdict'>> {
    return this.#socket.next('exam.verdict');
  }
}
