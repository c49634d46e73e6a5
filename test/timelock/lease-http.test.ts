import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, identityOf } from '../../agent/identity.js';
import type { TranscriptHeads } from '../../protocol/messages/lease.js';
import type { Receipt } from '../../protocol/messages/receipt.js';
import { receiptFigures } from '../../scoring/formula/v1/lease/receipt.js';
import { type Hall, openHall } from '../cheats/testing/hall.js';
import { Market, type OpenLease } from './testing/market.js';
import { faultsOf } from './testing/receipts.js';

let hall: Hall;
let market: Market;
let rival: Market;
/** Of one device, active through all tests but the last. */
let lease: OpenLease;
let path: string;
const tenant = identityOf(randomBytes(32));
beforeAll(async () => {
  hall = await openHall(
    { examSeconds: 0.2 },
    { cohortMs: 100, probeMeanMs: 3600_000, leaseProbeMeanMs: 200, leaseRestMs: 0, ballastBytes: 64 * 1024 },
  );
  [market, rival] = [await Market.open(hall), await Market.open(hall, 'rival')];
  const chip = hall.chip('RTX 4090', { speed: 1.5, tableSpeed: 8 });
  const device = hall.enter('wanted', {
    claim: hall.claim(),
    prover: hall.card(chip.tenant()),
    load: async () => 0,
  });
  await market.untilVerified(device);
  // Of many at once one gets it.
  const rush = Array.from({ length: 20 }, (_, at) =>
    (at % 2 === 0 ? market : rival).call('POST', '/v1/leases', { device, reference: `rush ${at}` }),
  );
  const answers = await Promise.all(rush);
  const made = answers.findIndex(({ status }) => status === 201);
  expect(answers.filter((_, at) => at !== made).map(({ body }) => body.code)).toEqual(
    Array(19).fill('lease.device-taken'),
  );
  if (made % 2 === 1) [market, rival] = [rival, market];
  lease = { ...(answers[made]?.body as unknown as OpenLease), device };
  path = `/v1/leases/${lease.id}`;
  await market.until(lease, 'active');
  await market.untilEntries(lease, 3);
});
afterAll(() => hall.close());

const heads = async () =>
  (await market.call('GET', `${path}/transcript`, undefined, lease.witnessToken))
    .body as unknown as TranscriptHeads;

async function statement(changes = {}, by: Identity = tenant) {
  const [head] = (await heads()).cards;
  const said = { lease: lease.id, at: Date.now(), ...head, load: 0, key: by.device, ...changes };
  return { ...said, signature: by.sign('witness', said) };
}

const say = (body: unknown, token: string | null = lease.witnessToken) =>
  market.call('POST', `${path}/witness`, body, token);

