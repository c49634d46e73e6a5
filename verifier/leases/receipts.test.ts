import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { Receipt } from '../../protocol/messages/receipt.js';
import { nextTag } from '../../protocol/transcript.js';
import { verifyReceipt } from '../../scoring/receipt/verify.js';
import { outage } from '../../scoring/testing/timelock-facts.js';
import { type Hall, hour, makeSigner, minute, openHall } from './testing/lease-hall.js';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-01T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

async function activeHall(): Promise<{ hall: Hall; id: string }> {
  const hall = openHall();
  const { lease } = await hall.leases.open('market', { device: hall.device, reference: 'job 1' });
  await hall.pass(10 * minute);
  return { hall, id: lease.id };
}

async function receiptOf(hall: Hall, id: string): Promise<Receipt> {
  return JSON.parse(await hall.running.receipts.textOf(await hall.leases.get(id)));
}

/** Over the wire and back, as who doubts it reads it. */
const faultsOf = (receipt: Receipt) =>
  verifyReceipt(JSON.parse(JSON.stringify(receipt))).checks.filter(({ ok }) => !ok);

async function end(hall: Hall, id: string): Promise<void> {
  await hall.leases.change('market', id, { state: 'ended' });
  await hall.pass(5 * minute);
}

describe('the receipt of a lease', () => {
  it('can be checked by anybody, in every state of the lease', async () => {
    const hall = openHall();
    const { lease } = await hall.leases.open('market', { device: hall.device, reference: 'job 1' });
    const look = async (state: string, key: boolean) => {
      const receipt = await receiptOf(hall, lease.id);
      expect(faultsOf(receipt)).toEqual([]);
      expect(receipt).toMatchObject({ state, verifier: hall.running.signing.key });
      expect(receipt.key !== null).toBe(key);
      return receipt;
    };
    expect((await look('handing-over', false)).cards.map(({ entries }) => entries)).toEqual([[], []]);
    await hall.pass(10 * minute);
    for (let i = 0; i < 6; i += 1) {
      await hall.pass(3 * minute);
      await hall.probe();
    }
    const active = await look('active', false);
    expect(active.cards.map(({ entries }) => entries.length)).toEqual([6, 6]);
    await hall.leases.change('market', lease.id, { state: 'ended' });
    await look('returning', false);
    await hall.pass(5 * minute);
    const ended = await look('ended', true);
    expect(ended.verdict).toMatchObject({ outcome: 'whole' });
    expect(ended.figures).toMatchObject({ provenShare: 1, longestGapMs: 0, contentionIndex: 1 });
    expect(ended.cards[0]).toMatchObject({
      model: 'Toy',
      handOver: { outcome: 'passed' },
      return: { outcome: 'passed' },
      table: { rounds: 4 },
      baselineMs: 100.25,
      deviceSigned: { index: 6 },
    });
    await hall.restart();
    expect(await look('ended', true)).toMatchObject({ lease: lease.id });
  });

  it('of a refused lease says so', async () => {
    const hall = openHall();
    hall.plan.exam = () => 'failed';
    const { lease } = await hall.leases.open('market', { device: hall.device, reference: 'job 1' });
    await hall.pass(5 * minute);
    const receipt = await receiptOf(hall, lease.id);
    expect(faultsOf(receipt)).toEqual([]);
    expect(receipt).toMatchObject({ state: 'refused', verdict: { outcome: 'not-whole' } });
  });

  it('is final when the lease is over: the same, whenever it is asked for', async () => {
    const { hall, id } = await activeHall();
    await hall.probe();
    await end(hall, id);
    const first = await receiptOf(hall, id);
    await hall.pass(30 * 24 * hour);
    const { signature: _, verifier: __, ...fields } = await receiptOf(hall, id);
    expect(first).toMatchObject(fields);
  });

  it('is not final while an entry of the lease is open: what is in it is all there is', async () => {
    const { hall, id } = await activeHall();
    // A probe whose answer the device holds back over the exam at the return.
    const entry = await hall.running.transcripts.open(hall.device, 1);
    await end(hall, id);
    expect((await hall.leases.get(id)).state).toBe('returning');
    entry.abandon();
    await hall.pass(0);
    expect((await hall.leases.get(id)).state).toBe('ended');
    expect((await hall.running.transcripts.open(hall.device, 1)).transcript).not.toBe(id);
  });

  it('says what the device did wrong, and nothing of cards that were not leased', async () => {
    const { hall, id } = await activeHall();
    const failed = { outcome: 'failed', code: 'probe.missed', elapsedMs: null, signature: null } as const;
    for (let i = 0; i < 20; i += 1) {
      hall.plan.probe = () => (i % 2 === 0 ? {} : failed);
      await hall.pass(3 * minute);
      await hall.probe();
    }
    await end(hall, id);
    const receipt = await receiptOf(hall, id);
    expect(faultsOf(receipt)).toEqual([]);
    expect(receipt.verdict).toMatchObject({ outcome: 'absent' });
    expect(receipt.cards[0]?.gaps.map(({ code }) => code)).toEqual(Array(10).fill('probe.missed'));
    // The last that it signed is the last that it answered.
    expect(receipt.cards[0]?.deviceSigned?.index).toBe(19);
  });

  it('takes an exam of another card under the same number for none', async () => {
    const { hall, id } = await activeHall();
    await hall.probe();
    hall.otherHardware();
    await hall.restart();
    await hall.pass(5 * minute);
    const receipt = await receiptOf(hall, id);
    expect(receipt.cards.map((card) => card.return?.outcome ?? null)).toEqual(['passed', null]);
    expect(faultsOf(receipt)).toEqual([]);
  });

  it('holds an outage that was credited, as an entry of its card', async () => {
    const { hall, id } = await activeHall();
    await hall.probe();
    await hall.pass(20 * minute);
    const root = '7a'.repeat(32);
    const before = (await receiptOf(hall, id)).cards[0]?.entries[0];
    const tag = toHex(nextTag(fromHex(before?.tag ?? ''), 2, fromHex(root)));
    const shown = {
      ...{
        card: 0,
        tableSeed: root,
        creditedMs: 600_000,
        opened: 4,
        right: 4,
        code: 'offline.credited',
        root,
      },
      entry: { transcript: id, index: 2, tag },
    };
    hall.facts.push(outage(hall.device, Date.now(), { cards: [shown] }));
    await hall.pass(minute);
    const receipt = await receiptOf(hall, id);
    expect(faultsOf(receipt)).toEqual([]);
    expect(receipt.cards[0]?.entries[1]).toMatchObject({
      kind: 'offline',
      outcome: 'passed',
      outage: { creditedMs: 600_000 },
    });
    expect(receipt.cards[1]?.entries).toHaveLength(1);
  });

  it('is not made final of half a record', async () => {
    const { hall, id } = await activeHall();
    hall.record.settled = async () => false;
    expect(await receiptOf(hall, id)).toMatchObject({ state: 'active' });
    await end(hall, id);
    await expect(receiptOf(hall, id)).rejects.toMatchObject({ code: 'service.storage-unavailable' });
    hall.record.settled = async () => true;
    expect(await receiptOf(hall, id)).toMatchObject({ state: 'ended' });
  });
});

