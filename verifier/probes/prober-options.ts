import type { Logger } from 'pino';
import type { RandomBytes } from '../../protocol/clock.js';
import type { BeaconValue } from '../../protocol/messages/receipt.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { Saved } from '../state/saved.js';
import type { LostTables } from '../tables/lost-tables.js';
import type { Residents } from '../tables/residents.js';
import type { SavedAbsence } from './absences.js';
import type { CardProbing } from './card-probings.js';
import type { Preparations } from './preparations.js';
import type { ProbeRunOptions } from './probe-run.js';
import type { Transcripts } from './transcripts.js';

/** What is known of a device between two probes: who goes to another verifier is no stranger there. */
export interface SavedProbings {
  readonly cards: readonly (readonly [card: number, probing: CardProbing])[];
  readonly absence: SavedAbsence | null;
}

/** What the prober works with. */
export interface ProberOptions extends Omit<ProbeRunOptions, 'finished' | 'uncheckable'> {
  readonly random: RandomBytes;
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly residents: Residents;
  readonly lost: LostTables;
  readonly transcripts: Transcripts;
  readonly preparations: Preparations;
  /** Secret of a device's transcript that its probe seeds are made with, 32 bytes. */
  readonly keyOf: (device: string, transcript: string) => Uint8Array;
  /** Where the run of each card's probes stands for other verifiers; nowhere where there are none. */
  readonly saved?: Saved<SavedProbings>;
  /** Whether this verifier may act for a device (`Homes.isHere`); always where it is absent. */
  readonly isHere?: (device: string) => boolean;
  /** For probes of leases; null where there is none at present. */
  readonly beacon: () => Promise<BeaconValue | null>;
  /** The lease of the device while its cards are the tenant's. */
  readonly leaseOf: (device: string) => string | null;
  /** It is in an exam, which may take the table from under a probe that was sent before. */
  readonly examining: (device: string) => boolean;
  /** It makes a table or has an outage to show: no probe is sent. */
  readonly busy: (device: string) => boolean;
  /** The device should be examined at once. */
  readonly soon: (device: string) => void;
  /** Told of every probe once it is on record. */
  readonly observe: (fact: ProbeFact) => void;
  readonly meanMs: number;
  readonly leaseMeanMs: number;
  /** Of a link of an offline chain. */
  readonly linkMs: number;
  readonly log: Pick<Logger, 'error'>;
}
