import { randomBytes } from 'node:crypto';
import { Webhook as Signer } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { loadWebhooks } from '../../scoring/queries/webhooks.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { deviceId, enrolled, exam } from '../../scoring/testing/facts.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { MemoryState } from '../state/memory.js';
import type { Reader } from './change.js';
import { ChangeLog } from './change-log.js';
import { Deliveries } from './deliveries.js';
import { giveUpMs, pauseAfter } from './delivery.js';
import { Feed } from './feed.js';
import { send } from './send.js';
import { TestJournal } from './testing/journals.js';
import { openReceiver } from './testing/receiver.js';
import { Turn, turnTimes } from './turn.js';
import { WebhookBook } from './webhook-book.js';
import { Webhooks } from './webhooks.js';

let record: Awaited<ReturnType<typeof openTestRecord>>;
let log: ChangeLog;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let state: MemoryState;
/** The record is one for all tests: each has an owner of its own. */
let market: Reader;
let holders: Reader[];
const open: { close(): Promise<void> }[] = [];
let names = 0;

beforeAll(async () => {
  record = await openTestRecord();
  await migrate(record.client);
  log = new ChangeLog(record.client);
});
afterAll(() => record.close());
beforeEach(async () => {
  receiver = await openReceiver();
  state = new MemoryState(systemClock);
  market = { role: 'marketplace', id: `example-${names++}` };
  holders = [market];
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await receiver.close();
  await state.close();
});

const begin = Date.UTC(2026, 2, 1);
const random = (length: number) => new Uint8Array(randomBytes(length));
const rules = { allowPrivate: true };
const secretFor = (id: string) => Buffer.from(id.padEnd(32).slice(0, 32));

/** One verifier: its journal, its book, its part in the deliveries. */
async function openVerifier() {
  const self = `ve_${String(names++).padStart(16, '0')}`;
  const journal = new TestJournal(record.client, self);
  const book = new WebhookBook();
  book.apply(await loadWebhooks(record.client));
  const feed = new Feed({ log, logger: { warn: () => {} } });
  const clock = { ...systemClock, skipped: 0, now: () => systemClock.now() + clock.skipped };
  const keep = async (facts: readonly Fact[]) => {
    await journal.ship(facts);
    book.apply(facts);
  };
  const turn = new Turn({
    state,
    clock,
    key: 'turn/webhooks',
    self,
    times: { ...turnTimes, everyMs: 200 },
  });
  const deliveries = new Deliveries({
    feed,
    state,
    clock,
    random,
    uniform: () => 0.5,
    log: { warn: () => {}, info: () => {} },
    classesOf: () => [],
    secretFor,
    send: (delivery) => send(delivery, rules),
    record: keep,
    // Virtual time: what would be waited is skipped.
    pause: async (ms) => {
      clock.skipped += ms;
      await new Promise(setImmediate);
    },
    book,
    turn,
    holders: async () => holders,
  });
  const webhooks = new Webhooks({ book, log, state, clock, random, rules, secretFor, record: keep });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await deliveries.close();
    await feed.close();
  };
  open.push({ close });
  return { journal, book, deliveries, webhooks, close };
}

const exams = (count: number) => Array.from({ length: count }, (_, i) => exam(deviceId('hooked'), begin + i));
const idsOf = (facts: readonly Fact[]) => facts.map(({ id }) => id);

