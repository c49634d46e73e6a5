import { randomBytes } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newFactId } from '../../protocol/ids.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { segmentPath } from './files.js';
import { Journal } from './journal.js';
import { decodeRecords, encodeRecord } from './records.js';
import { Shipper } from './shipper.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const heartbeat = (verifier: string): Fact => ({
  kind: 'heartbeat',
  id: newFactId(randomBytes),
  at: 0,
  verifier,
});
const names = (facts: readonly Fact[]) =>
  facts.map((fact) => (fact.kind === 'heartbeat' ? fact.verifier : '?'));

/** What ClickHouse does: a token that was seen before changes nothing. */
class Record {
  readonly facts: Fact[] = [];
  readonly tokens = new Set<string>();
  failures = 0;
  crashAfterInsert = false;
  readonly insert = async (facts: readonly Fact[], token: string): Promise<void> => {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('away');
    }
    if (!this.tokens.has(token)) this.facts.push(...facts);
    this.tokens.add(token);
    if (this.crashAfterInsert) throw new Error('the answer was lost');
  };
}

const isRefusal = (error: unknown) => error instanceof Refusal;
class Refusal extends Error {}

async function everything(journal: Journal): Promise<Fact[]> {
  const facts: Fact[] = [];
  let place = { segment: 1, offset: 0 };
  for (
    let batch = await journal.nextBatch(place, 1);
    batch !== null;
    batch = await journal.nextBatch(place, 1)
  ) {
    facts.push(...(await journal.read(batch.from, batch.to)));
    place = batch.to;
  }
  return facts;
}

describe('the journal', () => {
  it('has what it acknowledged after it is opened again, in order', async () => {
    const journal = await Journal.open({ directory, segmentBytes: 300 });
    await Promise.all(Array.from({ length: 20 }, (_, i) => journal.append([heartbeat(`v${i}`)])));
    await journal.append([heartbeat('a'), heartbeat('b')]);
    await journal.close();
    const again = await Journal.open({ directory, segmentBytes: 300 });
    expect(names(await everything(again))).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `v${i}`),
      'a',
      'b',
    ]);
    await again.close();
  });

  it('cuts off a torn last record and keeps all before it, wherever it tears', async () => {
    const journal = await Journal.open({ directory });
    await journal.append([heartbeat('kept')]);
    const sound = journal.durableEnd.offset;
    await journal.append([heartbeat('torn')]);
    const full = journal.durableEnd.offset;
    await journal.close();
    const path = segmentPath(directory, 1);
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: sound, max: full - 1 }), async (length) => {
        await writeFile(path, whole);
        await rm(segmentPath(directory, 2), { force: true });
        await truncate(path, length);
        const again = await Journal.open({ directory });
        expect(names(await everything(again))).toEqual(['kept']);
        await again.append([heartbeat('new')]);
        expect(names(await everything(again))).toEqual(['kept', 'new']);
        await again.close();
      }),
      { numRuns: 25 },
    );
  });

  it('takes zeros that a power cut left at its end for nothing', async () => {
    const journal = await Journal.open({ directory });
    await journal.append([heartbeat('kept')]);
    await journal.close();
    await appendFile(segmentPath(directory, 1), Buffer.alloc(4096));
    const again = await Journal.open({ directory });
    await again.append([heartbeat('new')]);
    expect(names(await everything(again))).toEqual(['kept', 'new']);
    await again.close();
    expect(await readdir(directory)).not.toContain('00000001.log.torn');
  });

  it('keeps what it cuts off for a person, and goes on where no cursor has been', async () => {
    const record = new Record();
    const journal = await Journal.open({ directory });
    const shipper = await Shipper.open({ journal, insert: record.insert, isRefusal });
    await journal.append([heartbeat('one')]);
    const { offset } = journal.durableEnd;
    await journal.append([heartbeat('two')]);
    await shipper.drain();
    await journal.close();
    // A disk that did not keep its word: what had been flushed, and carried to the record, is damaged.
    const file = await open(segmentPath(directory, 1), 'r+');
    await file.write(Buffer.from('X'), 0, 1, offset + 20);
    await file.close();
    const again = await Journal.open({ directory });
    await again.append([heartbeat('three')]);
    const next = await Shipper.open({ journal: again, insert: record.insert, isRefusal });
    await next.drain();
    expect(names(record.facts)).toEqual(['one', 'two', 'three']);
    expect(await readdir(directory)).toContain('00000001.log.torn');
    await again.close();
  });

  it('refuses to open when an earlier segment is damaged', async () => {
    const journal = await Journal.open({ directory, segmentBytes: 1 });
    await journal.append([heartbeat('one')]);
    await journal.append([heartbeat('two')]);
    await journal.close();
    const file = await open(segmentPath(directory, 1), 'r+');
    await file.write(Buffer.from('X'), 0, 1, 20);
    await file.close();
    await expect(Journal.open({ directory })).rejects.toMatchObject({ code: 'journal.corrupt' });
  });

  it('is for one process at a time, and free again when that one did not get it open', async () => {
    const journal = await Journal.open({ directory, segmentBytes: 1 });
    await expect(Journal.open({ directory })).rejects.toMatchObject({ code: 'journal.in-use' });
    await journal.append([heartbeat('one')]);
    await journal.append([heartbeat('two')]);
    await journal.close();
    await truncate(segmentPath(directory, 1), 5);
    for (let i = 0; i < 2; i += 1)
      await expect(Journal.open({ directory })).rejects.toMatchObject({ code: 'journal.corrupt' });
  });

  it('says so when its directory can’t be made', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(Journal.open({ directory: join(directory, 'file', 'journal') })).rejects.toMatchObject({
      code: 'service.storage-unavailable',
      message: expect.stringContaining('ENOTDIR'),
    });
  });

  it('acknowledges nothing once it is full', async () => {
    const journal = await Journal.open({ directory, maxBytes: 100 });
    const first = journal.append([heartbeat('x'.repeat(200))]);
    // What waits for the disk counts too: a slow disk must not fill the memory.
    await expect(journal.append([heartbeat('meanwhile')])).rejects.toMatchObject({ code: 'journal.full' });
    await first;
    await expect(journal.append([heartbeat('more')])).rejects.toMatchObject({ code: 'journal.full' });
    expect(await everything(journal)).toHaveLength(1);
    await journal.close();
  });

  it('never reads back what was not written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })),
        fc.nat(),
        fc.nat(255),
        (payloads, at, value) => {
          const bytes = Buffer.concat(payloads.map((payload) => encodeRecord(Buffer.from(payload))));
          if (bytes.length === 0) return;
          bytes[at % bytes.length] = value;
          const written = payloads.map((payload) => Buffer.from(payload).toString('hex'));
          const read = decodeRecords(bytes).records.map((record) => record.payload.toString('hex'));
          expect(written.slice(0, read.length)).toEqual(read);
        },
      ),
    );
  });
});

