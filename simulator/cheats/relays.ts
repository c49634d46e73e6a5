import { setTimeout as sleep } from 'node:timers/promises';
import type { CardProver } from '../../agent/exam/prover.js';

/**
 * Has no card at all: passes every question on to one that is elsewhere, and its answer back. What answers is then
 * that other card, as fast as it is, later by the way there.
 *
 * @param elsewhere the card that answers, perhaps for others too
 * @param latencyMs of the way there and back
 */
export function relaysTo(elsewhere: CardProver, latencyMs: number): CardProver {
  const there = async <T>(ask: () => Promise<T>): Promise<T> => {
    await sleep(latencyMs / 2);
    const answer = await ask();
    await sleep(latencyMs / 2);
    return answer;
  };
  return {
    arm: (shape) => there(() => elsewhere.arm(shape)),
    commit: (seed, onProgress) => there(() => elsewhere.commit(seed, onProgress)),
    reveal: (openings) => there(() => elsewhere.reveal(openings)),
    build: (shape, tableSeed, onProgress) => there(() => elsewhere.build(shape, tableSeed, onProgress)),
    walk: (walkSeed, onProgress, rounds) => there(() => elsewhere.walk(walkSeed, onProgress, rounds)),
    revealWalk: (openings) => there(() => elsewhere.revealWalk(openings)),
    dropTable: () => there(() => elsewhere.dropTable()),
    close: () => there(() => elsewhere.close()),
  };
}