describe('a webhook', () => {
  it('is told of each change from its making on, in order, signed', async () => {
    const verifier = await openVerifier();
    await verifier.journal.ship(exams(2));
    const { secret } = await verifier.webhooks.add(market, { url: receiver.url });
    verifier.deliveries.start();
    const facts = [enrolled(deviceId('hooked'), begin), ...exams(3)];
    await verifier.journal.ship(facts);
    await expect.poll(receiver.ids).toEqual(idsOf(facts));
    for (const { headers, body } of receiver.received) {
      const change = new Signer(secret).verify(body, headers as Record<string, string>);
      expect(change).toMatchObject({ id: headers['webhook-id'], device: deviceId('hooked') });
    }
    const forged =
      receiver.received[0]?.body.replace('hooked', 'forged').replace('enrolled', 'retired') ?? '';
    expect(() => new Signer(secret).verify(forged, receiver.received[0]?.headers as never)).toThrow();
  });

  it('gets only the types and devices that it asked for', async () => {
    const verifier = await openVerifier();
    await verifier.webhooks.add(market, {
      url: receiver.url,
      kinds: ['device.enrolled'],
      devices: [deviceId('one')],
    });
    verifier.deliveries.start();
    const wanted = [enrolled(deviceId('one'), begin), enrolled(deviceId('one'), begin + 1)];
    const [first, last] = wanted as [Fact, Fact];
    await verifier.journal.ship([
      first,
      enrolled(deviceId('two'), begin),
      exam(deviceId('one'), begin),
      last,
    ]);
    await expect.poll(receiver.ids).toEqual(idsOf(wanted));
  });

  it('is sent the same change again until it takes it, and none before that', async () => {
    const verifier = await openVerifier();
    await verifier.webhooks.add(market, { url: receiver.url });
    let left = 4;
    receiver.answers(() => ({ status: left-- > 0 ? 500 : 200 }));
    verifier.deliveries.start();
    const [first, second] = exams(2) as [Fact, Fact];
    await verifier.journal.ship([first, second]);
    await expect.poll(receiver.ids).toEqual([...Array(5).fill(first.id), second.id]);
  });

  it('does not follow where the receiver sends it elsewhere', async () => {
    const elsewhere = await openReceiver();
    open.push(elsewhere);
    const verifier = await openVerifier();
    await verifier.webhooks.add(market, { url: receiver.url });
    let left = 1;
    receiver.answers(() =>
      left-- > 0 ? { status: 307, headers: { location: elsewhere.url } } : { status: 200 },
    );
    verifier.deliveries.start();
    await verifier.journal.ship(exams(1));
    await expect.poll(() => receiver.received.length).toBe(2);
    expect(elsewhere.received).toEqual([]);
  });

  it('is given up after days without a word, and that is on record', async () => {
    const verifier = await openVerifier();
    const { webhook } = await verifier.webhooks.add(market, { url: receiver.url });
    receiver.answers(() => ({ status: 503 }));
    verifier.deliveries.start();
    await verifier.journal.ship(exams(1));
    await expect.poll(() => verifier.book.get(webhook.id)).toBeUndefined();
    const tries = receiver.received.length;
    const facts = await loadWebhooks(record.client);
    const about = facts.filter((fact) => fact.webhook === webhook.id);
    expect(about).toContainEqual(expect.objectContaining({ url: null, reason: 'webhook.given-up' }));
    // Over a day and more: not once a second, and not twice in all.
    const waited = Array.from({ length: tries - 1 }, (_, i) => pauseAfter(i + 1, () => 0.5));
    expect(waited.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(giveUpMs);
    expect(tries).toBeGreaterThan(24);
    expect(tries).toBeLessThan(200);
  });

  it('is over at once where the receiver says that it is gone, or its owner removes it', async () => {
    const verifier = await openVerifier();
    const gone = await verifier.webhooks.add(market, { url: receiver.url });
    receiver.answers(() => ({ status: 410 }));
    verifier.deliveries.start();
    await verifier.journal.ship(exams(1));
    await expect.poll(() => verifier.book.get(gone.webhook.id)).toBeUndefined();
    expect(receiver.received).toHaveLength(1);
    const { webhook } = await verifier.webhooks.add(market, { url: receiver.url });
    await expect(verifier.webhooks.remove({ ...market, id: 'other' }, webhook.id)).rejects.toMatchObject({
      code: 'webhook.unknown',
    });
    await verifier.webhooks.remove(market, webhook.id);
    expect(await verifier.webhooks.list(market)).toEqual([]);
  });

  it('is told nothing while its owner has no key', async () => {
    const verifier = await openVerifier();
    await verifier.webhooks.add(market, { url: receiver.url });
    holders = [];
    verifier.deliveries.start();
    const facts = exams(1);
    await verifier.journal.ship(facts);
    // With a key it is told of what came meanwhile.
    holders = [market];
    await expect.poll(receiver.ids).toEqual(idsOf(facts));
  });
});

describe('several verifiers', () => {
  it('deliver each change from one of them alone, and another goes on where it stops', async () => {
    const first = await openVerifier();
    await first.webhooks.add(market, { url: receiver.url });
    first.deliveries.start();
    await expect.poll(() => first.deliveries.running).toBe(1);
    const second = await openVerifier();
    second.deliveries.start();
    const shipped: Fact[] = [];
    for (let i = 0; i < 3; i++) {
      const facts = exams(2);
      await (i % 2 === 0 ? first : second).journal.ship(facts);
      shipped.push(...facts);
      await expect.poll(() => receiver.ids().toSorted()).toEqual(idsOf(shipped).toSorted());
    }
    expect(second.deliveries.running).toBe(0);
    await first.close();
    const later = exams(2);
    await second.journal.ship(later);
    await expect.poll(receiver.ids).toHaveLength(shipped.length + later.length);
    expect(receiver.ids().slice(-2)).toEqual(idsOf(later));
  });
});