describe('shipping', () => {
  it('brings every fact once, over crashes at any point of a batch', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('append', 'ship', 'away', 'lost'), { maxLength: 15 }),
        async (steps) => {
          const own = await mkdtemp(join(tmpdir(), 'journal-'));
          const record = new Record();
          let journal = await Journal.open({ directory: own, segmentBytes: 200 });
          let written = 0;
          for (const step of [...steps, 'ship']) {
            if (step === 'append') {
              await journal.append([heartbeat(`v${written}`)]);
              written += 1;
              continue;
            }
            record.failures = step === 'away' ? 1 : 0;
            record.crashAfterInsert = step === 'lost';
            // A fresh journal and shipper each time: what is in memory is lost with the process.
            const shipper = await Shipper.open({ journal, insert: record.insert, isRefusal, batchBytes: 1 });
            await shipper.drain().catch(() => {});
            await journal.close();
            journal = await Journal.open({ directory: own, segmentBytes: 200 });
          }
          expect(names(record.facts)).toEqual(Array.from({ length: written }, (_, i) => `v${i}`));
          await journal.close();
          await rm(own, { recursive: true });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('sets aside a fact that the record can never take, and brings all others', async () => {
    const record = new Record();
    const picky = async (facts: readonly Fact[], token: string) => {
      if (names(facts).includes('poison')) throw new Refusal('cannot parse');
      await record.insert(facts, token);
    };
    const journal = await Journal.open({ directory });
    const refused: Fact[] = [];
    const shipper = await Shipper.open({
      journal,
      insert: picky,
      isRefusal,
      onRefused: (fact) => refused.push(fact),
    });
    await journal.append([heartbeat('before'), heartbeat('poison'), heartbeat('after')]);
    await journal.append([heartbeat('later')]);
    await shipper.drain();
    expect(names(record.facts)).toEqual(['before', 'after', 'later']);
    expect(names(refused)).toEqual(['poison']);
    const aside = await readFile(join(directory, 'refused.jsonl'), 'utf8');
    expect(names([JSON.parse(aside) as Fact])).toEqual(['poison']);
    expect(shipper.lagBytes).toBe(0);
    await journal.close();
  });

  it('removes segments that have arrived and goes on', async () => {
    const record = new Record();
    const journal = await Journal.open({ directory, segmentBytes: 1 });
    const shipper = await Shipper.open({ journal, insert: record.insert, isRefusal });
    for (let i = 0; i < 5; i += 1) await journal.append([heartbeat(`v${i}`)]);
    await shipper.drain();
    expect(record.facts).toHaveLength(5);
    const segments = (await readdir(directory)).filter((name) => name.endsWith('.log'));
    expect(segments.length).toBeLessThanOrEqual(2);
    await journal.append([heartbeat('after')]);
    await shipper.drain();
    expect(names(record.facts).at(-1)).toBe('after');
    await journal.close();
  });

  it('is unhealthy while ClickHouse is away, and healthy with all facts after it is back', async () => {
    const record = new Record();
    record.failures = 2;
    const journal = await Journal.open({ directory });
    const failed: unknown[] = [];
    const shipper = await Shipper.open({
      journal,
      insert: record.insert,
      isRefusal,
      maxPauseMs: 5,
      onError: (error) => failed.push(error),
    });
    await journal.append([heartbeat('waits')]);
    shipper.start();
    await expect.poll(() => names(record.facts)).toEqual(['waits']);
    await expect.poll(() => shipper.healthy).toBe(true);
    expect(failed).toHaveLength(2);
    await shipper.stop();
    await journal.close();
  });

  it('says so when its cursor can’t be written', async () => {
    const journal = await Journal.open({ directory });
    await mkdir(join(directory, 'cursor.json.new'));
    await expect(Shipper.open({ journal, insert: async () => {}, isRefusal })).rejects.toMatchObject({
      code: 'service.storage-unavailable',
    });
    await journal.close();
  });

  it('says so when its cursor is damaged instead of shipping twice', async () => {
    const journal = await Journal.open({ directory });
    await appendFile(join(directory, 'cursor.json'), '{"journal":');
    await expect(Shipper.open({ journal, insert: async () => {}, isRefusal })).rejects.toMatchObject({
      code: 'journal.corrupt',
    });
    await journal.close();
  });
});
