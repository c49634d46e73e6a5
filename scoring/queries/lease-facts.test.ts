import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../storage/migrate.js';
import { deviceId, exam, memoryPart } from '../testing/facts.js';
import { openTestRecord } from '../testing/record.js';
import { table } from '../testing/timelock-facts.js';
import { insertFacts } from './insert-facts.js';
import { examById, tablesOfLease } from './lease-facts.js';

let record: Awaited<ReturnType<typeof openTestRecord>>;
beforeAll(async () => {
  record = await openTestRecord();
  await migrate(record.client);
});
afterAll(() => record.close());

const device = deviceId('leased');
/** Some instant of our time: the record reads no earlier ones. */
const begin = Date.parse('2026-03-01T12:00:00Z');
const lease = (digit: string) => `le_${digit.repeat(32)}`;

describe('the facts of a lease', () => {
  it('are its ballasts, oldest first, each once, and those of no other lease', async () => {
    const mine = [1000, 2000, 3000].map((at) =>
      table(device, begin + at, { lease: lease('1'), card: at % 2 }),
    );
    const others = [
      table(device, begin + 1500, { lease: lease('2') }),
      table(device, begin + 2500, { purpose: 'whole', lease: null }),
      table(deviceId('another'), begin + 1500, { lease: lease('1') }),
    ];
    const facts = [...mine.toReversed(), ...others];
    await insertFacts(record.client, facts, 'tables');
    await insertFacts(record.client, facts, 'tables again');
    expect(await tablesOfLease(record.client, device, lease('1'))).toEqual(mine);
    expect(await tablesOfLease(record.client, device, lease('3'))).toEqual([]);
  });

  it('are the exams at its ends, whole, each card once', async () => {
    const id = `ex_${'7'.repeat(32)}`;
    const cards = [0, 1].map((card) => exam(device, begin + 5000, { exam: id, card, memory: memoryPart }));
    await insertFacts(record.client, [...cards, exam(device, begin + 5000, { card: 0 })], 'exams');
    await insertFacts(record.client, cards, 'exams again');
    expect(await examById(record.client, device, id)).toEqual(cards);
    expect(await examById(record.client, deviceId('another'), id)).toEqual([]);
  });
});
