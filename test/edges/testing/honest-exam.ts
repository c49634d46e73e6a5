import { setTimeout as sleep } from 'node:timers/promises';
import { HonestSteps } from '../../verifier/testing/honest.js';
import { RawAgent } from '../../verifier/testing/raw-agent.js';

/** An agent's first pause before it tries again, milliseconds. */
const retryMs = 250;

export interface HonestExam {
  readonly outcome: string;
  /** From the first request to the verdict, and from the commit to it, milliseconds. */
  readonly wholeMs: number;
  readonly answerMs: number;
}

/** A new honest device enrols, connects, and is examined. */
export async function honestExam(url: string): Promise<HonestExam> {
  const from = performance.now();
  const socket = await connected(new RawAgent(url));
  const exam = await new HonestSteps(socket).toCommit();
  const committed = performance.now();
  socket.send(exam.commit());
  await exam.toOpen();
  socket.send(exam.reveal());
  const { outcome } = await exam.verdict();
  const to = performance.now();
  socket.socket.terminate();
  return { outcome, wholeMs: to - from, answerMs: to - committed };
}

/** Sent away, an agent comes again. */
async function connected(agent: RawAgent): Promise<Awaited<ReturnType<RawAgent['connect']>>> {
  for (;;) {
    try {
      await agent.enrol();
      return await agent.connect();
    } catch {
      await sleep(retryMs);
    }
  }
}
