import { randomBytes, randomInt } from 'node:crypto';
import { createOnnxRecompute } from '../../challenges/engines/onnx/recompute.js';
import { systemClock } from '../../protocol/clock.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { closeCards, startCards } from '../run.js';
import { checksTable } from '../ui/checks-table.js';
import type { Display } from '../ui/display.js';
import { type SelfTestResult, selfTest } from './self-test.js';

/** Tests every card of this machine, one after another: each has the machine to itself. */
export async function runSelfTest(allowSoftware: boolean, display: Display): Promise<SelfTestResult[]> {
  const verifier = createOnnxRecompute({ provider: 'cpu' });
  const cards = await startCards(allowSoftware, display);
  try {
    const results: SelfTestResult[] = [];
    for (const card of cards) {
      const title = `Self-test of ${card.claim.kind} ${card.claim.model}`;
      results.push(
        await selfTest(card, {
          random: randomBytes,
          randomInt: (below) => randomInt(below),
          clock: systemClock,
          recompute: verifier.recompute,
          onProgress: (share, what) => display.progress(share, `${title}: ${what}`),
        }),
      );
      display.progressEnd(`${title} is done.`);
    }
    return results;
  } finally {
    await closeCards(cards);
    await verifier.close();
  }
}

/** Results for people: a table for each card. */
export function selfTestLines(results: readonly SelfTestResult[]): string[] {
  return results.flatMap(({ card, checks, passed }) => [
    `${card.kind} ${card.model} (${enginesOf(card)}): ${passed ? 'passed' : 'failed'}`,
    ...checksTable(checks).map((line) => `  ${line}`),
  ]);
}

const enginesOf = ({ engine, memoryEngine }: CardClaim): string =>
  `compute ${engine ?? 'on no engine'}, memory ${memoryEngine ?? 'on no engine'}`;
