import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../protocol/clock.js';
import type { Desks } from './connections/desks.js';
import type { Hub } from './connections/hub.js';
import type { Devices } from './devices/devices.js';
import type { Recorder } from './devices/recorder.js';
import type { Serial } from './devices/serial.js';
import type { Examiner } from './exams/examiner.js';
import type { Nonces } from './identity/nonces.js';
import type { Sessions } from './identity/sessions.js';
import type { Shipper } from './journal/shipper.js';
import type { Leases } from './leases/leases.js';
import type { Leasing } from './leases/leasing.js';
import type { Metrics } from './metrics.js';
import type { VerifierOptions } from './options.js';
import type { Signing } from './secrets/secrets.js';
import type { HotState } from './state/state.js';
import type { Residents } from './tables/residents.js';

/** The parts of a running verifier, wired by `main.ts`, used by the routes. */
export interface Services {
  readonly options: VerifierOptions;
  /** Names under which agents may have signed for this verifier; complete once it listens. */
  readonly ownHosts: () => ReadonlySet<string>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Logger;
  readonly clickhouse: ClickHouseClient;
  readonly shipper: Shipper;
  readonly devices: Devices;
  readonly recorder: Recorder;
  readonly serial: Serial;
  readonly hub: Hub;
  readonly state: HotState;
  readonly nonces: Nonces;
  readonly sessions: Sessions;
  readonly desks: Desks;
  readonly examiner: Examiner;
  readonly residents: Residents;
  readonly leasing: Leasing;
  readonly leases: Leases;
  readonly signing: Pick<Signing, 'key'>;
  readonly metrics: Metrics;
}
