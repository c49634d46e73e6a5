import { fromHex, toHex } from '../../protocol/bytes.js';
import type { ArmedCard, ExamPart, ExamReveal } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { CardProver } from './prover.js';

type ExamOpen = Extract<VerifierMessage, { type: 'exam.open' }>;

// Both parts of an exam go by the same steps. What a step asks of the card is here.

/** `arm`: get ready, or build the table. Resolves with the name of the engine. @param onProgress told of the table alone */
export function getReady(
  prover: CardProver,
  asked: ArmedCard,
  onProgress: (share: number) => void,
): Promise<string> {
  return asked.part === 'compute'
    ? prover.arm(asked.shape)
    : prover.build(asked.shape, fromHex(asked.tableSeed), onProgress);
}

/** `go`: compute, or walk. Resolves with the roots, in hexadecimal. */
export async function work(
  prover: CardProver,
  part: ExamPart,
  seed: string,
  onProgress: (share: number) => void,
): Promise<string[]> {
  const roots =
    part === 'compute'
      ? await prover.commit(fromHex(seed), onProgress)
      : await prover.walk(fromHex(seed), onProgress);
  return roots.map(toHex);
}

/** `open`: show what is asked. */
export async function show(prover: CardProver, asked: ExamOpen): Promise<ExamReveal> {
  const { exam, card } = asked;
  if (asked.part === 'compute') {
    const reveals = await prover.reveal(asked.openings);
    return { type: 'exam.reveal', exam, card, part: 'compute', reveals };
  }
  const reveals = await prover.revealWalk(asked.openings);
  return { type: 'exam.reveal', exam, card, part: 'memory', reveals };
}
