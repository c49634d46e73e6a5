import { attestationNonce } from '../../protocol/attestation.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import { hardwareOf } from '../../protocol/hardware.js';
import { newFactId } from '../../protocol/ids.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { CardAttestedFact } from '../../scoring/facts/hardware.js';
import type { Devices } from '../devices/devices.js';
import { sameHardware } from '../devices/hardware.js';
import type { Recorder } from '../devices/recorder.js';
import type { Serial } from '../devices/serial.js';
import type { AttestedCards } from './attested-cards.js';
import type { AttestationScheme, Evidence } from './scheme.js';

/** An exam can be attested so long after its end. */
const examMs = 15 * 60_000;

export interface AttestingParts {
  /** Null where no root is trusted. */
  readonly scheme: AttestationScheme | null;
  readonly cards: AttestedCards;
  readonly devices: Pick<Devices, 'get' | 'history'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly serial: Serial;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomBytes;
  /** Told of each that was given: accepted, or why not. */
  readonly ended?: (outcome: 'accepted' | Code) => void;
}

/** Which card is attested by what, after which exam. */
export interface Attestation extends Evidence {
  readonly card: number;
  readonly exam: string;
}

/** Takes a vendor's word for a card that has just passed an exam. What is refused changes nothing. */
export class Attesting {
  readonly #parts: AttestingParts;

  constructor(parts: AttestingParts) {
    this.#parts = parts;
  }

  /**
   * @throws TouchstoneError `device.unknown`, `attestation.…`; the journal's errors
   */
  async attest(device: string, attestation: Attestation): Promise<CardAttestedFact> {
    const { serial, ended } = this.#parts;
    try {
      const fact = await serial.run(device, () => this.#attest(device, attestation));
      ended?.('accepted');
      return fact;
    } catch (error) {
      if (error instanceof TouchstoneError) ended?.(error.code);
      throw error;
    }
  }

  async #attest(device: string, { card, exam, ...evidence }: Attestation): Promise<CardAttestedFact> {
    const { scheme, cards, clock, random, recorder } = this.#parts;
    if (scheme === null) throw new TouchstoneError('attestation.not-configured');
    const { claim, seed } = await this.#passed(device, card, exam);
    const now = clock.now();
    const nonce = attestationNonce(fromHex(seed), fromHex(device));
    const attested = scheme.verify(evidence, nonce, now);
    const hardware = hardwareOf(claim);
    const own = { key: attested.key, device, card, hardware };
    if (cards.speaksElsewhere(own, now)) throw new TouchstoneError('attestation.elsewhere');
    const fact: CardAttestedFact = {
      kind: 'card.attested',
      id: newFactId(random),
      at: now,
      device,
      card,
      exam,
      hardware,
      ...attested,
      nonce: toHex(nonce),
    };
    await recorder.record([fact]);
    cards.apply([fact]);
    return fact;
  }

  /** The last exam of the card, passed as what it claims to be now, a while ago. @throws TouchstoneError */
  async #passed(device: string, card: number, exam: string): Promise<{ claim: CardClaim; seed: string }> {
    const { devices, clock } = this.#parts;
    const claim = devices.get(device)?.enrolment.cards[card];
    if (devices.get(device) === undefined) throw new TouchstoneError('device.unknown');
    const last = (await devices.history(device)).latest.get(card);
    const isOfCard =
      last !== undefined &&
      claim !== undefined &&
      last.exam === exam &&
      last.outcome === 'passed' &&
      sameHardware([last.claim], [claim]);
    if (!isOfCard || last.seed === null || clock.now() - last.at > examMs)
      throw new TouchstoneError('attestation.no-challenge');
    return { claim, seed: last.seed };
  }
}
