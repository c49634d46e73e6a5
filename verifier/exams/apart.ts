import type { CardRecord } from './card-exam.js';

/**
 * Longest time from a commit to the end of the exam, milliseconds: three builds at their longest, and as much again. A debt
 * of openings has no time limit, and convicts however late; what is older than this acquits nobody any more.
 */
const goodForMs = 2 * 3600_000;

/**
 * Which of the cards that passed did not answer together with the others of their device. All owed cards are armed in one
 * attempt, so the cards of one attempt got `go` at one instant. One chip could otherwise be two cards by getting ready for
 * one in each attempt, or show its pages today and its table tomorrow. What most cards did is together; of equally many,
 * what came first.
 *
 * @param passed records of the cards that passed, by card
 * @param now monotonic milliseconds
 */
export function cardsApart(passed: ReadonlyMap<number, CardRecord>, now: number): ReadonlySet<number> {
  const records = [...passed.values()];
  const compute = usual(records.map((record) => record.compute.attempts));
  const memory = usual(records.flatMap((record) => record.memory?.attempts ?? []));
  const apart = [...passed].filter(
    ([, record]) =>
      record.compute.attempts !== compute ||
      (record.memory !== null && record.memory.attempts !== memory) ||
      now - oldestCommit(record, now) > goodForMs,
  );
  return new Set(apart.map(([card]) => card));
}

/** The value that most have; of equally many, the lowest. */
function usual(values: readonly number[]): number | null {
  const count = (value: number) => values.filter((one) => one === value).length;
  return values.toSorted((a, b) => count(b) - count(a) || a - b)[0] ?? null;
}

function oldestCommit({ compute, memory }: CardRecord, now: number): number {
  const commits = [compute, memory].map((part) => part?.result.commitment?.committedAt ?? now);
  return Math.min(...commits);
}
