import { ProblemDocument } from '../documents/schemas.js';

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemDocument } },
});

/** What every route may answer beside what it is for. */
export const problems = {
  '4xx': problem('Refused: the code says why, the fix what to do'),
  '5xx': problem('Not now, or our fault: nothing was changed'),
};
