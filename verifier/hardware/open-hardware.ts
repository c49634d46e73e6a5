import type { ClickHouseClient } from '@clickhouse/client';
import { loadKnownHardware } from '../../scoring/hardware/read-known.js';
import { loadHardware } from '../../scoring/queries/hardware.js';
import type { Secrets } from '../secrets/secrets.js';
import { HardwareBook } from './hardware-book.js';
import { HardwareIntake } from './intake.js';
import { Pepper } from './pepper.js';

export interface Hardware {
  readonly book: HardwareBook;
  readonly intake: HardwareIntake;
  /** The record is read again. */
  reload(): Promise<void>;
}

/** What hosts say of themselves: taken in, and known. @throws the record's errors */
export async function openHardware(parts: {
  readonly clickhouse: ClickHouseClient;
  readonly secrets: Pick<Secrets, 'derive'>;
}): Promise<Hardware> {
  const { clickhouse, secrets } = parts;
  const book = new HardwareBook(await loadHardware(clickhouse));
  const pepper = new Pepper(secrets.derive('fingerprint-pepper', 'v1'), secrets.derive('fingerprint', 'v1'));
  const intake = new HardwareIntake({ pepper, known: loadKnownHardware() });
  return { book, intake, reload: async () => book.reload(await loadHardware(clickhouse)) };
}
