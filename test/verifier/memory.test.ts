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
    const { agent, steps, table } = await enter();
    await steps.whole();
    await table.onAnotherTable();
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

describe('messages of the wrong part or step', () => {
  it('are refused, change nothing, and the exam goes on to a pass', async () => {
    const { agent, socket, steps, table } = await enter();
    await steps.toArmed();
    const early = { exam: steps.exam, card: 0, part: 'memory' };
    const seed = '00'.repeat(32);
    const refusedWith = async (code: string, ...messages: unknown[]) => {
      for (const message of messages) expect(await socket.refusal(message)).toBe(code);
    };
    await refusedWith(
      'exam.out-of-order',
      { type: 'exam.ready', ...early, engine: 'reference' },
      { type: 'exam.decline', ...early, message: 'too early' },
      { type: 'exam.commit', ...early, seed, roots: [] },
    );
    socket.send(steps.ready());
    steps.go = await socket.next('exam.go');
    await steps.compute();
    socket.send(steps.commit());
    await steps.toOpen();
    socket.send(steps.reveal());
    await table.toArmed();
    const { tableSeed } = table.armed;
    await table.build();
    await refusedWith('exam.out-of-order', steps.commit(), steps.ready(), steps.reveal(), steps.decline(), {
      type: 'exam.commit',
      ...early,
      seed: tableSeed,
      roots: [],
    });
    socket.send(table.ready());
    table.go = await socket.next('exam.go');
    await table.compute();
    const commit = table.commit();
    await refusedWith('exam.out-of-order', table.ready(), { ...commit, part: 'compute' });
    await refusedWith('exam.seed-unknown', { ...commit, seed: tableSeed }, { ...commit, seed: steps.seed });
    await refusedWith('exam.wrong-roots', { ...commit, roots: commit.roots.slice(1) });
    socket.send(commit);
    await table.toOpen();
    await refusedWith('exam.second-commit', commit);
    await refusedWith('exam.out-of-order', { ...steps.reveal(), reveals: [] });
    socket.send(table.reveal());
    expect(await table.verdict()).toMatchObject({ outcome: 'passed', class: 'toy' });
    expect((await documentOf(agent)).scores).toMatchObject({ integrity: 1 });
  });

  it('let nobody commit to the walk of a table that was ordered before', async () => {
    const { agent, socket, steps, table } = await enter();
    await steps.whole();
    await table.toGo();
    await table.compute();
    socket.socket.terminate();
    const again = await connect(agent);
    await again.table.toArmed();
    expect(await again.socket.refusal(table.commit())).toBe('exam.out-of-order');
    await again.table.build();
    again.socket.send(again.table.ready());
    again.table.go = await again.socket.next('exam.go');
    expect(await again.socket.refusal(table.commit())).toBe('exam.seed-unknown');
    await again.table.compute();
    again.socket.send(again.table.commit());
    await again.table.toOpen();
    again.socket.send(again.table.reveal());
    expect(await again.table.verdict()).toMatchObject({ outcome: 'passed', class: 'toy' });
  });
});

describe('a device that enrols anew in the middle of its memory part', () => {
  it('gets no other table by other numbers of its own', async () => {
    const { agent, socket, steps, table } = await enter();
    await steps.whole();
    await table.toArmed();
    const { shape, withinMs } = table.armed;
    socket.socket.terminate();
    await agent.enrol([{ ...toyClaim, tableGops: 1e-9, warmupGflops: 1e9 }]);
    const again = await connect(agent);
    await again.table.whole();
    expect(again.table.armed).toMatchObject({ shape, withinMs });
    expect(await again.table.verdict()).toMatchObject({ outcome: 'passed', class: 'toy' });
  });

  it('is not confirmed by what it had built, and not quit of a walk that it has begun', async () => {
    const { agent, steps, table } = await enter();
    await steps.whole();
    await table.toGo();
    await agent.enrol([{ ...toyClaim, memoryEngine: null }]);
    expect(await table.verdict()).toMatchObject({ outcome: 'failed', reasons: ['exam.gave-up'] });
    expect(await documentOf(agent)).toMatchObject({
      status: 'examining',
      cards: [{ class: null, eligible: false }],
    });
    expect((await documentOf(agent)).scores.integrity).toBeLessThan(1);
  });

  it('does not leave quarantine by claiming anything', async () => {
    const { agent, steps, table } = await enter();
    await steps.whole();
    await table.onAnotherTable();
    await table.verdict();
    const claims = [
      { ...toyClaim, memoryEngine: null },
      { ...toyClaim, memoryBytes: 0 },
      { ...toyClaim, model: 'Foo' },
      { ...toyClaim, kind: 'software' },
    ];
    for (const claim of claims) {
      expect((await agent.enrol([claim])).body).toMatchObject({ status: 'quarantined' });
    }
    const again = await connect(agent);
    expect(await again.socket.next('status')).toMatchObject({ status: 'quarantined', nextExamInMs: null });
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
