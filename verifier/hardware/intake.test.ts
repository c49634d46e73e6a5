import { randomBytes } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { componentHash } from '../../protocol/fingerprint.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { Enrolment } from '../../protocol/messages/enrolment.js';
import type { Component, HardwareReport } from '../../protocol/messages/hardware.js';
import { loadKnownHardware } from '../../scoring/hardware/read-known.js';
import { hardwareRecordOf } from '../../scoring/queries/hardware.js';
import { HardwareIntake } from './intake.js';
import { Pepper } from './pepper.js';
import { component, hardwareReport, reportedCard } from './testing/reports.js';

const networkKey = new Uint8Array(32).fill(2);
const pepper = new Pepper(new Uint8Array(32).fill(1), networkKey);
const intake = new HardwareIntake({ pepper, known: loadKnownHardware() });
const random = (length: number) => new Uint8Array(randomBytes(length));
const now = { at: 100, random, leased: false };

const uuid: Component = component('gpu-uuid', 0, 'uuid');
const claim: CardClaim = {
  kind: 'gpu',
  model: 'NVIDIA GeForce RTX 4090',
  memoryBytes: 24564 * 2 ** 20,
  engine: null,
  hardwareId: uuid.hash,
};
const enrolment = (hardware?: HardwareReport, cards: readonly CardClaim[] = [claim]): Enrolment => ({
  device: 'ab'.repeat(32),
  nonce: `no_${'0'.repeat(32)}`,
  host: 'localhost',
  name: 'name',
  agent: { version: '1', platform: 'test' },
  cards: [...cards],
  ...(hardware !== undefined && { hardware }),
  signature: '0'.repeat(128),
});
const slice = hardwareReport({ cards: [reportedCard({ mig: true, migSlices: [] })] });

/** The fact of a first report. */
function reported(hardware: HardwareReport) {
  const heard = intake.heard(intake.recorded(enrolment(hardware), []), null, now);
  if (heard === null) throw new Error('nothing was heard');
  return heard.fact;
}
const again = (hardware: HardwareReport, before: HardwareReport) =>
  intake.heard(intake.recorded(enrolment(hardware), []), hardwareRecordOf(reported(before)), now);
const codesOf = (hardware: HardwareReport, cards?: readonly CardClaim[]) =>
  intake
    .heard(intake.recorded(enrolment(hardware, cards), []), null, now)
    ?.fact.findings.map(({ code, card }) => [code, card]);

