import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex } from '../../protocol/bytes.js';
import { componentHash } from '../../protocol/fingerprint.js';
import { limits } from '../../protocol/limits.js';
import type { Enrolment } from '../../protocol/messages/enrolment.js';
import { isSignedBy } from '../../protocol/signing.js';
import { mergeFacts } from '../hardware/merge.js';
import { identityOf } from '../identity.js';
import { TestVerifier } from '../testing/test-verifier.js';
import { runSupplier, type SupplierOptions } from './supplier.js';

const fingerprintKey = '5e'.repeat(32);
const uuid = 'GPU-d37e67a5-91dd-3774-a5cb-99096249601a';
/** Every raw value of the machine. */
const ids = [
  { kind: 'gpu-uuid', value: uuid },
  { kind: 'gpu-serial', value: '1325020012345' },
  { kind: 'gpu-pdi', value: '0xb10cbc14dec8c521' },
] as const;
const hostIds = [
  { kind: 'machine-id', value: '0123456789abcdef0123456789abcdef' },
  { kind: 'mac', value: '52:54:00:12:34:56' },
  { kind: 'disk', value: 'S4EVNX0R123456' },
] as const;
const hardware = mergeFacts(
  [
    {
      name: 'nvidia-smi',
      facts: { cards: [{ name: 'Tesla T4', bus: '0000:3b:00.0', ids }], host: { os: 'linux' }, ids: hostIds },
    },
  ],
  ['dmi: permission denied'],
);
const cards: SupplierOptions['cards'] = [
  { claim: { kind: 'cpu', model: 'CPU', memoryBytes: 1, engine: null }, prover: null },
  {
    claim: { kind: 'gpu', model: 'Tesla T4', memoryBytes: 1, engine: null, hardwareId: uuid },
    prover: null,
  },
];

let verifier: TestVerifier;
let url: URL;
let stop: AbortController;
beforeEach(async () => {
  verifier = new TestVerifier();
  verifier.fingerprintKey = fingerprintKey;
  url = await verifier.listen();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await verifier.close();
});

const base = () => ({
  verifier: url,
  identity: identityOf(new Uint8Array(32).fill(7)),
  name: 'test',
  cards,
  hardware,
  signal: stop.signal,
  events: () => {},
});

/** Runs a supplier until it is connected. @returns its enrolment */
async function enrolled(options: SupplierOptions = base()): Promise<Enrolment> {
  void runSupplier(options);
  await expect.poll(() => verifier.connections.length).toBe(1);
  const request = verifier.requests.find(({ route }) => route === 'POST /v1/devices');
  return request?.body as unknown as Enrolment;
}

describe('what a host says about itself', () => {
  it('is sent with the claims, signed like all else, each card with the claim that stands for it', async () => {
    const { signature, ...fields } = await enrolled();
    expect(isSignedBy(fields.device, 'enrol', fields, signature)).toBe(true);
    expect(fields.hardware?.cards).toMatchObject([{ name: 'Tesla T4', claim: 1, source: 'nvidia-smi' }]);
    expect(fields.hardware?.host.os).toBe('linux');
    expect(fields.hardware?.unread).toEqual(['dmi: permission denied']);
    const hash = componentHash(fromHex(fingerprintKey), 'gpu-uuid', uuid);
    expect(fields.hardware?.components[0]).toEqual({ kind: 'gpu-uuid', card: 0, hash });
    expect(fields.hardware?.components).toHaveLength(ids.length + hostIds.length);
    expect(fields.cards[1]?.hardwareId).toBe(hash);
  });

  it('has no raw id in any byte that leaves', async () => {
    await enrolled();
    const sent = verifier.requests.map(({ text }) => text.toLowerCase()).join('\n');
    expect(sent).toContain(componentHash(fromHex(fingerprintKey), 'mac', hostIds[1].value));
    for (const { value } of hardware.ids) expect(sent).not.toContain(value.toLowerCase());
  });

  it.each([['has none', undefined] as const, ['has no such route', null] as const])(
    'is kept, with all ids, from an older verifier that %s, and the agent works on',
    async (_, none) => {
      verifier.fingerprintKey = none;
      const { hardware: said, cards: claims } = await enrolled();
      expect(said).toBeUndefined();
      expect(claims.map(({ hardwareId }) => hardwareId)).toEqual([undefined, undefined]);
      expect(verifier.requests.map(({ text }) => text).join('\n')).not.toContain(uuid);
    },
  );

  it('waits for a verifier that does not answer for its key just now, and sends nothing before', async () => {
    verifier.refusals.set('GET /v1/verifier', { status: 503, code: 'service.busy' });
    const ready = enrolled({ ...base(), backoff: { baseMs: 2, capMs: 5 } });
    await expect.poll(() => verifier.count('GET /v1/verifier')).toBeGreaterThan(2);
    expect(verifier.count('POST /v1/devices')).toBe(0);
    verifier.refusals.clear();
    expect((await ready).hardware?.cards).toHaveLength(1);
  });

  it('is nothing where nobody read it; ids of claims are hashed all the same, and no key is asked for where there are none', async () => {
    const { hardware: _, ...silent } = base();
    const { hardware: said, cards: claims } = await enrolled(silent);
    expect([said, claims[1]?.hardwareId?.length]).toEqual([undefined, 64]);
    const asked = verifier.count('GET /v1/verifier');
    void runSupplier({
      ...silent,
      identity: identityOf(new Uint8Array(32).fill(8)),
      cards: cards.slice(0, 1),
    });
    await expect.poll(() => verifier.connections.length).toBe(2);
    expect([asked, verifier.count('GET /v1/verifier')]).toEqual([1, 1]);
  });

  it('fits into a request, however huge the host is', async () => {
    const huge = mergeFacts([
      {
        name: 'nvidia-smi',
        facts: {
          cards: [...Array(limits.cards).keys()].map((at) => ({
            name: 'x'.repeat(128),
            vbios: 'y'.repeat(128),
            ids: ids.map(({ kind, value }) => ({ kind, value: `${value}-${at}` })),
          })),
          ids: [...Array(400).keys()].map((at) => ({ kind: 'disk', value: `disk ${at}` }) as const),
        },
      },
    ]);
    const many = Array(limits.cards).fill({
      ...cards[1],
      claim: { ...cards[1]?.claim, driver: 'z'.repeat(128) },
    });
    const { hardware: said } = await enrolled({ ...base(), hardware: huge, cards: many });
    const request = verifier.requests.find(({ route }) => route === 'POST /v1/devices');
    expect(Buffer.byteLength(request?.text ?? '')).toBeLessThanOrEqual(limits.bodyBytes);
    expect(said?.cards.length).toBeGreaterThan(8);
    expect(said?.unread[0]).toContain('left out');
  });
});
