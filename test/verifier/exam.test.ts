import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromBase64, toBase64 } from '../../protocol/bytes.js';
import { limits } from '../../protocol/limits.js';
import { HonestSteps, slowCatalogue } from './testing/honest.js';
import { RawAgent, type RawSocket } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

let verifier: Awaited<ReturnType<typeof openVerifier>>;
beforeAll(async () => {
  verifier = await openVerifier({ catalogue: slowCatalogue, revealMs: 60_000 });
});
afterAll(() => verifier.close());
// One that stays and doesn't answer would hold up the cohort of the next test.
const sockets: RawSocket[] = [];
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});

async function enter(): Promise<{ agent: RawAgent; socket: RawSocket; steps: HonestSteps }> {
  const agent = new RawAgent(verifier.url);
  await agent.enrol();
  const socket = await agent.connect();
  sockets.push(socket);
  return { agent, socket, steps: new HonestSteps(socket) };
}

const documentOf = async (agent: RawAgent) =>
  (await agent.request('GET', `/v1/devices/${agent.device}`)).body;

describe('an honest device', () => {
  it('goes from enrolment to verified, told every check', async () => {
    const { agent, socket, steps } = await enter();
    await steps.toReveal();
    socket.send(steps.reveal());
    const verdict = await steps.verdict();
    expect(verdict).toMatchObject({ outcome: 'passed', class: 'cpu', reasons: ['exam.passed'] });
    expect(verdict.checks.map(({ check, verdict: of }) => [check, of])).toEqual([
      ['compute.proof', 'pass'],
      ['compute.rate', 'pass'],
      ['compute.ceiling', 'pass'],
    ]);
    await expect.poll(async () => (await documentOf(agent)).status).toBe('verified');
    const { body } = await agent.request('GET', `/v1/devices/${agent.device}/explain`);
    expect((body.history as { summary: string }[]).map(({ summary }) => summary)).toEqual([
      'examining → verified',
      'card 0: passed',
      'line measured',
      'enrolled → examining',
      'enrolled with 1 card(s)',
    ]);
  });

  it('is not told when the next routine exam comes', async () => {
    const { socket, steps } = await enter();
    await steps.toReveal();
    socket.send(steps.reveal());
    let status = await socket.next('status');
    while (status.status !== 'verified') status = await socket.next('status');
    expect(status.nextExamInMs).toBe(24 * 3600_000);
  });

  it('is asked for the same pages again after a break of the line, and passes', async () => {
    const { agent, socket, steps } = await enter();
    await steps.toReveal();
    socket.socket.terminate();
    const again = await agent.connect();
    const open = await again.next('exam.open');
    expect(open.exam).toBe(steps.exam);
    expect(open.openings).toEqual(steps.open.openings);
    again.send(steps.reveal());
    expect(await again.next('exam.verdict')).toMatchObject({ outcome: 'passed' });
  });

  it('gets a new seed when the line breaks before its commit, and no mark', async () => {
    const { agent, socket, steps } = await enter();
    await steps.toGo();
    socket.socket.terminate();
    const again = await agent.connect();
    const second = await new HonestSteps(again).toReveal();
    expect(second.exam).toBe(steps.exam);
    expect(second.arm.attempt).toBe(2);
    expect(second.seed).not.toBe(steps.seed);
    again.send(second.reveal());
    expect(await again.next('exam.verdict')).toMatchObject({ outcome: 'passed' });
    expect((await documentOf(agent)).scores).toMatchObject({ integrity: 1 });
  });

  it('that claims other hardware is examined anew', async () => {
    const { agent, socket, steps } = await enter();
    await steps.toReveal();
    socket.send(steps.reveal());
    await expect.poll(async () => (await documentOf(agent)).status).toBe('verified');
    await agent.enrol([{ kind: 'cpu', model: 'Another', memoryBytes: 1, engine: 'onnx-cpu' }]);
    expect(await documentOf(agent)).toMatchObject({
      status: 'examining',
      reasons: [{ code: 'device.hardware-changed' }],
    });
    const second = await steps.toReveal();
    socket.send(second.reveal());
    await expect.poll(async () => (await documentOf(agent)).status).toBe('verified');
  });
});

describe('other hardware in the middle of an exam', () => {
  it('decides nothing by what was examined, and is no way out of it', async () => {
    const { agent, steps } = await enter();
    await steps.toGo();
    await agent.enrol([{ kind: 'cpu', model: 'Another', memoryBytes: 1, engine: 'onnx-cpu' }]);
    expect(await steps.verdict()).toMatchObject({ outcome: 'failed', reasons: ['exam.gave-up'] });
    const document = await documentOf(agent);
    expect(document.status).toBe('examining');
    expect((document.scores as { integrity: number }).integrity).toBeLessThan(1);
  });

  it('does not let a pass of the old speak for the new', async () => {
    const { agent, socket, steps } = await enter();
    await steps.toReveal();
    socket.send(steps.reveal());
    // The answer is being checked when the claim changes.
    await agent.enrol([{ kind: 'cpu', model: 'Another', memoryBytes: 1, engine: 'onnx-cpu' }]);
    await steps.verdict();
    const { status, cards } = (await documentOf(agent)) as { status: string; cards: { class: unknown }[] };
    expect(status).toBe('examining');
    expect(cards[0]?.class).toBeNull();
  });
});