describe('a lease over HTTP', () => {
  it('is the same one for the same request, however often at once', async () => {
    const { body } = await market.call('GET', path);
    const request = { device: lease.device, reference: body.reference };
    const again = await Promise.all(
      Array.from({ length: 10 }, () => market.call('POST', '/v1/leases', request)),
    );
    expect(again.map(({ status, body }) => [status, body.id])).toEqual(Array(10).fill([200, lease.id]));
    const other = { ...request, endsAt: new Date(Date.now() + 60_000).toISOString() };
    expect((await market.call('POST', '/v1/leases', other)).body).toMatchObject({
      code: 'lease.reference-used',
    });
  });

  it('shows a rival, a stranger and a guesser the same as if there were none', async () => {
    const missing = `/v1/leases/le_${'0'.repeat(32)}`;
    for (const [way, body] of [['GET'], ['PATCH', { state: 'ended' }]] as const) {
      const [real, none] = [await rival.call(way, path, body), await rival.call(way, missing, body)];
      expect(real).toMatchObject({ status: 404, body: { code: 'lease.unknown' } });
      expect({ ...real.body, instance: '' }).toEqual({ ...none.body, instance: '' });
    }
    const wrong = [
      'ak_',
      'wt_',
      `ak_${'0'.repeat(64)}`,
      `wt_${'0'.repeat(64)}`,
      `${market.key} `,
      market.key.toUpperCase(),
    ];
    for (const token of [null, ...wrong, lease.id, market.key.slice(3)]) {
      for (const part of ['', '/receipt', '/transcript'])
        expect(await market.call('GET', path + part, undefined, token)).toMatchObject({
          status: token?.endsWith(' ') ? expect.any(Number) : 401,
        });
    }
    // Keys are not for what the witness says, and who has one learns nothing by trying.
    for (const { key } of [rival, market]) {
      const [real, none] = [
        await say(await statement(), key),
        await market.call('POST', `${missing}/witness`, await statement(), key),
      ];
      expect(real).toMatchObject({ status: 403, body: { code: 'access.role' } });
      expect({ ...real.body, instance: '' }).toEqual({ ...none.body, instance: '' });
    }
    expect((await market.call('GET', `${path}/receipt`)).status).toBe(200);
    expect((await rival.call('GET', `${path}/receipt`)).status).toBe(404);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no JSON', '{"device":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['deep lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['a prototype', '{"__proto__":{"state":"ended"}}'],
    ['both', { state: 'ended', endsAt: '2030-01-01T00:00:00Z' }],
    ['another state', { state: 'active' }],
    ['a number', { endsAt: 1e300 }],
    ['no time', { endsAt: '2030-02-30T99:00:00Z' }],
    ['a leap second', { endsAt: '2030-12-31T23:59:60Z' }],
    ['the past', { endsAt: '1969-12-31T23:59:59Z' }],
    ['a far future', { endsAt: '9999-12-31T23:59:59Z' }],
  ])('is not changed by %s', async (_, body) => {
    const before = await market.document(lease);
    const { status } = await market.call('PATCH', path, body);
    expect([400, 415]).toContain(status);
    expect(await market.document(lease)).toEqual(before);
  });

  it('takes no body that is too large, and stays there for others', async () => {
    const large = { device: lease.device, reference: 'x'.repeat(100_000) };
    expect(await market.call('POST', '/v1/leases', large)).toMatchObject({ status: 413 });
    expect(await say({ ...(await statement()), tag: '0'.repeat(100_000) })).toMatchObject({ status: 413 });
    expect((await market.call('GET', path)).status).toBe(200);
  });

  it('hears its one witness and nobody else', async () => {
    const said = await statement();
    expect(await say(said)).toMatchObject({ status: 204 });
    // Said again by who saw it on the way, it adds nothing.
    expect(await say(said)).toMatchObject({ status: 204 });
    const another = identityOf(randomBytes(32));
    const refused = [
      await statement({ at: Date.now() + 1 }, another),
      { ...(await statement()), load: 1 },
      await statement({ lease: `le_${'1'.repeat(32)}` }),
      await statement({ card: 1 }),
      await statement({ index: 1_000_000 }),
      await statement({ at: Date.now() + 3600_000 }),
      await statement({ at: 0 }),
      { ...(await statement()), at: -1 },
      { ...(await statement()), load: 2 },
      {},
    ];
    for (const one of refused) expect((await say(one)).status).toBe(400);
  });

  it('lets nobody in while the file of keys is damaged, says nothing of where it lies, and everybody after', async () => {
    const file = join(hall.dataDir, 'keys.json');
    await rename(file, `${file}.kept`);
    expect((await market.call('GET', path)).status).toBe(401);
    for (const damaged of ['', '{', '{"keys":[{"name":"x"}]}', '{"keys":{}}']) {
      await writeFile(`${file}.new`, damaged);
      await rename(`${file}.new`, file);
      const { status, body } = await market.call('GET', path);
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'service.storage-unavailable' });
      expect(JSON.stringify(body)).not.toContain(hall.dataDir);
    }
    await rename(`${file}.kept`, file);
    expect((await market.call('GET', path)).status).toBe(200);
  });

  it('goes one way when it is ended and extended at once', async () => {
    const endsAt = new Date(Date.now() + 3600_000).toISOString();
    const changes = Array.from({ length: 20 }, (_, at) =>
      market.call('PATCH', path, at % 2 === 0 ? { state: 'ended' } : { endsAt }),
    );
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    await market.until(lease, 'ended');
    const receipt = await market.receipt(lease);
    const issuer = await market.issuer();
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect((await say(await statement())).body).toMatchObject({ code: 'lease.over' });
    expect(receipt.witness).toMatchObject([{ key: tenant.device, load: 0 }]);
    // Who changes anything of it is found out, also where all that follows from the change is made to follow.
    const forger = identityOf(randomBytes(32));
    for (const forge of forgeries) {
      const forged = structuredClone(receipt);
      forge(forged);
      Object.assign(forged, followed(forged));
      expect(faultsOf(forged, issuer), String(forge)).not.toEqual([]);
      const { signature: _, ...fields } = { ...forged, verifier: forger.device };
      const signed = { ...fields, signature: forger.sign('receipt', fields) };
      expect(faultsOf(signed, issuer).join(), String(forge)).toContain('issuer: is signed by');
    }
  });
});

const firstCard = (receipt: Receipt) => receipt.cards[0] as Receipt['cards'][number];

const forgeries: ((receipt: Receipt) => void)[] = [
  (receipt) => void firstCard(receipt).entries.pop(),
  (receipt) => void firstCard(receipt).entries.shift(),
  (receipt) => void receipt.witness.splice(0),
  (receipt) => void Object.assign(receipt, { ours: [{ from: receipt.openedAt, to: receipt.issuedAt }] }),
  (receipt) => void Object.assign(receipt, { reference: 'another job' }),
  (receipt) => void Object.assign(firstCard(receipt), { return: firstCard(receipt).handOver }),
  (receipt) => void Object.assign(firstCard(receipt), { baselineMs: 1000 }),
];

/** Figures and verdict as they follow. */
function followed(receipt: Receipt): Pick<Receipt, 'cards' | 'figures' | 'verdict'> {
  const { cards, figures, verdict } = receiptFigures(receipt);
  const filled = receipt.cards.map(
    (card, at) => ({ ...card, ...structuredClone(cards[at]) }) as Receipt['cards'][number],
  );
  return { cards: filled, figures, verdict };
}
