import { afterAll, beforeAll, expect, it } from 'vitest';
import { slowCatalogue } from '../verifier/testing/honest.js';
import { openVerifier } from '../verifier/testing/verifier.js';
import { Flood } from './testing/flood.js';
import { honestExam } from './testing/honest-exam.js';

let verifier: Awaited<ReturnType<typeof openVerifier>>;
beforeAll(async () => {
  // A device that never gets ready holds up its cohort for so long.
  verifier = await openVerifier({ catalogue: slowCatalogue, armMs: 500 });
});
afterAll(() => verifier.close());

it('keeps passing honest devices while others send junk commits, reveals and handshakes without end', async () => {
  const flood = await Flood.begin(verifier.url, { liars: 6, strangers: 2 });
  const exams = await Promise.all(Array.from({ length: 4 }, () => honestExam(verifier.url)));
  expect(exams.map(({ outcome }) => outcome)).toEqual(exams.map(() => 'passed'));
  // It was a flood: each of its lines was closed for it, and those who come again at once are not let in.
  await expect.poll(() => flood.closed.get('message.too-many') ?? 0).toBeGreaterThanOrEqual(6);
  expect(flood.counts.requests).toBeGreaterThan(0);
  expect(await honestExam(verifier.url)).toMatchObject({ outcome: 'passed' });
  await flood.end();
  const metrics = await (await fetch(`${verifier.url}/metrics`)).text();
  expect(metrics).toMatch(/messages_refused_total\{code="message.too-many"\} [1-9]/);
});
