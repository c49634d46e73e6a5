import { expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { TableFact } from '../../scoring/facts/timelock.js';
import { deviceId, exam, memoryPart } from '../../scoring/testing/facts.js';
import type { ExamHistory } from '../devices/histories.js';
import { MemoryState } from '../state/memory.js';
import { Saved } from '../state/saved.js';
import { Residents, type SavedTables } from './residents.js';

const device = deviceId('rig');
const first = `ex_${'1'.repeat(32)}`;
const second = `ex_${'2'.repeat(32)}`;
const seedOf = (name: string) => deviceId(name);

const passed = (card: number, at: number, of: string, changes: Partial<ExamFact> = {}) =>
  exam(device, at, {
    exam: of,
    card,
    memory: { ...memoryPart, tableSeed: seedOf(`${of}/${card}`) },
    ...changes,
  });
const failed = (card: number, at: number, of: string) =>
  passed(card, at, of, { outcome: 'failed', reasons: ['bandwidth.below-class'] });

const table = (card: number, at: number): TableFact => ({
  kind: 'table.built',
  id: `fa_${'0'.repeat(32)}`,
  at,
  device,
  card,
  purpose: 'ballast',
  lease: `le_${'0'.repeat(32)}`,
  engine: 'webgpu',
  shape: memoryPart.shape,
  tableSeed: seedOf(`table ${card}`),
  buildMs: 5,
});

function restored(
  latest: readonly ExamFact[],
  tables: readonly TableFact[] = [],
  state: MemoryState | null = null,
) {
  const byCard = new Map(latest.map((fact) => [fact.card, fact]));
  const history: ExamHistory = { outcomes: [], latest: byCard, judged: byCard, network: null };
  const reads = { count: 0, fails: false };
  const residents = new Residents({
    history: async () => {
      reads.count += 1;
      if (reads.fails) throw new Error('away');
      return history;
    },
    tables: async () => tables,
    clock: systemClock,
    ...(state !== null && {
      saved: new Saved<SavedTables>({ state, name: 'tables', ttlMs: 60_000, log: { error: () => {} } }),
    }),
  });
  return { residents, reads };
}

it('restores the tables of the last exam, with the doubt that the exam after it was ours to break off', async () => {
  const { residents, reads } = restored([
    passed(1, 20, second),
    passed(0, 20, second),
    failed(2, 20, second),
  ]);
  expect(await residents.of(device)).toMatchObject([
    {
      card: 0,
      tableSeed: seedOf(`${second}/0`),
      purpose: 'whole',
      engine: 'webgpu',
      since: 20,
      bandwidthGBps: 33.5,
    },
    { card: 1 },
  ]);
  expect(residents.doubt(device, 0)).toBe('ours');
  residents.shown(device, 0, seedOf('another'));
  expect(residents.doubt(device, 0)).toBe('ours');
  residents.shown(device, 0, seedOf(`${second}/0`));
  expect([residents.doubt(device, 0), residents.doubt(device, 1)]).toEqual([null, 'ours']);
  await residents.of(device);
  expect(reads.count).toBe(1);
});

it('restores what was ordered since the exam, and nothing of before it', async () => {
  const { residents } = restored(
    [passed(0, 20, second), passed(1, 20, second)],
    [table(0, 30), table(1, 10)],
  );
  expect(await residents.of(device)).toMatchObject([
    { card: 0, tableSeed: seedOf('table 0'), purpose: 'ballast', bandwidthGBps: 33.5 },
    { card: 1, tableSeed: seedOf(`${second}/1`), purpose: 'whole' },
  ]);
});

it('knows no table of a card that the last exam was not about', async () => {
  const { residents } = restored([passed(0, 20, second), passed(7, 10, first)], [table(7, 30)]);
  expect((await residents.of(device)).map(({ card }) => card)).toEqual([0]);
});

it('does not let the record undo what happened meanwhile', async () => {
  const { residents } = restored([passed(0, 20, second), passed(1, 20, second)]);
  residents.drop(device, 0);
  expect((await residents.of(device)).map(({ card }) => card)).toEqual([1]);
});

it('holds after an exam exactly the tables of the cards that passed', async () => {
  const { residents } = restored([passed(0, 20, first), passed(1, 20, first)]);
  await residents.of(device);
  residents.concluded(device, [failed(0, 30, second), passed(1, 30, second)], false);
  expect(await residents.of(device)).toMatchObject([{ card: 1, tableSeed: seedOf(`${second}/1`) }]);
  // It was not there to hear that it passed, and may have given its table up.
  expect(residents.doubt(device, 1)).toBe('line');
  residents.concluded(device, [passed(0, 40, first)], true);
  expect(residents.doubt(device, 0)).toBeNull();
  expect(residents.get(device, 1)).toBeUndefined();
});

it('reads again where the record was away', async () => {
  const { residents, reads } = restored([passed(0, 20, second)]);
  reads.fails = true;
  await expect(residents.of(device)).rejects.toThrow('away');
  reads.fails = false;
  expect(await residents.of(device)).toHaveLength(1);
});

it('knows at another verifier what this one knew, and is no excuse for who moves', async () => {
  const state = new MemoryState(systemClock);
  const exams = [passed(0, 20, second), passed(1, 20, second)];
  const { residents: before } = restored(exams, [], state);
  const [table] = await before.of(device);
  if (table === undefined) throw new Error('no table');
  before.shown(device, 0, table.tableSeed);
  before.drop(device, 1);
  await before.leave(device);
  expect(before.get(device, 0)).toBeUndefined();
  const { residents: after } = restored(exams, [], state);
  expect(await after.of(device)).toEqual([table]);
  expect(after.doubt(device, 0)).toBeNull();
});

it('takes the record where it is newer than what another verifier left', async () => {
  const state = new MemoryState(systemClock);
  const { residents: before } = restored([passed(0, 20, first)], [], state);
  await before.of(device);
  before.drop(device, 0);
  await before.leave(device);
  const later = Date.now() + 1_000;
  const { residents: after } = restored([passed(0, later, second)], [], state);
  expect(await after.of(device)).toMatchObject([{ card: 0, since: later }]);
  expect(after.doubt(device, 0)).toBe('ours');
});
