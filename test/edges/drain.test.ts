import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { HonestSteps } from '../verifier/testing/honest.js';
import { RawAgent } from '../verifier/testing/raw-agent.js';
import { VerifierProcess } from './testing/verifier-process.js';

let verifier: VerifierProcess;
afterEach(() => verifier.close());

/** The status with which a new line of an agent is refused; null once nothing listens any more. */
function refusedUpgrade(url: string): Promise<number | null> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/agent`);
  return new Promise((resolve) => {
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? null);
      socket.terminate();
    });
    socket.once('error', () => resolve(null));
  });
}

describe('a verifier that gets SIGTERM', () => {
  it('lets the exam that runs come to its verdict, takes nothing new meanwhile, and ends with 0', async () => {
    verifier = await VerifierProcess.start();
    const agent = new RawAgent(verifier.url);
    expect((await agent.enrol()).status).toBe(201);
    const socket = await agent.connect();
    const exam = await new HonestSteps(socket).toGo();
    verifier.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${verifier.url}/readyz`)).status).toBe(503);
    expect(await refusedUpgrade(verifier.url)).toBe(503);
    expect(socket.closed).toBeNull();
    await exam.compute();
    socket.send(exam.commit());
    await exam.toOpen();
    socket.send(exam.reveal());
    expect(await exam.verdict()).toMatchObject({ outcome: 'passed' });
    expect(await socket.untilClosed()).toEqual({ code: 1001, reason: 'session.ended' });
    expect(await verifier.exited()).toBe(0);
  });

  it('ends soon where nothing runs, though devices are connected', async () => {
    verifier = await VerifierProcess.start();
    const agent = new RawAgent(verifier.url);
    await agent.enrol();
    const socket = await agent.connect();
    const exam = await new HonestSteps(socket).toArmed();
    socket.send(exam.decline());
    await exam.verdict();
    verifier.signal('SIGTERM');
    await socket.untilClosed();
    expect(await verifier.exited()).toBe(0);
  });
});
