import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import type { DisputeMovedFact } from '../../scoring/facts/hardware.js';
import { examFactsIn, hasTransition } from '../../scoring/queries/disputes.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { Serial } from '../devices/serial.js';
import { transitionFact } from '../devices/transition-fact.js';
import { bytesOf } from '../exams/derived-id.js';
import type { HomesPort } from '../homes/homes-port.js';
import type { DisputeBook } from './book.js';
import { enoughTrials } from './dispute.js';

export interface CondemningParts {
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly serial: Serial;
  readonly homes: Pick<HomesPort, 'isHere'>;
  readonly book: DisputeBook;
  /** Told when a device that is at home here was quarantined. */
  readonly condemned: (device: string) => void;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Quarantines who lost a dispute by joint exams, at its home. Once for what these exams showed: whoever a person has cleared since is
 * not condemned for the same again.
 */
export class Condemning {
  readonly #parts: CondemningParts;

  constructor(parts: CondemningParts) {
    this.#parts = parts;
  }

  /** Looks at all who have lost and are at home here. Never rejects: who could not be condemned now is at the next look. */
  async look(): Promise<void> {
    const { book, homes, log } = this.#parts;
    for (const fact of [...book.living()])
      for (const device of fact.losers.filter((loser) => homes.isHere(loser)))
        await this.#condemn(fact, device).catch((error) =>
          log.warn(
            { err: error, device, dispute: fact.dispute },
            'who lost a dispute could not be quarantined',
          ),
        );
  }

  #condemn(fact: DisputeMovedFact, device: string): Promise<void> {
    const { clickhouse, clock, devices, recorder, serial, condemned, log } = this.#parts;
    return serial.run(device, async () => {
      const state = devices.get(device);
      if (state === undefined || state.status === 'quarantined' || state.status === 'retired') return;
      const took = fact.trials.filter(({ went }) => went.includes(device));
      const card = fact.claimants.find((claimant) => claimant.device === device)?.card ?? 0;
      const last = took.at(-1)?.sweep;
      if (last === undefined) return;
      const sweeps = took.map(({ sweep }) => sweep);
      const transition = transitionFact(state, 'condemned', {
        at: clock.now(),
        random: bytesOf(`${fact.dispute}/${device}/${last}/condemned`),
        reasons: ['dispute.never-together'],
        evidence: [fact.id, ...(await examFactsIn(clickhouse, device, card, sweeps))],
        inputs: { joint: took.length, passed: took.filter(({ passed }) => passed.includes(device)).length },
        thresholds: { joint: enoughTrials },
      });
      if (transition === null || (await hasTransition(clickhouse, device, transition.id))) return;
      await recorder.record([transition]);
      log.info({ device, dispute: fact.dispute }, 'a device lost a dispute');
      condemned(device);
    });
  }
}
