import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { referenceRecompute } from '../../challenges/engines/reference.js';
import { checkMemoryReveal } from '../../challenges/memory/verifier.js';
import { replayChain } from '../../challenges/timelock/replay.js';
import { fromBase64, fromHex, toHex } from '../../protocol/bytes.js';
import type { OfflineMessage } from '../../protocol/messages/offline.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import { identityOf } from '../identity.js';
import { chainOf, linkMs, perSecond, trialOf } from '../testing/outage-verifier.js';
import { ReferenceProver, tinyShape, tinyTable } from '../testing/reference-prover.js';
import { ScriptedSquarer, scriptedSolution } from '../testing/scripted-squarer.js';
import { TestVerifier } from '../testing/test-verifier.js';
import type { SupplierEvent } from './events.js';
import { runSupplier } from './supplier.js';

const tableSeed = '0c'.repeat(32);
const build: VerifierMessage = {
  type: 'table.build',
  card: 0,
  purpose: 'ballast',
  shape: tinyTable,
  tableSeed,
  withinMs: 60_000,
};
const chain = chainOf('a', [[0, tableSeed]]);
const linkQuickly = (linkMs / 5) * (perSecond / 1000);

let verifier: TestVerifier;
let url: URL;
let stop: AbortController;
beforeEach(async () => {
  verifier = new TestVerifier();
  url = await verifier.listen();
  stop = new AbortController();
});
afterEach(async () => {
  vi.useRealTimers();
  stop.abort();
  await verifier.close();
});

/** Links take 5 ms where the rate is no other. */
function start({ without = false, rate = 1000 * linkQuickly } = {}) {
  const squarer = new ScriptedSquarer(rate);
  const events: SupplierEvent[] = [];
  const claim = { kind: 'cpu', model: 'Test', memoryBytes: 1, engine: 'reference' } as const;
  const ended = runSupplier({
    verifier: url,
    identity: identityOf(new Uint8Array(32).fill(7)),
    name: 'test',
    cards: [{ claim, prover: new ReferenceProver() }],
    ...(!without && { squarer }),
    signal: stop.signal,
    events: (event) => events.push(event),
    backoff: { baseMs: 2, capMs: 20 },
  });
  const links = () => events.filter(({ type }) => type === 'offline.link').length;
  return { squarer, events, ended, links };
}

const connected = (count: number) =>
  expect.poll(() => verifier.connections.length).toBeGreaterThanOrEqual(count);
const connection = (at: number) => {
  const seen = verifier.connections[at];
  if (!seen) throw new Error(`there is no connection ${at}`);
  return seen;
};
async function said<T extends OfflineMessage['type']>(at: number, type: T) {
  const find = () => connection(at).messages.find((message) => message.type === type);
  await expect.poll(find).toBeDefined();
  return find() as Extract<OfflineMessage, { type: T }>;
}
/** The line dies, and can't be made again until `back`. */
function cut(at: number): { back(): void } {
  verifier.refusals.set('GET /v1/agent', { status: 503, code: 'service.busy' });
  connection(at).socket.terminate();
  return { back: () => verifier.refusals.clear() };
}