describe('what a witness says', () => {
  async function witnessed() {
    const { hall, id } = await activeHall();
    await hall.probe();
    const signer = makeSigner();
    const head = async (card = 0) => {
      const [first, second] = await hall.running.heads.of(await hall.leases.get(id));
      return (card === 0 ? first : second) ?? { card, index: 0, tag: '' };
    };
    const statement = async (changes = {}, by = signer) => {
      const said = { lease: id, at: Date.now(), ...(await head()), load: 0, key: by.key, ...changes };
      return { ...said, signature: by.sign('witness', said) };
    };
    const hear = async (said: Awaited<ReturnType<typeof statement>>) =>
      hall.running.witnesses.hear(await hall.leases.get(id), said);
    const heard = () => hall.facts.filter(({ kind }) => kind === 'lease.witnessed').length;
    return { hall, id, statement, hear, heard, signer };
  }

  it('stands in the receipt, signed, and survives a restart with its key', async () => {
    const { hall, id, statement, hear, signer } = await witnessed();
    await hear(await statement({ load: 0.05 }));
    await hall.restart();
    await hall.pass(minute);
    await hear(await statement({ load: 0.07 }));
    await expect(hear(await statement({ at: Date.now() + 1 }, makeSigner()))).rejects.toMatchObject({
      code: 'witness.invalid',
    });
    await end(hall, id);
    const receipt = await receiptOf(hall, id);
    expect(receipt.witness.map(({ key, load }) => [key, load])).toEqual([
      [signer.key, 0.05],
      [signer.key, 0.07],
    ]);
    expect(faultsOf(receipt)).toEqual([]);
  });

  it('may be about an entry that is no longer the last, or about none yet', async () => {
    const { hall, statement, hear, heard } = await witnessed();
    const old = await statement();
    await hall.probe();
    await hear(old);
    expect(heard()).toBe(1);
    await expect(hear(await statement({ card: 1, index: 0 }))).rejects.toMatchObject({
      code: 'witness.invalid',
    });
  });

  it('said again, or by a clock that was set back, changes nothing', async () => {
    const { statement, hear, heard } = await witnessed();
    const said = await statement();
    await hear(said);
    await hear(said);
    await hear(await statement({ at: said.at - 1000 }));
    expect(heard()).toBe(1);
  });

  it.each<[string, object]>([
    ['of another lease', { lease: `le_${'0'.repeat(32)}` }],
    ['of a card that is not leased', { card: 7 }],
    ['of an entry that is yet to come', { index: 2 }],
    ['with another tag', { tag: '00'.repeat(32) }],
    ['of long ago', { at: Date.parse('2026-03-01T12:00:00Z') }],
    ['of the future', { at: Date.parse('2026-03-01T13:00:00Z') }],
  ])('is refused %s', async (_, changes) => {
    const { statement, hear, heard } = await witnessed();
    await expect(hear(await statement(changes))).rejects.toMatchObject({ code: 'witness.invalid' });
    expect(heard()).toBe(0);
  });

  it('is refused whatever field is changed after it was signed', async () => {
    const { statement, hear, heard } = await witnessed();
    const said = await statement();
    const wrong = {
      load: 1,
      at: said.at + 1,
      card: 1,
      index: 0,
      tag: '11'.repeat(32),
      key: makeSigner().key,
    };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.entries(wrong)), async ([field, value]) => {
        await expect(hear({ ...said, [field]: value })).rejects.toMatchObject({ code: 'witness.invalid' });
      }),
    );
    expect(heard()).toBe(0);
  });

  it('is refused where the lease has ended while it was heard', async () => {
    const { hall, id, statement, heard } = await witnessed();
    const lease = await hall.leases.get(id);
    await end(hall, id);
    const said = await statement({ index: 1 });
    await expect(hall.running.witnesses.hear(lease, said)).rejects.toMatchObject({ code: 'lease.over' });
    expect(heard()).toBe(0);
  });

  it('fills no receipt: of each card it stands there every 90 seconds at most', async () => {
    const { hall, statement, hear, heard } = await witnessed();
    for (let at = 0; at < 40 * 90; at += 15) {
      await hall.pass(15_000);
      await hear(await statement()).catch(({ code }) => expect(code).toBe('request.too-many'));
    }
    expect(heard()).toBeGreaterThan(60);
    expect(heard()).toBeLessThan(75);
  });

  it('is heard only so often, and only while the lease goes on', async () => {
    const { hall, id, statement, hear, heard } = await witnessed();
    const flood = await Promise.allSettled(
      Array.from({ length: 100 }, async (_, i) => hear(await statement({ at: Date.now() + i }))),
    );
    expect(flood.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(30);
    expect(heard()).toBeLessThan(70);
    await end(hall, id);
    await expect(hear(await statement())).rejects.toMatchObject({ code: 'lease.over' });
  });
});
