import type { DeviceStatus } from '../../protocol/status.js';
import type { ExamEvent } from '../exam/events.js';
import type { OfflineEvent } from '../offline/events.js';
import type { ProbeEvent } from '../probes/events.js';

/** What happens between this device and its verifier, for whoever shows or logs it. */
export type ConnectionEvent =
  | { readonly type: 'connection.enrolled'; readonly device: string }
  | { readonly type: 'connection.open' }
  /** Lost or never made; the next try follows by itself. */
  | {
      readonly type: 'connection.waiting';
      readonly code: string;
      readonly message: string;
      readonly retryInMs: number;
    }
  /** A message of the verifier that this agent does not understand. It was ignored. */
  | { readonly type: 'connection.ignored'; readonly message: string }
  /** The verifier refused one message; nothing else changed. */
  | {
      readonly type: 'connection.refused';
      readonly code: string;
      readonly title: string;
      readonly detail: string;
      readonly fix: string;
    }
  | {
      readonly type: 'connection.status';
      readonly status: DeviceStatus;
      readonly reasons: readonly string[];
      readonly nextExamInMs: number | null;
    };

/** The verifier will turn agents older than this away. */
export interface VersionEvent {
  readonly type: 'connection.version';
  readonly oldest: string;
  readonly inMs: number;
}

export type SupplierEvent = ConnectionEvent | VersionEvent | ExamEvent | ProbeEvent | OfflineEvent;
