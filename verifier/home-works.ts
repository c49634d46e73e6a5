import type { Devices } from './devices/devices.js';
import type { Recorder } from './devices/recorder.js';
import type { Examiner } from './exams/examiner.js';
import type { HomeWork } from './homes/home-work.js';
import type { Leases } from './leases/leases.js';
import type { OfflineDesk } from './offline/desk.js';
import type { Prober } from './probes/prober.js';
import type { Transcripts } from './probes/transcripts.js';
import type { LostTables } from './tables/lost-tables.js';
import type { Residents } from './tables/residents.js';
import type { TableOrders } from './tables/table-orders.js';

export interface HomeWorkParts {
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly transcripts: Pick<Transcripts, 'arrive' | 'leave' | 'forget'>;
  readonly residents: Pick<Residents, 'leave' | 'forget'>;
  readonly lost: Pick<LostTables, 'forget'>;
  readonly orders: Pick<TableOrders, 'cancel'>;
  readonly offline: Pick<OfflineDesk, 'arrive' | 'leave' | 'lapse'>;
  readonly prober: Pick<Prober, 'arrive' | 'leave' | 'lapse'>;
  readonly examiner: Pick<Examiner, 'arrive' | 'leave' | 'lapse'>;
  readonly leases: Pick<Leases, 'arrive' | 'leave' | 'of'>;
}

/**
 * Exams, probes, outages, tables and leases of a device, as one: they come in an order, each after what it rests on, and go in
 * the other. A lease asks for exams and probes; these make entries in transcripts, on tables.
 */
export function homeWork(parts: HomeWorkParts): HomeWork {
  const { devices, recorder, transcripts, residents, lost, orders, offline, prober, examiner, leases } =
    parts;
  return {
    name: 'exams, probes and leases',
    async arrive(device) {
      const cards = devices.get(device)?.enrolment.cards.length ?? 0;
      await transcripts.arrive(device, cards, (facts) => recorder.record(facts));
      await offline.arrive(device);
      await prober.arrive(device);
      await examiner.arrive(device);
      await leases.arrive(device);
    },
    async leave(device) {
      await leases.leave(device);
      orders.cancel(device);
      await examiner.leave(device);
      await offline.leave(device);
      await prober.leave(device);
      await transcripts.leave(device);
      lost.forget(device);
      await residents.leave(device);
    },
    async lapse(device) {
      // First: what ends from here on is not saved over what the next home writes.
      transcripts.forget(device);
      await leases.leave(device);
      orders.cancel(device);
      await examiner.lapse(device);
      await offline.lapse(device);
      await prober.lapse(device);
      transcripts.forget(device);
      lost.forget(device);
      residents.forget(device);
    },
    holds: (device) => leases.of(device) !== null,
  };
}
