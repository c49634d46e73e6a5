import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ComputeProof, proveCompute } from '../../challenges/compute/prover.js';
import { createReferenceEngine } from '../../challenges/engines/reference.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { DeviceDocument } from '../../verifier/documents/schemas.js';
import { slowCatalogue } from '../verifier/testing/honest.js';
import { cpuClaim, RawAgent, type RawSocket } from '../verifier/testing/raw-agent.js';
import { openVerifier } from '../verifier/testing/verifier.js';

type Arm = Extract<VerifierMessage, { type: 'exam.arm' }>;

let verifier: Awaited<ReturnType<typeof openVerifier>>;
beforeAll(async () => {
  verifier = await openVerifier({ catalogue: slowCatalogue, armMs: 1_000, revealMs: 60_000 });
});
afterAll(() => verifier.close());

/** Gets these cards ready and lets the time run out for the others that are armed; then computes for each of them. */
async function answerFor(socket: RawSocket, cards: readonly number[]): Promise<void> {
  const arm: Arm = await socket.next('exam.arm');
  const about = (card: number) => ({ exam: arm.exam, card, part: 'compute' });
  for (const card of cards) socket.send({ type: 'exam.ready', ...about(card), engine: 'onnx-cpu' });
  const go = await socket.next('exam.go');
  expect(go.cards.map(({ card }) => card)).toEqual(cards);
  const proofs = new Map<number, ComputeProof>();
  for (const { card, seed } of go.cards) {
    const armed = arm.cards.find((one) => one.card === card);
    if (armed?.part !== 'compute') throw new Error('not armed for compute');
    const prepared = await createReferenceEngine().prepare(armed.shape);
    const proof = await proveCompute(prepared, armed.shape, fromHex(seed));
    proofs.set(card, proof);
    socket.send({ type: 'exam.commit', ...about(card), seed, roots: proof.roots.map(toHex) });
  }
  for (const _ of cards) {
    const open = await socket.next('exam.open');
    if (open.part !== 'compute') throw new Error('asked for another part');
    const reveals = proofs.get(open.card)?.reveal(open.openings);
    socket.send({ type: 'exam.reveal', ...about(open.card), reveals });
  }
}

async function enterTwoCards() {
  const agent = new RawAgent(verifier.url);
  await agent.enrol([cpuClaim, { ...cpuClaim, model: 'Another' }]);
  return { agent, socket: await agent.connect() };
}

async function verdicts(socket: RawSocket) {
  const both = [await socket.next('exam.verdict'), await socket.next('exam.verdict')];
  return both
    .sort((a, b) => a.card - b.card)
    .map(({ outcome, reasons, class: of }) => ({ outcome, reasons, class: of }));
}

const documentOf = async (agent: RawAgent) =>
  (await agent.request('GET', `/v1/devices/${agent.device}`)).body as unknown as DeviceDocument;

describe('two cards of one device on one chip', () => {
  it('do not pass together by taking its attempts in turn', async () => {
    const { agent, socket } = await enterTwoCards();
    await answerFor(socket, [0]);
    await answerFor(socket, [1]);
    expect(await verdicts(socket)).toEqual([
      { outcome: 'passed', reasons: ['exam.passed'], class: 'cpu' },
      { outcome: 'unanswered', reasons: ['exam.apart'], class: null },
    ]);
    const { status, cards, scores } = await documentOf(agent);
    expect(status).toBe('examining');
    expect(cards.map(({ eligible }) => eligible)).toEqual([false, false]);
    expect(scores.integrity).toBe(1);
    socket.socket.terminate();
  });

  it('pass where they answer together, in whatever attempt that is', async () => {
    const { agent, socket } = await enterTwoCards();
    await socket.next('exam.arm');
    await answerFor(socket, [0, 1]);
    expect(await verdicts(socket)).toEqual([
      { outcome: 'passed', reasons: ['exam.passed'], class: 'cpu' },
      { outcome: 'passed', reasons: ['exam.passed'], class: 'cpu' },
    ]);
    await expect.poll(async () => (await documentOf(agent)).status).toBe('verified');
    socket.socket.terminate();
  });
});
