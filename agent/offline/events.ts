import type { OfflineVerdict } from '../../protocol/messages/offline.js';

/** What happens while the line is down and after it, for whoever shows or logs it. Times are on the agent's own clock. */
export type OfflineEvent =
  /** The line is down, and the chain is solved until it is back. `link` is the first to be solved, from 1. */
  | { readonly type: 'offline.began'; readonly link: number; readonly links: number }
  /** One more link is solved, and the cards have walked. */
  | { readonly type: 'offline.link'; readonly link: number; readonly links: number }
  /** The squarer failed. It is asked again after a while. */
  | { readonly type: 'offline.failed'; readonly code: string | null; readonly message: string }
  /** The line is back, and the verifier is told of the links; `downMs` is how long the line was down last. */
  | { readonly type: 'offline.reported'; readonly links: number; readonly downMs: number }
  | OfflineVerdict;
