import { afterAll, beforeAll, expect, it } from 'vitest';
import { VerifierProcess } from '../edges/testing/verifier-process.js';
import { HonestSteps } from '../verifier/testing/honest.js';
import { RawAgent } from '../verifier/testing/raw-agent.js';

let verifier: VerifierProcess;
beforeAll(async () => {
  verifier = await VerifierProcess.start('--drain-seconds', '0');
});
afterAll(() => verifier.close());

async function enter(): Promise<HonestSteps> {
  const agent = new RawAgent(verifier.url);
  await agent.enrol();
  return new HonestSteps(await agent.connect());
}

interface AuditLine {
  readonly exam: string;
  readonly outcome: string;
}
const audited = (): AuditLine[] =>
  verifier.said
    .split('\n')
    .filter((line) => line.includes('"audit":"exam"'))
    .map((line) => JSON.parse(line) as AuditLine)
    .map(({ exam, outcome }) => ({ exam, outcome }));

it('each exam that comes to an end leaves one audit line and one observation', async () => {
  const passed = await enter();
  await passed.whole();
  const wrong = await (await enter()).toCommit();
  const commit = wrong.commit();
  wrong.socket.send({ ...commit, roots: commit.roots.toReversed() });
  await wrong.toOpen();
  wrong.socket.send(wrong.reveal());
  const declined = await (await enter()).toArmed();
  declined.socket.send(declined.decline());
  const ended = await Promise.all(
    [passed, wrong, declined].map(async (steps) => {
      const { exam, outcome } = await steps.verdict();
      return { exam, outcome };
    }),
  );
  expect(ended.map(({ outcome }) => outcome)).toEqual([
    'passed',
    'failed',
    expect.not.stringMatching('passed'),
  ]);
  const metrics = await (await fetch(`${verifier.url}/metrics`)).text();
  const sumOf = (name: string) =>
    metrics
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  expect(sumOf('touchstone_exams_total')).toBe(3);
  expect(sumOf('touchstone_exam_whole_seconds_count')).toBe(3);

  // One that we cut off ourselves has no end, no fact and no line: it is asked anew.
  await (await enter()).toArmed();
  verifier.signal('SIGTERM');
  expect(await verifier.exited()).toBe(0);
  const byExam = (a: AuditLine, b: AuditLine) => (a.exam < b.exam ? -1 : 1);
  expect(audited().toSorted(byExam)).toEqual(ended.toSorted(byExam));
});