describe('bad input on the socket', () => {
  it('is refused by its own code, changes nothing, and the exam goes on to a pass', async () => {
    const { agent, socket, steps } = await enter();
    await steps.toGo();
    await steps.compute();
    const foreign = `ex_${'0'.repeat(32)}`;
    const cases: [unknown, string][] = [
      ['{"type":', 'message.malformed'],
      ['null', 'message.malformed'],
      [Buffer.from([1, 2, 3]), 'network.not-asked'],
      [{ type: 'exam.win' }, 'message.unknown'],
      [{ type: '__proto__' }, 'message.unknown'],
      [{ ...steps.commit(), extra: 1 }, 'message.invalid'],
      [{ ...steps.commit(), roots: 'none' }, 'message.invalid'],
      [{ ...steps.commit(), exam: foreign }, 'exam.unknown'],
      [{ ...steps.commit(), card: 7 }, 'exam.unknown-card'],
      [{ ...steps.commit(), seed: '00'.repeat(32) }, 'exam.seed-unknown'],
      [{ ...steps.commit(), roots: [] }, 'exam.wrong-roots'],
      [steps.ready(), 'exam.out-of-order'],
      [{ ...steps.commit(), part: 'memory' }, 'exam.out-of-order'],
      [{ ...steps.commit(), part: 'network' }, 'message.invalid'],
      [
        { type: 'network.received', exam: steps.exam, bytes: 1, sha256: '00'.repeat(32) },
        'network.not-asked',
      ],
      [{ type: 'exam.reveal', exam: steps.exam, card: 0, part: 'compute', reveals: [] }, 'exam.out-of-order'],
    ];
    for (const [message, code] of cases) expect(await socket.refusal(message)).toBe(code);
    socket.send(steps.commit());
    await steps.toOpen();
    expect(await socket.refusal(steps.commit())).toBe('exam.second-commit');
    expect(socket.closed).toBeNull();
    socket.send(steps.reveal());
    expect(await steps.verdict()).toMatchObject({ outcome: 'passed' });
    expect(await socket.refusal(steps.reveal())).toBe('exam.unknown');
    expect((await documentOf(agent)).scores).toMatchObject({ integrity: 1 });
  });

  it('closes the connection for a frame that is too large', async () => {
    const { socket } = await enter();
    expect(await socket.refusal('x'.repeat(limits.frameBytes + 1))).toBe('message.too-large');
    expect(await socket.untilClosed()).toEqual({ code: 1009, reason: 'message.too-large' });
    const { socket: huge } = await enter();
    huge.send('x'.repeat(4 * limits.frameBytes));
    expect((await huge.untilClosed()).code).toBe(1009);
  });

  it('closes the connection for a flood of messages', async () => {
    const { socket } = await enter();
    for (let i = 0; i < 2 * limits.messagesPerSecond; i += 1) socket.send('{}');
    expect(await socket.untilClosed()).toEqual({ code: 1008, reason: 'message.too-many' });
  });

  it('closes the older of two connections of one device', async () => {
    const { agent, socket } = await enter();
    const newer = await agent.connect();
    expect((await socket.next('error')).code).toBe('session.superseded');
    await socket.untilClosed();
    const steps = await new HonestSteps(newer).toReveal();
    newer.send(steps.reveal());
    expect(await newer.next('exam.verdict')).toMatchObject({ outcome: 'passed' });
  });
});

describe('a wrong proof', () => {
  const refused: [string, (steps: HonestSteps) => unknown, string, string][] = [
    [
      'leaf of the wrong length',
      (steps) =>
        tamper(steps, (reveal) => ({
          ...reveal,
          leaf: toBase64((fromBase64(reveal.leaf) as Uint8Array).subarray(1)),
        })),
      'proof.wrong-leaf-length',
      'rejected',
    ],
    [
      'path that does not reach the root',
      (steps) =>
        tamper(steps, (reveal) => ({
          ...reveal,
          path: toBase64(concat(fromBase64(reveal.path) as Uint8Array, new Uint8Array(32))),
        })),
      'proof.wrong-path',
      'rejected',
    ],
    [
      'leaf that is not what was committed',
      (steps) => tamper(steps, (reveal) => ({ ...reveal, leaf: toBase64(new Uint8Array(1024)) })),
      'proof.wrong-path',
      'rejected',
    ],
    ['empty list', (steps) => ({ ...steps.reveal(), reveals: [] }), 'proof.wrong-openings', 'rejected'],
  ];
  it.each(refused)('with a %s is rejected with what to do', async (_name, reveal, code, status) => {
    const { agent, socket, steps } = await enter();
    await steps.toReveal();
    socket.send(reveal(steps));
    const verdict = await steps.verdict();
    expect(verdict).toMatchObject({ outcome: 'failed', reasons: [code], class: null });
    expect(verdict.checks[0]).toMatchObject({
      check: 'compute.proof',
      verdict: 'fail',
      code,
      fix: expect.any(String),
    });
    await expect.poll(async () => (await documentOf(agent)).status).toBe(status);
  });
});

type Reveal = ReturnType<HonestSteps['reveal']>['reveals'][number];
function tamper(steps: HonestSteps, change: (reveal: Reveal) => Reveal): unknown {
  const message = steps.reveal();
  return { ...message, reveals: message.reveals.map((reveal, i) => (i === 3 ? change(reveal) : reveal)) };
}
