import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmRaisedFact } from '../facts/access.js';
import { nobody } from '../facts/base.js';
import type { EnrolledFact } from '../facts/facts.js';
import { migrate } from '../storage/migrate.js';
import { openTestRecord } from '../testing/record.js';
import { alarmsSince } from './alarms.js';
import { enrolmentsOf } from './enrolments.js';
import { insertFacts } from './insert-facts.js';

let record: Awaited<ReturnType<typeof openTestRecord>>;
beforeAll(async () => {
  record = await openTestRecord();
  await migrate(record.client);
});
afterAll(() => record.close());

const start = Date.parse('2026-03-01T12:00:00Z');
const idOf = (index: number) => `fa_${index.toString(16).padStart(32, '0')}`;
const enrolled = (device: string, index: number, at: number): EnrolledFact => ({
  kind: 'device.enrolled',
  id: idOf(index),
  at,
  device,
  name: `name ${index}`,
  agent: { version: '1', platform: 'test' },
  cards: [],
});

describe('what a device has said of itself', () => {
  it('is read page after page, newest first, each once', async () => {
    const [device, other] = ['ab'.repeat(32), 'cd'.repeat(32)];
    // Some at one instant, so that pages end between them; one stored twice.
    const said = Array.from({ length: 7 }, (_, index) =>
      enrolled(device, index, start + Math.floor(index / 3)),
    );
    await insertFacts(record.client, [...said, enrolled(other, 99, start)], 'first');
    await insertFacts(record.client, said.slice(2, 4), 'again');
    const pages: EnrolledFact[][] = [];
    for (let last: EnrolledFact | null = null; ; last = pages.at(-1)?.at(-1) ?? null) {
      const page = await enrolmentsOf(record.client, device, last, 2);
      if (page.length === 0) break;
      pages.push(page);
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 1]);
    expect(pages.flat()).toEqual([...said].reverse());
  });
});

describe('alarms', () => {
  it('are read since a time, newest first', async () => {
    const rang = (index: number): AlarmRaisedFact => ({
      kind: 'alarm.raised',
      id: idOf(1_000 + index),
      at: start + index,
      device: nobody,
      alarm: 'metadata.writes',
      subject: 'fleet',
      count: 2,
      windowMs: 3,
      threshold: 1,
    });
    const alarms = [0, 1, 2].map(rang);
    await insertFacts(record.client, alarms, 'alarms');
    expect(await alarmsSince(record.client, start + 1, 10)).toEqual([alarms[2], alarms[1]]);
    expect(await alarmsSince(record.client, 0, 1)).toEqual([alarms[2]]);
  });
});