describe('a supplier that loses its line', () => {
  it('solves its chain with walks on its table, and shows them on the next connection', async () => {
    const { squarer, links } = start();
    await connected(1);
    connection(0).send(build);
    await expect.poll(() => connection(0).messages.map(({ type }) => type)).toEqual(['table.ready']);
    connection(0).send(chain);
    connection(0).send(trialOf('a'));
    await said(0, 'offline.solved');
    expect(squarer.calls).toHaveLength(1);
    const { back } = cut(0);
    await expect.poll(links).toBeGreaterThanOrEqual(4);
    back();
    await connected(2);
    const report = await said(1, 'offline.report');
    const squared = squarer.calls.length;
    expect(squarer.running).toBe(0);

    const openings = [
      { link: report.links, walker: 99 },
      { link: 1, walker: 0 },
    ];
    connection(1).send({ type: 'offline.open', seed: chain.seed, card: 0, openings, withinMs: 60_000 });
    const reveal = await said(1, 'offline.reveal');
    const bytes = fromBase64(reveal.roots) as Uint8Array;
    const roots = Array.from({ length: report.links }, (_, at) => bytes.subarray(32 * at, 32 * at + 32));
    expect(bytes).toHaveLength(32 * report.links);
    const solved = { seed: fromHex(chain.seed), cards: [0], links: report.links };
    const replayed = replayChain(scriptedSolution, solved, new Map([[0, roots]]));
    expect(report).toEqual({
      type: 'offline.report',
      token: chain.token,
      links: report.links,
      key: toHex(replayed.key),
      cards: [{ card: 0, tag: toHex(replayed.tags.get(0) as Uint8Array) }],
    });
    for (const [at, { link, walker }] of openings.entries()) {
      const { leaf, path } = reveal.reveals[at] ?? { leaf: '', path: '' };
      const proof = {
        shape: { ...tinyTable, rounds: 1 },
        tableSeed: fromHex(tableSeed),
        walkSeed: replayed.walkSeed(link, 0),
        roots: [roots[link - 1] as Uint8Array],
        openings: [{ round: 0, walker }],
        reveals: [{ round: 0, walker, leaf, path }],
      };
      expect(await checkMemoryReveal(proof, referenceRecompute)).toEqual({
        right: 1,
        code: 'proof.complete',
      });
    }
    // Online again, it squares nothing.
    expect(squarer.calls).toHaveLength(squared);
  });

  it('reports again on the connection after one that died with the report', async () => {
    const { links } = start();
    await connected(1);
    connection(0).send(chain);
    connection(0).send(trialOf('a'));
    await said(0, 'offline.solved');
    const { back } = cut(0);
    await expect.poll(links).toBeGreaterThanOrEqual(2);
    verifier.onConnection = ({ socket }) => socket.terminate();
    back();
    await connected(3);
    verifier.onConnection = () => {};
    const last = () =>
      verifier.connections.findIndex(
        ({ messages }) => messages.length > 0 && messages[0]?.type === 'offline.report',
      );
    await expect.poll(last).toBeGreaterThan(0);
    const verdict = {
      type: 'offline.verdict',
      seed: chain.seed,
      outageMs: 1,
      code: 'offline.credited',
      cards: [],
    };
    const at = last();
    connection(at).send(verdict);
    connection(at).send(trialOf('b'));
    await said(at, 'offline.solved');
    connection(at).socket.terminate();
    await connected(at + 2);
    connection(at + 1).send(trialOf('c'));
    await said(at + 1, 'offline.solved');
    expect(connection(at + 1).messages.map(({ type }) => type)).toEqual(['offline.solved']);
  });

  it('does not report again what the verifier knows nothing of', async () => {
    const { links } = start();
    await connected(1);
    connection(0).send(chain);
    connection(0).send(trialOf('a'));
    await said(0, 'offline.solved');
    const { back } = cut(0);
    await expect.poll(links).toBeGreaterThanOrEqual(2);
    back();
    await connected(2);
    await said(1, 'offline.report');
    const refusal = { type: 'error', code: 'offline.token-unknown', title: 't', detail: 'd', fix: 'f' };
    connection(1).send(refusal);
    connection(1).send(trialOf('b'));
    await said(1, 'offline.solved');
    connection(1).socket.terminate();
    await connected(3);
    connection(2).send(trialOf('c'));
    await said(2, 'offline.solved');
    expect(connection(2).messages.map(({ type }) => type)).toEqual(['offline.solved']);
  });

  it('solves nothing where another agent with its key has the line', async () => {
    const { squarer, events } = start();
    await connected(1);
    connection(0).send(chain);
    connection(0).send({ type: 'error', code: 'session.superseded', title: 't', detail: 'd', fix: 'f' });
    connection(0).socket.close(1008, 'session.superseded');
    await expect.poll(() => events.at(-1)?.type).toBe('connection.waiting');
    expect(squarer.calls).toEqual([]);
  });

  it('stops solving when it is told to end', async () => {
    const { squarer, links, ended } = start();
    await connected(1);
    connection(0).send(chain);
    connection(0).send(trialOf('a'));
    await said(0, 'offline.solved');
    cut(0);
    await expect.poll(links).toBeGreaterThanOrEqual(1);
    stop.abort();
    await ended;
    expect(squarer.running).toBe(0);
  });
});

it('a supplier without a squarer goes on without chains and trials', async () => {
  const { squarer, events } = start({ without: true });
  await connected(1);
  connection(0).send(chain);
  connection(0).send(trialOf('a'));
  const cards = [{ card: 0, part: 'compute', withinMs: 5000, shape: tinyShape }] as const;
  connection(0).send({ type: 'exam.arm', exam: `ex_${'1'.repeat(32)}`, attempt: 1, cards });
  await expect.poll(() => connection(0).messages.map(({ type }) => type)).toEqual(['exam.ready']);
  connection(0).socket.terminate();
  await connected(2);
  expect(squarer.calls).toEqual([]);
  expect(events.filter(({ type }) => type.startsWith('offline.'))).toEqual([]);
});

it('a supplier whose line is silent for 15 s solves until something comes again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const { squarer, events } = start({ rate: perSecond });
  await connected(1);
  const { socket } = connection(0);
  connection(0).send(chain);
  connection(0).send(trialOf('a'));
  await expect.poll(() => squarer.calls.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  await said(0, 'offline.solved');
  socket.pause();
  // Every poll above has moved the clock a little.
  await vi.advanceTimersByTimeAsync(13_000);
  expect(squarer.calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2000);
  expect(squarer.calls).toHaveLength(2);
  socket.resume();
  await expect.poll(() => squarer.calls.map(({ ended }) => ended)).toEqual(['solved', 'stopped']);
  expect(verifier.connections).toHaveLength(1);
  expect(events.at(-1)?.type).toBe('offline.began');
});
