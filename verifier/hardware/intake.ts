import type { RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Enrolment } from '../../protocol/messages/enrolment.js';
import type { Finding, HardwareReport } from '../../protocol/messages/hardware.js';
import type { HardwareReportedFact } from '../../scoring/facts/hardware.js';
import { findIn } from '../../scoring/hardware/find.js';
import { finding } from '../../scoring/hardware/finding.js';
import type { KnownHardware } from '../../scoring/hardware/known.js';
import { namesSlice } from '../../scoring/hardware/slices.js';
import type { HardwareRecord } from '../../scoring/queries/hardware.js';
import { refusalsIn } from './hardware-book.js';
import type { Pepper } from './pepper.js';
import { assertPlaced } from './placed.js';
import { ordered, steadyHash, weightOf } from './same-report.js';

/** What a new report says that the one before did not. */
export interface Heard {
  readonly fact: HardwareReportedFact;
  /** Whether it stands for itself as a slice otherwise than before: that is other hardware than it said. */
  readonly turned: boolean;
}

export interface IntakeParts {
  readonly pepper: Pepper;
  readonly known: KnownHardware;
}

/** Reads what a host says about itself when it enrols. */
export class HardwareIntake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** To be asked before anything is used up. @throws TouchstoneError `hardware.misplaced` */
  assertPossible({ hardware, cards }: Pick<Enrolment, 'hardware' | 'cards'>): void {
    if (hardware !== undefined) assertPlaced(hardware, cards.length);
  }

  /** An enrolment as it is recorded: its ids hashed with our secret. @param before the claims on record; empty where there are none */
  recorded(enrolment: Enrolment, before: readonly CardClaim[]): Enrolment {
    const { pepper } = this.#parts;
    const { hardware, cards } = enrolment;
    if (hardware === undefined) return { ...enrolment, cards: pepper.claims(cards, before) };
    const components = hardware.components.map((component) => ({
      ...component,
      hash: pepper.component(component.kind, component.hash),
    }));
    return {
      ...enrolment,
      cards: pepper.claims(cards, before),
      hardware: ordered({ ...hardware, components }),
    };
  }

  /**
   * What an enrolment says of its host that the report on record does not; null where that is nothing. Dated after the one before,
   * which another verifier may have dated by a clock that is ahead of ours: the latest stands.
   *
   * What is only read otherwise than before, because this verifier knows more, waits for the end of a lease: its host has done nothing
   * that could end it.
   *
   * @param enrolment as `recorded` made it
   */
  heard(
    { device, hardware, cards }: Enrolment,
    before: HardwareRecord | null,
    now: { readonly at: number; readonly random: RandomBytes; readonly leased: boolean },
  ): Heard | null {
    if (hardware === undefined) return null;
    const findings = this.#findIn(hardware, cards);
    const steady = steadyHash(hardware);
    const saysTheSame = before?.steady === steady;
    if (saysTheSame && (now.leased || weightOf(before.findings) === weightOf(findings))) return null;
    const fact: HardwareReportedFact = {
      kind: 'hardware.reported',
      id: newFactId(now.random),
      at: Math.max(now.at, (before?.at ?? 0) + 1),
      device,
      report: hardware,
      findings,
      steady,
    };
    const turned = weightOf(refusalsIn(before?.findings ?? [])) !== weightOf(refusalsIn(findings));
    return { fact, turned };
  }

  #findIn(report: HardwareReport, claims: readonly CardClaim[]): Finding[] {
    return [...findIn(report, claims, this.#parts.known), ...this.#otherIds(report, claims)];
  }

  /** Cards that the report gives another id than the claim that they stand for. A slice has an id beside that of its card. */
  #otherIds({ cards, components }: HardwareReport, claims: readonly CardClaim[]): Finding[] {
    return cards.flatMap(({ claim, mig }, place) => {
      const whole = claim === null ? undefined : claims[claim];
      const claimed =
        whole === undefined || mig === true || namesSlice(whole.model) ? undefined : whole.hardwareId;
      const own = components.filter(({ kind, card }) => kind === 'gpu-uuid' && card === place);
      if (claimed === undefined || own.length === 0 || own.some(({ hash }) => this.#isSame(claimed, hash)))
        return [];
      const evidence = { read: 'an id in the report', expected: 'the same id in the claim', claim };
      return [finding('hardware.claim-differs', 'evidence', place, evidence)];
    });
  }

  /** An id that was recorded in the clear stands for its hash. */
  #isSame(claimed: string, hash: string): boolean {
    return claimed === hash || this.#parts.pepper.claimedId(claimed) === hash;
  }
}
