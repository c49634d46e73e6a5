import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { proveCompute } from '../../challenges/compute/prover.js';
import { createReferenceEngine } from '../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../challenges/engines/reference-table.js';
import { buildTable, proveWalk } from '../../challenges/memory/prover.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import {
  commit,
  exam,
  memory,
  openRoom,
  type Room,
  ready,
  reveal,
  shape,
  toGo,
} from './testing/room-hall.js';

/** On a busy machine soon takes a while. */
const soon = { interval: 1, timeout: 60_000 };

/** A card that has shown its pages, and is told to build. */
async function toTable(options?: Parameters<typeof openRoom>[0]): Promise<Room> {
  const hall = toGo({ table: memory, random: (length) => new Uint8Array(randomBytes(length)), ...options });
  const { seed: issued } = hall.last('exam.go').cards[0] ?? { seed: '' };
  const prepared = await createReferenceEngine().prepare(shape);
  const computed = await proveCompute(prepared, shape, fromHex(issued));
  hall.receive({ ...commit(), seed: issued, roots: computed.roots.map(toHex) });
  const open = hall.last('exam.open');
  const openings = open.part === 'compute' ? open.openings : [];
  hall.receive({ type: 'exam.reveal', exam, card: 0, part: 'compute', reveals: computed.reveal(openings) });
  await vi.waitFor(() => expect(hall.room.part).toBe('memory'), soon);
  hall.room.arm();
  return hall;
}

/** The device's side of a walk: builds what was armed, and walks what has gone. */
async function walk(hall: Room) {
  const armed = hall.last('exam.arm').cards[0];
  if (armed?.part !== 'memory') throw new Error('no table was ordered');
  const prepared = await createReferenceTableEngine().prepare(armed.shape);
  await buildTable(prepared, armed.shape, fromHex(armed.tableSeed));
  const { seed: walkSeed = '' } = hall.last('exam.go').cards[0] ?? {};
  const walked = await proveWalk(prepared, armed.shape, fromHex(walkSeed));
  const about = { exam, card: 0, part: 'memory' };
  return {
    commit: { type: 'exam.commit', ...about, seed: walkSeed, roots: walked.roots.map(toHex) },
    reveal: () => {
      const open = hall.last('exam.open');
      const openings = open.part === 'memory' ? open.openings : [];
      return { type: 'exam.reveal', ...about, reveals: walked.reveal(openings) };
    },
  };
}

describe('the memory part in a room', () => {
  it('is asked by the same steps, with seeds of its own, and passes an honest walk', async () => {
    const hall = await toTable();
    const arm = hall.last('exam.arm');
    expect(arm).toMatchObject({
      attempt: 1,
      cards: [{ card: 0, part: 'memory', shape: memory.shape, withinMs: 600_000 }],
    });
    expect(hall.receive(ready(0, 'memory'))).toBeNull();
    await Promise.resolve();
    hall.room.go();
    expect(hall.last('exam.go').cards).toMatchObject([{ card: 0, part: 'memory', withinMs: 10_000 }]);
    const walked = await walk(hall);
    const seeds = hall.sent.flatMap((message) =>
      message.type === 'exam.go' || message.type === 'exam.arm'
        ? message.cards.flatMap((card) =>
            'tableSeed' in card ? card.tableSeed : 'seed' in card ? card.seed : [],
          )
        : [],
    );
    expect(new Set(seeds).size).toBe(3);
    expect(hall.receive(walked.commit)).toBeNull();
    expect(hall.last('exam.open')).toMatchObject({ part: 'memory' });
    expect(hall.receive(walked.reveal())).toBeNull();
    await vi.waitFor(() => expect(hall.results()).toBeDefined(), soon);
    expect(hall.results()?.get(0)).toMatchObject({
      compute: { result: { kind: 'checked', code: 'proof.complete' } },
      memory: { buildMs: expect.any(Number), result: { right: 4, code: 'proof.complete' } },
    });
  });

  it('ends in a wrong walk where the commit is of another table', async () => {
    const hall = await toTable();
    hall.receive(ready(0, 'memory'));
    await Promise.resolve();
    hall.room.go();
    const armed = hall.last('exam.arm').cards[0];
    if (armed?.part === 'memory') armed.tableSeed = '00'.repeat(32);
    const walked = await walk(hall);
    hall.receive(walked.commit);
    hall.receive(walked.reveal());
    await vi.waitFor(() => expect(hall.results()).toBeDefined(), soon);
    expect(hall.results()?.get(0)?.memory?.result).toMatchObject({ code: 'proof.wrong-walk' });
  });

  it('begins when every card of the device has ended its compute part', async () => {
    const hall = openRoom({ cards: [0, 1], table: memory });
    hall.room.arm();
    hall.receive(ready(0));
    hall.receive(ready(1));
    hall.room.go();
    hall.receive(commit());
    hall.receive({ ...commit(), card: 1 });
    hall.receive(reveal(hall));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hall.room.part).toBe('compute');
    expect(hall.room.waits).toBe(false);
    hall.room.close();
  });

  it('gives a table another seed when it is ordered again', async () => {
    const hall = await toTable();
    const first = hall.last('exam.arm').cards[0];
    hall.room.disconnected();
    expect(hall.room.waits).toBe(true);
    hall.room.arm();
    const [second] = hall.last('exam.arm').cards;
    expect(hall.last('exam.arm').attempt).toBe(2);
    expect(second?.part === 'memory' && first?.part === 'memory' && second.shape).toEqual(memory.shape);
    expect(second).not.toEqual(first);
    hall.room.close();
  });

  it('walks not while megabytes are on the line, and the line is measured once', async () => {
    let quiet = () => {};
    let measured = 0;
    const hall = await toTable({
      measureLine: () => {
        measured += 1;
        return new Promise<void>((resolve) => {
          quiet = resolve;
        });
      },
    });
    expect(measured).toBe(1);
    hall.receive(ready(0, 'memory'));
    expect(hall.room.arming).toBe(true);
    const before = hall.moves();
    quiet();
    await Promise.resolve();
    await Promise.resolve();
    expect(hall.room.arming).toBe(false);
    // Whoever holds cohorts was told to look again.
    expect(hall.moves()).toBeGreaterThan(before);
    hall.room.disconnected();
    hall.room.arm();
    expect(measured).toBe(1);
    hall.room.close();
  });

  it('measures the line of a device without tables at the end, and waits for it', async () => {
    let quiet = () => {};
    const hall = toGo({
      measureLine: () =>
        new Promise<void>((resolve) => {
          quiet = resolve;
        }),
    });
    hall.receive({ type: 'exam.decline', exam, card: 0, part: 'compute', message: 'x' });
    expect(hall.room.waits).toBe(true);
    hall.room.hardwareChanged();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(hall.room.part).toBeNull();
    expect(hall.results()).toBeUndefined();
    quiet();
    await vi.waitFor(() => expect(hall.results()).toBeDefined(), soon);
  });

  it('stays unanswered for a card that always declines to build, whatever else it shows', async () => {
    const hall = await toTable();
    hall.receive({ type: 'exam.decline', exam, card: 0, part: 'memory', message: 'out of memory' });
    await vi.waitFor(() => expect(hall.results()).toBeDefined(), soon);
    expect(hall.results()?.get(0)?.memory?.result).toMatchObject({
      outcome: 'unanswered',
      reason: 'exam.declined',
    });
  });
});
