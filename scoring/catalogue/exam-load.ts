const hour = 3600_000;

/** Mean time between the routine exams of a card, milliseconds: `verifier/exams/schedule.ts` plans by it. */
export const meanBetweenExamsMs = 6 * hour;
/** Share of its time that exams may cost an honest card: the promise is one per cent, and probes come on top. */
export const examShare = 0.0095;
/** What one whole exam may cost an honest card: compute, build and walk, milliseconds. */
export const examBudgetMs = examShare * meanBetweenExamsMs;
/** What is kept of it for the compute part, milliseconds: the longest there is. */
export const computeReserveMs = 5000;
