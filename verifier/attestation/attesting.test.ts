import { randomBytes, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { attestationNonce } from '../../protocol/attestation.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { hardwareOf } from '../../protocol/hardware.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ExamFact, Fact } from '../../scoring/facts/facts.js';
import { deviceId, exam } from '../../scoring/testing/facts.js';
import type { DeviceState } from '../devices/devices.js';
import type { ExamHistory } from '../devices/histories.js';
import { Serial } from '../devices/serial.js';
import { AttestedCards } from './attested-cards.js';
import { Attesting } from './attesting.js';
import { nvidiaScheme } from './nvidia.js';
import { type Chain, chainOf, reportOf } from './testing/vendor.js';

const minute = 60_000;
const start = Date.now();
const claim: CardClaim = {
  kind: 'gpu',
  model: 'NVIDIA H100 80GB HBM3',
  memoryBytes: 1,
  engine: 'webgpu',
  hardwareId: deviceId('chip'),
};
const seed = deviceId('seed of the exam');

let chain: Chain;
beforeAll(async () => {
  chain = await chainOf();
});

/** A verifier with one device whose cards have passed an exam. */
function office({ roots = true, claims = [claim, { ...claim, hardwareId: deviceId('chip 2') }] } = {}) {
  const device = deviceId('attesting');
  const record: Fact[] = [];
  const ends: string[] = [];
  const world = { now: start, claims: claims as readonly CardClaim[], record, ends, device };
  const latest = new Map<number, ExamFact>(
    claims.map((claimed, card) => [
      card,
      exam(device, start, { card, claim: claimed, seed, exam: `ex_${'1'.repeat(32)}` }),
    ]),
  );
  const cards = new AttestedCards([]);
  const attesting = new Attesting({
    scheme: roots ? nvidiaScheme([new X509Certificate(chain.root.pem)]) : null,
    cards,
    devices: {
      get: (id) =>
        id === device ? ({ device, enrolment: { cards: world.claims } } as DeviceState) : undefined,
      history: async () => ({ latest }) as unknown as ExamHistory,
    },
    recorder: {
      record: async (facts) => {
        record.push(...facts);
      },
    },
    serial: new Serial(),
    clock: { now: () => world.now },
    random: (length) => new Uint8Array(randomBytes(length)),
    ended: (outcome) => ends.push(outcome),
  });
  const attest = async ({
    card = 0,
    of = chain,
    exam = `ex_${'1'.repeat(32)}`,
    from = device,
    over = seed,
  } = {}) => {
    const nonce = attestationNonce(fromHex(over), fromHex(from));
    const evidence = { report: await reportOf(of.chip, nonce), certificates: of.pem };
    return attesting.attest(device, { card, exam, ...evidence });
  };
  return { world, latest, attest, cards, attesting };
}
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: { code?: string }) => error.code,
  );

describe('an attestation of a card that has just passed an exam', () => {
  it('is recorded with what it rests on, and speaks for the card', async () => {
    const { world, attest, cards } = office();
    const fact = await attest();
    expect(world.record).toEqual([fact]);
    expect(fact).toMatchObject({
      kind: 'card.attested',
      device: world.device,
      card: 0,
      exam: `ex_${'1'.repeat(32)}`,
      vendor: 'nvidia',
      chip: 'GH100',
      hardware: hardwareOf(claim),
      nonce: toHex(attestationNonce(fromHex(seed), fromHex(world.device))),
    });
    expect(cards.of(world.device, 0, hardwareOf(claim), start)).toEqual(fact);
    expect(world.ends).toEqual(['accepted']);
  });

  it('can be made again after the next exam', async () => {
    const { world, latest, attest } = office();
    await attest();
    world.now = start + 60 * minute;
    const next = exam(world.device, world.now, {
      claim,
      seed: deviceId('next'),
      exam: `ex_${'2'.repeat(32)}`,
    });
    latest.set(0, next);
    await attest({ exam: next.exam, over: deviceId('next') });
    expect(world.record.length).toBe(2);
  });
});

describe('an attestation that is refused', () => {
  it('changes nothing: of another exam, an old one, one that was not passed, or another card', async () => {
    const { world, latest, attest, cards } = office();
    const no = 'attestation.no-challenge';
    expect(await code(attest({ exam: `ex_${'9'.repeat(32)}` }))).toBe(no);
    expect(await code(attest({ card: 7 }))).toBe(no);
    world.now = start + 16 * minute;
    expect(await code(attest())).toBe(no);
    world.now = start;
    const passed = latest.get(0) as ExamFact;
    for (const change of [{ outcome: 'failed' }, { outcome: 'ours' }, { seed: null }] as const) {
      latest.set(0, { ...passed, ...change });
      expect(await code(attest())).toBe(no);
    }
    latest.set(0, passed);
    world.claims = [{ ...claim, model: 'NVIDIA L4' }];
    expect(await code(attest())).toBe(no);
    expect([world.record, cards.of(world.device, 0, hardwareOf(claim), start)]).toEqual([[], null]);
  });

  it("is over another device's challenge, or that of an exam before", async () => {
    const { world, attest } = office();
    expect(await code(attest({ from: deviceId('another device') }))).toBe('attestation.wrong-signature');
    expect(await code(attest({ over: deviceId('the exam before') }))).toBe('attestation.wrong-signature');
    expect(world.record).toEqual([]);
  });

  it('is of a chip that speaks for another card already', async () => {
    const { world, attest, cards } = office();
    await attest();
    expect(await code(attest({ card: 1 }))).toBe('attestation.elsewhere');
    expect(world.ends).toEqual(['accepted', 'attestation.elsewhere']);
    const [fact] = world.record;
    const elsewhere = office();
    elsewhere.cards.apply([{ ...fact, device: deviceId('another device') } as Fact]);
    expect(await code(elsewhere.attest())).toBe('attestation.elsewhere');
    expect(elsewhere.world.record).toEqual([]);
    // Another chip may.
    await attest({ card: 1, of: { ...(await chainUnder()), root: chain.root } });
    expect(cards.of(world.device, 1, hardwareOf(world.claims[1] as CardClaim), start)?.card).toBe(1);
  });

  it('is the second for cards that have no ids, by the same chip', async () => {
    const { hardwareId: _, ...unnamed } = claim;
    const { attest, world } = office({ claims: [unnamed, unnamed] as CardClaim[] });
    await attest();
    expect(await code(attest({ card: 1 }))).toBe('attestation.elsewhere');
    expect(world.record).toHaveLength(1);
  });

  it('is of a device that nobody knows, or where no root is trusted', async () => {
    const { attesting } = office();
    const nothing = { card: 0, exam: `ex_${'1'.repeat(32)}`, report: new Uint8Array(), certificates: '' };
    expect(await code(attesting.attest(deviceId('nobody'), nothing))).toBe('device.unknown');
    expect(await code(office({ roots: false }).attest())).toBe('attestation.not-configured');
  });
});

/** Another chip of the same vendor. */
const chainUnder = () => chainOf({ authority: { issuer: chain.root } });
