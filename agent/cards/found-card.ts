import type { CardClaim } from '../../protocol/messages/cards.js';

/** A card as its source reports it, before an engine was chosen for it. `memoryBytes` is 0 where it is not known. */
export type FoundCard = Omit<CardClaim, 'engine' | 'warmupGflops'>;
