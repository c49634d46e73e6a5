import type { Logger } from 'pino';
import type { Fact } from '../../scoring/facts/facts.js';
import type { HotState } from '../state/state.js';
import type { FactReader } from './fact-reader.js';
import { shippedKey } from './fact-writer.js';
import type { Member, Membership } from './membership.js';
import type { HomeTimes } from './times.js';

/** One heir at a time; another may try when it failed. */
const lockMs = 60_000;

export interface HeirsOptions {
  readonly state: HotState;
  readonly membership: Membership;
  readonly reader: FactReader;
  readonly times: HomeTimes;
  readonly log: Pick<Logger, 'info'>;
  /** Puts facts of another into our own journal. */
  readonly adopt: (facts: readonly Fact[]) => Promise<void>;
}

/**
 * Puts on record what dead verifiers had told the others and could not carry into ClickHouse any more. Should one come back it
 * ships its journal all the same: whatever reads the record takes a fact that is there twice for one.
 *
 * @throws TouchstoneError `service.busy`, or what the journal refuses with; then it is tried again
 */
export async function inheritFromDead(members: readonly Member[], options: HeirsOptions): Promise<void> {
  const { state, membership, reader, times, log, adopt } = options;
  const living = new Set(members.filter(({ alive }) => alive).map(({ verifier }) => verifier));
  for (const { verifier, term, silentMs } of members) {
    if (living.has(verifier) || silentMs < times.inheritMs) continue;
    const heir = membership.term;
    if ((await state.putIfAbsent(`heir/${term}`, heir, lockMs)) !== heir) continue;
    const left = await reader.leftBy(verifier);
    for (const { facts } of left) await adopt(facts);
    await state.dropField(shippedKey, verifier);
    await membership.forget(term);
    log.info({ verifier, entries: left.length }, 'took over what a dead verifier left');
  }
}
