import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toHex } from '../../protocol/bytes.js';
import { firstTag, nextTag, noRoot } from '../../protocol/transcript.js';
import { Transcripts } from './transcripts.js';

const device = 'ab'.repeat(32);
const root = new Uint8Array(32).fill(7);

function open(recorded: Record<string, { index: number; tag: string }> = {}) {
  const now = { transcript: 'hr_1', fails: false, reads: 0 };
  const transcripts = new Transcripts({
    recorded: async (_, __, transcript) => {
      now.reads += 1;
      if (now.fails) throw new Error('away');
      return recorded[transcript] ?? null;
    },
    current: () => now.transcript,
  });
  return { transcripts, now };
}

it('begins each transcript at 1 with a tag that is its own', async () => {
  const { transcripts, now } = open();
  const entry = await transcripts.open(device, 3);
  expect(entry).toMatchObject({ transcript: 'hr_1', index: 1, previous: firstTag(device, 3, 'hr_1') });
  const tag = entry.close(root);
  expect(tag).toEqual(nextTag(entry.previous, 1, root));
  expect(await transcripts.head(device, 3)).toEqual({ transcript: 'hr_1', index: 1, tag });
  now.transcript = 'hr_2';
  expect(await transcripts.open(device, 3)).toMatchObject({
    index: 1,
    previous: firstTag(device, 3, 'hr_2'),
  });
});

it('goes on where the record ends, and reads that once', async () => {
  const tag = 'cd'.repeat(32);
  const { transcripts, now } = open({ hr_1: { index: 41, tag } });
  const entry = await transcripts.open(device, 0);
  expect([entry.index, toHex(entry.previous)]).toEqual([42, tag]);
  entry.close(root);
  (await transcripts.open(device, 0)).close(root);
  expect((await transcripts.head(device, 0)).index).toBe(43);
  expect(now.reads).toBe(1);
});

it('lets nobody in before the open entry has ended, and gives an abandoned place again', async () => {
  const { transcripts } = open();
  const first = await transcripts.open(device, 0);
  let entered = false;
  const waiting = transcripts.open(device, 0).then((entry) => {
    entered = true;
    return entry;
  });
  // Another card does not wait.
  await transcripts.open(device, 1);
  expect(entered).toBe(false);
  first.abandon();
  const second = await waiting;
  expect(second.index).toBe(1);
  second.close(root);
  second.abandon();
  expect((await transcripts.head(device, 0)).index).toBe(1);
});

it('leaves no turn behind where the record is away', async () => {
  const { transcripts, now } = open();
  now.fails = true;
  await expect(transcripts.open(device, 0)).rejects.toThrow('away');
  now.fails = false;
  expect((await transcripts.open(device, 0)).index).toBe(1);
});

it('keeps an hour that a lease came between, before the record has it', async () => {
  const { transcripts, now } = open();
  for (const transcript of ['hr_1', 'le_a', 'hr_1', 'le_b', 'hr_1']) {
    now.transcript = transcript;
    (await transcripts.open(device, 0)).close(root);
  }
  expect((await transcripts.head(device, 0)).index).toBe(3);
});

it('has no holes and one tag for each place, whoever comes at once and gives up', async () => {
  const tries = fc.array(fc.record({ closes: fc.boolean(), hour: fc.nat(2) }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(tries, async (all) => {
      const { transcripts, now } = open();
      const closed: { transcript: string; index: number; tag: string; previous: string }[] = [];
      const tasks = all.map(async ({ closes, hour }) => {
        const entry = await transcripts.open(device, 0);
        const { transcript, index, previous } = entry;
        now.transcript = `hr_${hour}`;
        await Promise.resolve();
        if (!closes) return entry.abandon();
        closed.push({ transcript, index, tag: toHex(entry.close(noRoot)), previous: toHex(previous) });
      });
      await Promise.all(tasks);
      for (const hour of ['hr_0', 'hr_1', 'hr_2']) {
        const entries = closed.filter(({ transcript }) => transcript === hour);
        expect(entries.map(({ index }) => index)).toEqual(entries.map((_, at) => at + 1));
        for (const [at, { previous }] of entries.entries()) {
          expect(previous).toBe(entries[at - 1]?.tag ?? toHex(firstTag(device, 0, hour)));
        }
      }
    }),
  );
});
