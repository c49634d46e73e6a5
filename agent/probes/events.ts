import type { ProbeVerdict } from '../../protocol/messages/probe.js';
import type { TablePurpose } from '../../protocol/messages/table.js';

interface OfTable {
  readonly card: number;
}

interface FailureOfTable extends OfTable {
  readonly message: string;
  /** Of the engine's error; null where it had none. */
  readonly code: string | null;
}

/** What happens to the table of a card, for whoever shows or logs it. */
export type TableEvent =
  /** The card makes another one, in no exam. */
  | (OfTable & { readonly type: 'table.ordered'; readonly purpose: TablePurpose; readonly bytes: number })
  /** It stays: probes will walk on it. */
  | (OfTable & { readonly type: 'table.kept' })
  /** It could not be made. */
  | (FailureOfTable & { readonly type: 'table.declined' })
  /** It broke, or went with its process. */
  | (FailureOfTable & { readonly type: 'table.lost' })
  /** It is gone, and its memory belongs to whoever uses the card. */
  | (OfTable & { readonly type: 'table.dropped' });

/** What a verifier says of a probe, and what happens to the table that it walks on. */
export type ProbeEvent = ProbeVerdict | TableEvent;
