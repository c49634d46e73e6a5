import { type Static, Type } from 'typebox';
import { FactId, WalletAddress } from '../../protocol/ids.js';
import { CardClaim } from '../../protocol/messages/cards.js';
import { AgentInfo } from '../../protocol/messages/enrolment.js';
import type { EnrolledFact } from '../../scoring/facts/facts.js';
import { timeOf } from './reason.js';

/** Ids of hardware and wallets are their owner's: who collects them could claim the one and follow the other. */
const { hardwareId: _, ...publicClaim } = CardClaim.properties;

export const HistoryEntry = Type.Object({
  id: FactId,
  at: Type.String({ format: 'date-time' }),
  name: Type.String(),
  agent: AgentInfo,
  cards: Type.Array(Type.Object(publicClaim)),
  walletBound: Type.Boolean({ description: 'Whether a wallet earns by it' }),
  changed: Type.Array(Type.String(), {
    description: 'What was otherwise in the one before: name, agent, cards, wallet; empty in the first',
  }),
  private: Type.Optional(
    Type.Object(
      {
        wallet: Type.Union([WalletAddress, Type.Null()]),
        hardwareIds: Type.Array(Type.Union([Type.String(), Type.Null()]), { description: 'By card' }),
      },
      { description: 'For the device itself, its wallet, investigators and operators' },
    ),
  ),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

export const HistoryDocument = Type.Object({
  enrolments: Type.Array(HistoryEntry, { description: 'Newest first; nothing is ever edited or removed' }),
  next: Type.Union([Type.String(), Type.Null()], {
    description: '`before` of the next page; null where this was the last',
  }),
});

/**
 * One thing that a device said of itself.
 *
 * @param before what it said before; null where this was the first
 * @param whole whether the reader may see what is its owner's
 */
export function historyEntry(fact: EnrolledFact, before: EnrolledFact | null, whole: boolean): HistoryEntry {
  const { id, at, name, agent, cards, wallet } = fact;
  return {
    id,
    at: timeOf(at),
    name,
    agent,
    cards: cards.map(({ hardwareId: _, ...claim }) => claim),
    walletBound: wallet !== undefined,
    changed: before === null ? [] : changedFields(before, fact),
    ...(whole && {
      private: { wallet: wallet ?? null, hardwareIds: cards.map(({ hardwareId }) => hardwareId ?? null) },
    }),
  };
}

const fields = ['name', 'agent', 'cards', 'wallet'] as const;

const changedFields = (before: EnrolledFact, after: EnrolledFact): string[] =>
  fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
