import { afterAll, describe, expect, it } from 'vitest';
import { migrate } from '../storage/migrate.js';
import { deviceId, nextId } from '../testing/facts.js';
import { openTestRecord } from '../testing/record.js';
import { sweepFinished, sweepMember, sweepReserved } from '../testing/sweep-facts.js';
import { insertFacts } from './insert-facts.js';
import { abandonedSweeps, finishedSweeps, sweepParts } from './sweeps.js';

const { client, close } = await openTestRecord();
afterAll(close);
await migrate(client);

const now = Date.UTC(2026, 2, 1);

describe('a sweep that was given up for lost', () => {
  it('is what it was, once its leader comes back with its end', async () => {
    const sweep = nextId('sw');
    const device = deviceId('asked');
    await insertFacts(client, [sweepReserved(sweep, now)], 'reserved');
    expect((await abandonedSweeps(client, now + 1)).map((one) => one.sweep)).toEqual([sweep]);
    const lost = sweepFinished(sweep, now + 5000, {
      startedAt: now,
      drawn: 0,
      computeAt: null,
      memoryAt: null,
    });
    await insertFacts(client, [lost], 'given up');
    expect(await sweepParts(client, sweep)).toEqual([lost]);
    const parts = [1, 2].map((part) =>
      sweepFinished(sweep, now + 1000, {
        startedAt: now + 10,
        part,
        parts: 2,
        members: [sweepMember(device, nextId('ex'), part)],
      }),
    );
    // Its journal was shipped at last; and so was what another had put on record for it.
    for (const token of ['late', 'late, of another']) await insertFacts(client, parts, token);
    expect(await sweepParts(client, sweep)).toEqual(parts);
    expect(await finishedSweeps(client, now + 10_000, 10)).toEqual([
      { sweep, sweepKind: 'fleet', startedAt: now + 10, cards: 2, computeP99Ms: null, memoryP99Ms: null },
    ]);
    expect(await abandonedSweeps(client, now + 10_000)).toEqual([]);
  });
});
