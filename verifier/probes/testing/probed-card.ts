import { generateKeyPairSync, sign } from 'node:crypto';
import { createReferenceTableEngine } from '../../../challenges/engines/reference-table.js';
import { buildTable, type MemoryProof, proveWalk } from '../../../challenges/memory/prover.js';
import { fromHex, toHex } from '../../../protocol/bytes.js';
import type { ProbeOpen, ProbeWalk } from '../../../protocol/messages/probe.js';
import type { TableBuild } from '../../../protocol/messages/table.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import type { MemoryShape } from '../../../protocol/shapes.js';
import { signingBytes } from '../../../protocol/signing.js';
import { nextTag } from '../../../protocol/transcript.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');

/** The device that all probed cards of tests belong to. */
export const device = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');

export const signTag = (fields: Record<string, unknown>): string =>
  sign(null, signingBytes('transcript', fields), privateKey).toString('hex');

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The device's side of tables and probes by plain loops, for real; how fast it is, and how it lies, a test decides. */
export class ProbedCard {
  readonly received: VerifierMessage[] = [];
  /** Time of a walk on it, milliseconds. */
  walkMs = 20;
  buildMs = 1_000;
  load: number | null = 0;
  /** Changes what it says. Null: it says nothing. */
  lie: (message: Record<string, unknown>) => Record<string, unknown> | null = (message) => message;
  readonly #say: (message: Record<string, unknown>) => void;
  #table: { seed: string; walk: (rounds: number, seed: string) => Promise<MemoryProof> } | null = null;
  #proof: { walk: ProbeWalk; proof: MemoryProof } | null = null;

  constructor(say: (message: Record<string, unknown>) => void) {
    this.#say = say;
  }

  async build(shape: MemoryShape, seed: string): Promise<void> {
    const prepared = await createReferenceTableEngine().prepare(shape);
    await buildTable(prepared, shape, fromHex(seed));
    const walk = (rounds: number, walkSeed: string) =>
      proveWalk(prepared, { ...shape, rounds }, fromHex(walkSeed));
    this.#table = { seed, walk };
  }

  loseTable(): void {
    this.#table = null;
  }

  async handle(message: VerifierMessage): Promise<void> {
    this.received.push(message);
    if (message.type === 'table.build') return this.#build(message);
    if (message.type === 'table.drop' && this.#table?.seed === message.tableSeed) this.#table = null;
    if (message.type === 'probe.walk') return this.#walk(message);
    if (message.type === 'probe.open') return this.#open(message);
  }

  async #build({ card, shape, tableSeed }: TableBuild): Promise<void> {
    await this.build(shape, tableSeed);
    await pause(this.buildMs);
    this.#send({ type: 'table.ready', card, tableSeed, engine: 'reference' });
  }

  async #walk(walk: ProbeWalk): Promise<void> {
    const { probe, card } = walk;
    if (this.#table?.seed !== walk.tableSeed) {
      return this.#send({ type: 'probe.decline', probe, card, reason: 'no-table', message: 'gone' });
    }
    const proof = await this.#table.walk(walk.rounds, walk.seed);
    this.#proof = { walk, proof };
    await pause(this.walkMs);
    this.#send({ type: 'probe.commit', probe, card, roots: proof.roots.map(toHex) });
  }

  #open({ probe, card, openings }: ProbeOpen): void {
    if (this.#proof?.walk.probe !== probe) return;
    const { walk, proof } = this.#proof;
    const { transcript, index, previous } = walk;
    const tag = toHex(nextTag(fromHex(previous), index, proof.roots.at(-1) ?? new Uint8Array(32)));
    const signature = signTag({ device, card, transcript, index, tag });
    const reveals = proof.reveal(openings);
    this.#send({ type: 'probe.reveal', probe, card, reveals, load: this.load, signature });
  }

  #send(message: Record<string, unknown>): void {
    const said = this.lie(message);
    if (said !== null) this.#say(said);
  }
}
