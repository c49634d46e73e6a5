import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { DeviceDocument } from '../../verifier/documents/schemas.js';
import { HonestSteps, HonestTable, slowCatalogue, toyClaim } from './testing/honest.js';
import { RawAgent, type RawSocket } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

let verifier: Awaited<ReturnType<typeof openVerifier>>;
beforeAll(async () => {
  verifier = await openVerifier({ catalogue: slowCatalogue, revealMs: 60_000, cohortMs: 300 });
});
afterAll(() => verifier.close());
// One that stays and doesn't answer would hold up the cohort of the next test.
const sockets: RawSocket[] = [];
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});

async function enter(claim: CardClaim = toyClaim) {
  const agent = new RawAgent(verifier.url);
  await agent.enrol([claim]);
  return { agent, ...(await connect(agent)) };
}

async function connect(agent: RawAgent) {
  const socket = await agent.connect();
  sockets.push(socket);
  return { socket, steps: new HonestSteps(socket), table: new HonestTable(socket) };
}

const documentOf = async (agent: RawAgent): Promise<DeviceDocument> =>
  (await agent.request('GET', `/v1/devices/${agent.device}`)).body as unknown as DeviceDocument;

describe('an honest GPU', () => {
  it('shows its pages, then its memory, and is confirmed in its class', async () => {
    const { agent, socket, steps, table } = await enter();
    await steps.whole();
    await table.whole();
    expect(table.exam).toBe(steps.exam);
    expect(table.armed.tableSeed).not.toBe(steps.seed);
    const verdict = await table.verdict();
    expect(verdict).toMatchObject({ outcome: 'passed', class: 'toy', reasons: ['exam.passed'] });
    expect(verdict.checks.map(({ check, verdict: of }) => [check, of])).toEqual([
      ['compute.proof', 'pass'],
      ['compute.rate', 'pass'],
      ['compute.ceiling', 'pass'],
      ['memory.proof', 'pass'],
      ['memory.bandwidth', 'pass'],
      ['memory.ceiling', 'pass'],
      ['memory.build', 'not judged'],
    ]);
    await expect.poll(async () => (await documentOf(agent)).status).toBe('verified');
    const { cards, network } = await documentOf(agent);
    expect(cards).toMatchObject([
      {
        class: 'toy',
        eligible: true,
        memoryEngine: 'reference',
        lastExam: {
          memory: {
            engine: 'reference',
            tableBytes: expect.any(Number),
            buildMs: expect.any(Number),
            elapsedMs: expect.any(Number),
            bandwidthGBps: expect.any(Number),
          },
        },
      },
    ]);
    // As much as this verifier was told to transfer.
    expect(await socket.next('network.download')).toMatchObject({ bytes: 64 * 1024 });
    expect(network).toMatchObject({
      roundTripMinMs: expect.any(Number),
      downloadMbps: expect.any(Number),
      uploadMbps: expect.any(Number),
    });
  });

  it('gets another table and no mark when its line breaks before the walk', async () => {
    const { agent, socket, steps, table } = await enter();
    await steps.whole();
    await table.toArmed();
    socket.socket.terminate();
    const again = await connect(agent);
    await again.table.whole();
    expect(again.table.exam).toBe(steps.exam);
    expect(again.table.arm.attempt).toBe(2);
    expect(again.table.armed.shape).toEqual(table.armed.shape);
    expect(again.table.armed.tableSeed).not.toBe(table.armed.tableSeed);
    expect(await again.table.verdict()).toMatchObject({ outcome: 'passed', class: 'toy' });
    expect((await documentOf(agent)).scores).toMatchObject({ integrity: 1 });
  });

  it('is unlisted while no engine can hold a table on it, and is examined again when one can', async () => {
    const { agent, steps, table } = await enter({ ...toyClaim, memoryEngine: null });
    await steps.whole();
    expect(await steps.verdict()).toMatchObject({
      outcome: 'passed',
      class: 'unlisted',
      reasons: ['exam.passed', 'memory.not-examined'],
    });
    await expect.poll(async () => (await documentOf(agent)).status).toBe('verified');
    expect((await documentOf(agent)).cards).toMatchObject([
      { eligible: false, reasons: [{ code: 'memory.not-examined' }], lastExam: { memory: null } },
    ]);
    const { network } = await documentOf(agent);
    await agent.enrol([toyClaim]);
    await steps.whole();
    await table.whole();
    expect(await table.verdict()).toMatchObject({ outcome: 'passed', class: 'toy' });
    // A line is measured once a day.
    expect((await documentOf(agent)).network).toEqual(network);
  });
});

describe('a GPU without the memory', () => {
  it('is never verified by declining to build, however often it is asked', async () => {
    const { agent, socket, steps, table } = await enter();
    for (let exam = 0; exam < 2; exam += 1) {
      await steps.whole();
      await table.toArmed();
      socket.send(table.decline());
      expect(await table.verdict()).toMatchObject({
        outcome: 'unanswered',
        reasons: ['exam.declined'],
        class: null,
      });
      expect(await documentOf(agent)).toMatchObject({
        status: 'examining',
        cards: [{ class: null, eligible: false }],
      });
    }
  });

  it('is quarantined for a walk on another table', async () => {
    const { agent, socket, steps, table } = await enter();
    await steps.whole();
    await table.toArmed();
    await table.build('00'.repeat(32));
    socket.send(table.ready());
    table.go = await socket.next('exam.go');
    await table.compute();
    socket.send(table.commit());
    await table.toOpen();
    socket.send(table.reveal());
    expect(await table.verdict()).toMatchObject({ outcome: 'failed', reasons: ['proof.wrong-walk'] });
    await expect.poll(async () => (await documentOf(agent)).status).toBe('quarantined');
  });

  it('is refused when it is ready on another engine than claimed', async () => {
    const { socket, steps } = await enter();
    await steps.whole();
    const other = await new HonestTable(socket, 'cpu').toArmed();
    expect(await socket.refusal(other.ready())).toBe('exam.wrong-engine');
  });
});

describe('two devices of one cohort', () => {
  it('build when both have shown their pages, and walk when both have built', async () => {
    const [a, b] = await Promise.all([enter(), enter()]);
    await Promise.all([a.steps.toReveal(), b.steps.toReveal()]);
    a.socket.send(a.steps.reveal());
    // Whatever the first one waits for, it is not its own proof.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(a.socket.received.some(({ type }) => type === 'exam.arm')).toBe(false);
    b.socket.send(b.steps.reveal());
    await Promise.all([a.table.toArmed(), b.table.toArmed()]);
    await Promise.all([a.table.build(), b.table.build()]);
    a.socket.send(a.table.ready());
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(a.socket.received.some(({ type }) => type === 'exam.go')).toBe(false);
    b.socket.send(b.table.ready());
    for (const { socket, table } of [a, b]) {
      table.go = await socket.next('exam.go');
      await table.compute();
      socket.send(table.commit());
      await table.toOpen();
      socket.send(table.reveal());
      expect(await table.verdict()).toMatchObject({ outcome: 'passed', class: 'toy' });
    }
  });
});
