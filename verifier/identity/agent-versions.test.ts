import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VersionNotice } from '../../protocol/messages/notice.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { announcedVersions } from '../../scoring/queries/agent-versions.js';
import { insertFacts } from '../../scoring/queries/insert-facts.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { AgentVersions, nextButOneHour } from './agent-versions.js';

const record = await openTestRecord();
afterAll(record.close);
await migrate(record.client);

const minute = 60_000;
const start = Date.UTC(2026, 5, 1, 12, 20);

let facts: Fact[];
let lines: { version: string; told: VersionNotice[]; closed: string[] }[];
let opened: AgentVersions[];
beforeEach(() => {
  vi.useFakeTimers({ now: start, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  facts = [];
  opened = [];
  lines = ['0.1.0', '0.2.0'].map((version) => ({ version, told: [], closed: [] }));
});
afterEach(() => {
  for (const versions of opened) versions.close();
  vi.useRealTimers();
});

const agents = () =>
  lines.map(({ version, told, closed }) => ({
    version,
    tell: (notice: VersionNotice) => void told.push(notice),
    close: (code: string) => void closed.push(code),
  }));

function open(announced: Awaited<ReturnType<typeof announcedVersions>> = []): AgentVersions {
  const versions = new AgentVersions({
    clock: { now: () => Date.now() },
    random: (length) => new Uint8Array(randomBytes(length)),
    recorder: { record: async (more) => void facts.push(...more) },
    announced,
    connected: agents,
    log: { info: () => {}, error: () => {} },
  });
  opened.push(versions);
  return versions;
}

describe('the oldest agent that is taken', () => {
  it('is announced ahead, and holds from the next but one hour on, with no line ended within an hour', async () => {
    const versions = open();
    await versions.announce('0.2.0');
    expect(versions.next).toMatchObject({ oldest: '0.2.0', from: Date.UTC(2026, 5, 1, 14) });
    expect(lines.map(({ told }) => told)).toEqual([
      [{ type: 'agent.oldest', oldest: '0.2.0', inMs: 100 * minute }],
      [],
    ]);
    vi.advanceTimersByTime(100 * minute - 1);
    expect(() => versions.assertTaken('0.1.0')).not.toThrow();
    expect(lines.map(({ closed }) => closed)).toEqual([[], []]);
    vi.advanceTimersByTime(1);
    expect(() => versions.assertTaken('0.1.0')).toThrow(/0\.2\.0/);
    expect(() => versions.assertTaken('0.2.0')).not.toThrow();
    expect(lines.map(({ closed }) => closed)).toEqual([['agent.too-old'], []]);
    expect(versions.next).toBeNull();
  });

  it('is never less than an hour away, whenever it is announced', () => {
    for (const at of [start, Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 0, 59, 59, 999)]) {
      expect(nextButOneHour(at) - at).toBeGreaterThan(60 * minute);
      expect(nextButOneHour(at) % (60 * minute)).toBe(0);
    }
  });

  it('is not put off by a verifier that starts, and is known to the others', async () => {
    const first = open();
    const second = open();
    await first.announce('0.2.0');
    second.apply(facts[0] as Fact);
    second.apply(facts[0] as Fact);
    vi.advanceTimersByTime(70 * minute);
    await second.announce('0.2.0');
    expect(facts).toHaveLength(1);
    await insertFacts(record.client, facts, 'announced');
    await insertFacts(record.client, facts, 'announced, as if its token had been forgotten');
    const third = open(await announcedVersions(record.client));
    await third.announce('0.2.0');
    expect(third.next).toMatchObject(first.next ?? {});
    expect(facts).toHaveLength(1);
    vi.advanceTimersByTime(30 * minute);
    expect(third.now).toMatchObject({ oldest: '0.2.0' });
  });

  it('stays what it was until another holds', async () => {
    const versions = open();
    await versions.announce('0.2.0');
    vi.advanceTimersByTime(100 * minute);
    await versions.announce('0.3.0');
    expect(versions.now).toMatchObject({ oldest: '0.2.0' });
    expect(() => versions.assertTaken('0.2.5')).not.toThrow();
    await versions.announce(null);
    vi.advanceTimersByTime(120 * minute);
    expect(() => versions.assertTaken('0.2.5')).toThrow();
  });
});
