import { type ComputeProof, proveCompute } from '../../../challenges/compute/prover.js';
import { createReferenceEngine } from '../../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../../challenges/engines/reference-table.js';
import type { PreparedTable } from '../../../challenges/engines/table.js';
import { buildTable, type MemoryProof, proveWalk } from '../../../challenges/memory/prover.js';
import { fromHex, toHex } from '../../../protocol/bytes.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import type { ArmedCard, ExamOpen } from '../../../protocol/messages/exam.js';
import type { Opening } from '../../../protocol/messages/reveals.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import { givenClass } from '../../../scoring/catalogue/given.js';
import type { RawSocket } from './raw-agent.js';

/** Classes that plain loops on a busy machine belong to: `toy` is a GPU with 32 KiB of memory. */
export const slowCatalogue = {
  classes: [
    givenClass('cpu', 'cpu', { gflops: 0.02, lowGflops: 0.00001 }),
    givenClass('toy', 'gpu', {
      models: ['Toy'],
      memoryBytes: 2 ** 15,
      gflops: 0.02,
      lowGflops: 0.00001,
      ceilingGflops: 100,
      memory: { bandwidthGBps: 0.0004, ceilingGBps: 100, tableGops: 0.001, bestGops: 0.004 },
    }),
    givenClass('unlisted', 'gpu', { gflops: 0.02, lowGflops: 0.00001, eligible: false }),
  ],
};

/** A GPU whose memory plain loops can fill. */
export const toyClaim: CardClaim = {
  kind: 'gpu',
  model: 'Toy',
  memoryBytes: 2 ** 15,
  engine: 'onnx-cpu',
  memoryEngine: 'reference',
};

type Message<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;
type Part = ArmedCard['part'];

/** The steps of one part by an honest agent, one at a time, so that a test can do something else at any of them. */
abstract class PartSteps<P extends Part> {
  readonly socket: RawSocket;
  readonly #part: P;
  readonly #engine: string;
  arm!: Message<'exam.arm'>;
  go!: Message<'exam.go'>;
  open!: Extract<ExamOpen, { part: P }>;

  constructor(socket: RawSocket, part: P, engine: string) {
    this.socket = socket;
    this.#part = part;
    this.#engine = engine;
  }

  get exam(): string {
    return this.arm.exam;
  }

  get seed(): string {
    return this.go.cards[0]?.seed ?? '';
  }

  /** What the first card was armed for. */
  get armed(): Extract<ArmedCard, { part: P }> {
    const card = this.arm.cards[0];
    if (card?.part !== this.#part) throw new Error(`armed for ${card?.part}, not for ${this.#part}`);
    return card as Extract<ArmedCard, { part: P }>;
  }

  protected get about() {
    return { exam: this.exam, card: 0, part: this.#part };
  }

  ready() {
    return { type: 'exam.ready', ...this.about, engine: this.#engine };
  }

  decline() {
    return { type: 'exam.decline', ...this.about, message: 'no' };
  }

  async toArmed(): Promise<this> {
    this.arm = await this.socket.next('exam.arm');
    return this;
  }

  async toGo(): Promise<this> {
    await this.toArmed();
    await this.prepare();
    this.socket.send(this.ready());
    this.go = await this.socket.next('exam.go');
    return this;
  }

  /** Is armed, gets ready, and has done the work. */
  async toCommit(): Promise<this> {
    await this.toGo();
    return this.compute();
  }

  /** Has committed and knows what to open. */
  async toReveal(): Promise<this> {
    await this.toCommit();
    this.socket.send(this.commit());
    await this.toOpen();
    return this;
  }

  async toOpen(): Promise<this> {
    const open = await this.socket.next('exam.open');
    if (open.part !== this.#part) throw new Error(`asked to open ${open.part}, not ${this.#part}`);
    this.open = open as Extract<ExamOpen, { part: P }>;
    return this;
  }

  async verdict(): Promise<Message<'exam.verdict'>> {
    return this.socket.next('exam.verdict');
  }

  protected abstract roots(): Uint8Array[];
  protected abstract prepare(): Promise<void>;
  abstract compute(): Promise<this>;

  commit() {
    return { type: 'exam.commit', ...this.about, seed: this.seed, roots: this.roots().map(toHex) };
  }
}

/** The compute part. */
export class HonestSteps extends PartSteps<'compute'> {
  proof!: ComputeProof;

  constructor(socket: RawSocket) {
    super(socket, 'compute', 'onnx-cpu');
  }

  protected async prepare(): Promise<void> {}

  protected roots(): Uint8Array[] {
    return this.proof.roots;
  }

  async compute(): Promise<this> {
    const { shape } = this.armed;
    const prepared = await createReferenceEngine().prepare(shape);
    this.proof = await proveCompute(prepared, shape, fromHex(this.seed));
    return this;
  }

  reveal(openings: readonly Opening[] = this.open.openings) {
    return { type: 'exam.reveal', ...this.about, reveals: this.proof.reveal(openings) };
  }

  /** All of it: what is asked next is the memory part, or comes as a verdict. */
  async whole(): Promise<this> {
    await this.toReveal();
    this.socket.send(this.reveal());
    return this;
  }
}

/** The memory part: a real table by plain loops, and a walk on it. */
export class HonestTable extends PartSteps<'memory'> {
  proof!: MemoryProof;
  table!: PreparedTable;

  constructor(socket: RawSocket, engine = 'reference') {
    super(socket, 'memory', engine);
  }

  protected async prepare(): Promise<void> {
    await this.build();
  }

  protected roots(): Uint8Array[] {
    return this.proof.roots;
  }

  /** @param tableSeed another one than was ordered, for a card that cheats */
  async build(tableSeed = this.armed.tableSeed): Promise<this> {
    const { shape } = this.armed;
    this.table = await createReferenceTableEngine().prepare(shape);
    await buildTable(this.table, shape, fromHex(tableSeed));
    return this;
  }

  async compute(): Promise<this> {
    this.proof = await proveWalk(this.table, this.armed.shape, fromHex(this.seed));
    return this;
  }

  reveal() {
    return { type: 'exam.reveal', ...this.about, reveals: this.proof.reveal(this.open.openings) };
  }

  /** The same on a table of another seed: what a cheat with a table of yesterday does. */
  async onAnotherTable(): Promise<this> {
    await this.toArmed();
    await this.build('00'.repeat(32));
    this.socket.send(this.ready());
    this.go = await this.socket.next('exam.go');
    await this.compute();
    this.socket.send(this.commit());
    await this.toOpen();
    this.socket.send(this.reveal());
    return this;
  }

  async whole(): Promise<this> {
    await this.toReveal();
    this.socket.send(this.reveal());
    return this;
  }
}