describe('a report that is refused', () => {
  const refusal = (hardware: HardwareReport, claims = 2) => {
    try {
      intake.assertPossible(enrolment(hardware, Array(claims).fill(claim)));
      return null;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('points to a claim that is not made, or that another of its cards stands for', () => {
    const cards = (...claims: (number | null)[]) =>
      hardwareReport({ cards: claims.map((one) => reportedCard({ claim: one })), components: [] });
    expect(refusal(cards(0, 1))).toBeNull();
    expect(refusal(cards(null, null, 1))).toBeNull();
    expect(refusal(cards(0, 2))).toBe('hardware.misplaced');
    expect(refusal(cards(1, 0, 1))).toBe('hardware.misplaced');
  });

  it("gives an id to a card that is not there, a card's id to the host, or the host's to a card", () => {
    const ids = (...components: Component[]) => hardwareReport({ components });
    expect(refusal(ids(uuid, component('disk', null, 'a')))).toBeNull();
    expect(refusal(ids({ ...uuid, card: 1 }))).toBe('hardware.misplaced');
    expect(refusal(ids({ ...uuid, card: null }))).toBe('hardware.misplaced');
    expect(refusal(ids(component('disk', 0, 'a')))).toBe('hardware.misplaced');
    expect(refusal({ ...ids(uuid), cards: [] })).toBe('hardware.misplaced');
  });

  it('is larger than messages are: the schema takes it not', () => {
    const schema = Compile(Enrolment);
    const many = <T>(one: T, count: number): T[] => Array(count).fill(one);
    expect(schema.Check(enrolment(hardwareReport()))).toBe(true);
    const tooMuch: HardwareReport[] = [
      hardwareReport({ cards: many(reportedCard(), 65) }),
      hardwareReport({ components: many(uuid, 513) }),
      hardwareReport({ unread: many('x', 65) }),
      hardwareReport({ cards: [reportedCard({ name: 'x'.repeat(129) })] }),
      hardwareReport({ components: [{ ...uuid, hash: 'GPU-in-the-clear' }] }),
    ];
    expect(tooMuch.map((one) => schema.Check(enrolment(one)))).toEqual(tooMuch.map(() => false));
  });
});

describe('a report on record', () => {
  it('holds no id as it left its host', () => {
    const fact = JSON.stringify(reported(hardwareReport()));
    for (const { hash } of hardwareReport().components) expect(fact).not.toContain(hash);
    expect(fact).toContain(pepper.component('gpu-uuid', uuid.hash));
  });

  it('is made once, and not again for the same in another order or after a restart', () => {
    expect(again(hardwareReport(), hardwareReport())).toBeNull();
    const { cards, components } = hardwareReport();
    const restarted = hardwareReport({
      cards: cards.map((card) => ({
        ...card,
        power: null,
        ...(card.power && { power: { ...card.power, enforcedW: 1 } }),
      })),
      components: components.toReversed(),
    });
    expect(again(restarted, hardwareReport())).toBeNull();
  });

  it('is made again where a driver is another, once, and dated after the one before', () => {
    const updated = hardwareReport({ cards: [reportedCard({ driver: '560.28.03' })] });
    const heard = again(updated, hardwareReport());
    expect(heard?.fact.at).toBe(now.at + 1);
    expect(heard?.turned).toBe(false);
    expect(again(updated, updated)).toBeNull();
  });

  it('is made again where the same report is read otherwise than before', () => {
    const record = hardwareRecordOf(reported(hardwareReport()));
    const stale = {
      ...record,
      findings: [
        { code: 'hardware.slice-mig', severity: 'refusal', card: 0, evidence: {}, fix: '' } as const,
      ],
    };
    const heard = intake.heard(intake.recorded(enrolment(hardwareReport()), []), stale, now);
    expect(heard).toMatchObject({ turned: true, fact: { report: reported(hardwareReport()).report } });
    // Not while somebody has leased it: its host said nothing new.
    const leased = { ...now, leased: true };
    expect(intake.heard(intake.recorded(enrolment(hardwareReport()), []), stale, leased)).toBeNull();
    expect(intake.heard(intake.recorded(enrolment(slice), []), record, leased)?.turned).toBe(true);
  });

  it('is none where an agent sends none', () => {
    expect(intake.heard(intake.recorded(enrolment(), []), null, now)).toBeNull();
  });
});

describe('what is found in a report', () => {
  it('turns a device where a card begins or ends to say that it is a slice', () => {
    expect(again(slice, hardwareReport())).toMatchObject({ turned: true });
    expect(again(hardwareReport(), slice)).toMatchObject({ turned: true });
    expect(again({ ...slice, unread: ['dmi: permission denied'] }, slice)).toBeNull();
  });

  it('is another id of the claim than of the card that stands for it', () => {
    expect(codesOf(hardwareReport())).not.toContainEqual(['hardware.claim-differs', 0]);
    const other = { ...claim, hardwareId: component('gpu-uuid', 0, 'other').hash };
    expect(codesOf(hardwareReport(), [other])).toContainEqual(['hardware.claim-differs', 0]);
    // Nobody claims it, or what is claimed is a slice of it.
    for (const honest of [{ claim: null }, { mig: true }]) {
      const report = hardwareReport({ cards: [reportedCard(honest)] });
      expect(codesOf(report, [other])).not.toContainEqual(['hardware.claim-differs', 0]);
    }
  });

  it('is no other id where a slice is claimed of a card that does not say whether it is split', () => {
    const slice = { ...claim, model: 'NVIDIA A100-SXM4-80GB MIG 1g.10gb', hardwareId: 'MIG-1' };
    expect(codesOf(hardwareReport(), [slice])).not.toContainEqual(['hardware.claim-differs', 0]);
  });

  it('is no other id where the claim is of before there were hashes, or the record has it in the clear', () => {
    const plain = { ...claim, hardwareId: 'GPU-1' };
    const own = { ...uuid, hash: componentHash(networkKey, 'gpu-uuid', 'GPU-1') };
    const report = hardwareReport({ components: [own] });
    expect(codesOf(report, [plain])).not.toContainEqual(['hardware.claim-differs', 0]);
    const kept = intake.recorded(enrolment(report, [{ ...claim, hardwareId: own.hash }]), [plain]);
    expect(kept.cards[0]?.hardwareId).toBe('GPU-1');
    const codes = intake.heard(kept, null, now)?.fact.findings.map(({ code }) => code);
    expect(codes).not.toContain('hardware.claim-differs');
  });
});
