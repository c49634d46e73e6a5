import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnrolledFact, Fact } from '../../scoring/facts/facts.js';
import { insertFacts } from '../../scoring/queries/insert-facts.js';
import { migrate, readMigrations } from '../../scoring/storage/migrate.js';
import { deviceId, enrolled, exam, heartbeat, presence, transition } from '../../scoring/testing/facts.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { ChangeLog } from './change-log.js';
import { type Cursor, readCursor, writeCursor } from './cursor.js';
import { TestJournal } from './testing/journals.js';

let record: Awaited<ReturnType<typeof openTestRecord>>;
let log: ChangeLog;
/** An enrolment from before there was a feed. */
const old = enrolled(deviceId('old'), Date.UTC(2025, 0, 1));

beforeAll(async () => {
  record = await openTestRecord();
  const all = await readMigrations();
  const before = all.filter(({ name }) => name < '0007');
  await migrate(record.client, before);
  // As a verifier of that time wrote it.
  await record.client.insert({
    table: 'events',
    values: [{ ...row(old), body: JSON.stringify(old) }],
    format: 'JSONEachRow',
  });
  await migrate(record.client, all);
  log = new ChangeLog(record.client);
});
afterAll(() => record.close());

const row = ({ id, device, kind, at }: EnrolledFact) => ({ id, device, kind, at: at / 1000, position: 0 });
const everything = { kinds: [], devices: [] };
const begin = Date.UTC(2026, 2, 1);
let runs = 0;

/** Everything from a cursor up to where the record is now, page by page. */
async function readOn(from: Cursor, filter = everything): Promise<{ ids: string[]; cursor: Cursor }> {
  const upTo = await log.ends();
  const ids: string[] = [];
  let cursor = from;
  for (let left = true; left; ) {
    const page = await log.page(cursor, upTo, filter);
    ids.push(...page.entries.map(({ fact }) => fact.id));
    left = writeCursor(page.after) !== writeCursor(cursor);
    cursor = page.after;
  }
  return { ids, cursor };
}

describe('the changes in the record', () => {
  it('begin with what happened before there was a feed', async () => {
    const { ids } = await readOn(new Map());
    expect(ids[0]).toBe(old.id);
  });

  it('are each shown once, none is passed over, whatever the order in which journals reach the record', async () => {
    const step = fc.record({
      journal: fc.nat(2),
      facts: fc.integer({ min: 1, max: 4 }),
      /** The same facts come by another journal too, later, and perhaps of another time: an exam that its heir ended anew. */
      told: fc.boolean(),
      /** Facts are about times far apart. */
      at: fc.nat(100_000_000),
      times: fc.integer({ min: 1, max: 2 }),
      read: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const run = runs++;
        const journals = [0, 1, 2].map((i) => new TestJournal(record.client, `${run}/${i}`));
        const device = deviceId(`device of ${run}`);
        let cursor = await log.ends();
        const shown: string[] = [];
        const shipped: string[] = [];
        const untold: { readonly journal: number; readonly facts: Fact[] }[] = [];
        for (const { journal, facts: count, told, at, times, read } of steps) {
          const facts = Array.from({ length: count }, (_, i) => exam(device, begin + at + i));
          await journals[journal]?.ship([presence(device, 1), ...facts], times);
          shipped.push(...facts.map(({ id }) => id));
          const again = facts.map((fact) => ({ ...fact, at: fact.at + (count % 2) * 90_000 }));
          if (told) untold.push({ journal: (journal + 1) % 3, facts: again });
          else for (const one of untold.splice(0)) await journals[one.journal]?.ship(one.facts);
          if (!read) continue;
          const next = await readOn(readCursor(writeCursor(cursor)));
          shown.push(...next.ids);
          cursor = next.cursor;
        }
        for (const one of untold) await journals[one.journal]?.ship(one.facts);
        shown.push(...(await readOn(cursor)).ids);
        expect(shown.toSorted()).toEqual(shipped.toSorted());
      }),
      { numRuns: 6 },
    );
  });

  it('can be taken up after any of them, by its cursor', async () => {
    const [a, b] = [new TestJournal(record.client, 'a'), new TestJournal(record.client, 'b')];
    const from = await log.ends();
    const device = deviceId('taken up');
    for (let i = 0; i < 4; i++) {
      await a.ship([exam(device, begin + i * 10), exam(device, begin + i * 10 + 5)]);
      await b.ship([exam(device, begin + i * 10 + 7)]);
    }
    const upTo = await log.ends();
    const { entries } = await log.page(from, upTo, everything);
    expect(entries.map(({ fact }) => fact.at)).toEqual(entries.map(({ fact }) => fact.at).toSorted());
    for (const [i, { cursor }] of entries.entries()) {
      const rest = await log.page(readCursor(cursor), upTo, everything);
      expect(rest.entries).toEqual(entries.slice(i + 1));
    }
  });

  it('are read page by page where there are many', async () => {
    const from = await log.ends();
    const facts = Array.from({ length: 450 }, (_, i) => exam(deviceId('many'), begin + i));
    await new TestJournal(record.client, 'many').ship(facts);
    expect((await readOn(from)).ids).toEqual(facts.map(({ id }) => id));
  });

  it('hold no minute of presence and no heartbeat, and keep to kinds and devices', async () => {
    const from = await log.ends();
    const [mine, other] = [deviceId('mine'), deviceId('other')];
    const facts = [
      enrolled(mine, begin),
      presence(mine, 5),
      transition(mine, begin + 1, 'enrolled', 'examining'),
      transition(other, begin + 2, 'enrolled', 'examining'),
      heartbeat(5),
    ];
    await new TestJournal(record.client, 'filtered').ship(facts);
    const ids = async (filter: Partial<typeof everything>) =>
      (await readOn(from, { ...everything, ...filter })).ids;
    const [enrolment, , moved, othersMoved] = facts.map(({ id }) => id);
    expect(await ids({})).toEqual([enrolment, moved, othersMoved]);
    expect(await ids({ kinds: ['device.transition'] as never })).toEqual([moved, othersMoved]);
    expect(await ids({ devices: [other] as never })).toEqual([othersMoved]);
  });

  it('are not of facts that came from no journal', async () => {
    const from = await log.ends();
    await insertFacts(record.client, [enrolled(deviceId('by hand'), begin)], 'by hand');
    expect((await readOn(from)).ids).toEqual([]);
  });
});
