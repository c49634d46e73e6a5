import type { CardClaim } from '../../protocol/messages/cards.js';
import type { HardwareReport, PciIds, ReportedCard, ReportedHost } from '../../protocol/messages/hardware.js';
import type { CardName } from '../catalogue/card-name.js';
import { driversName, idsOnBus, modelsOf } from './identity.js';
import type { KnownHardware, KnownModel } from './known.js';
import { namesSlice, namesVgpu } from './slices.js';

/** What findings look at. */
export type ReadReport = Pick<HardwareReport, 'host' | 'cards' | 'components' | 'unread'>;

/** One card with what stands around it and what is known of it. */
export interface CardView {
  readonly card: ReportedCard;
  /** Place in the report's `cards`. */
  readonly at: number;
  readonly host: ReportedHost;
  /** Null where none stands for it, and where what is reported is what is claimed. */
  readonly claim: CardClaim | null;
  /** As what it is claimed. */
  readonly claimed: 'whole' | 'slice' | 'nothing';
  /** It says of itself that it is a share of a GPU (vGPU): what it reports is its host's choice. */
  readonly isVgpu: boolean;
  /** It says of itself that it is split in hardware, or is a part of such a one. */
  readonly isMig: boolean;
  /** As its driver names it; null where that says nothing. */
  readonly name: CardName | null;
  readonly pci: PciIds | null;
  /** Models of the catalogue that it may be; none where it is not listed. */
  readonly models: readonly KnownModel[];
}

/** @param claims null: what is reported is what is claimed */
export function viewsOf(
  { host, cards }: Pick<ReadReport, 'host' | 'cards'>,
  claims: readonly CardClaim[] | null,
  known: KnownHardware,
): CardView[] {
  return cards.map((card, at) => {
    const claim = card.claim === null ? null : (claims?.[card.claim] ?? null);
    const isMig = card.mig === true || card.uuidForm === 'mig';
    return {
      card,
      at,
      host,
      claim,
      claimed: claims === null ? asReported(card, isMig) : asClaimed(claim),
      isVgpu: card.virtualization === 'vgpu' || namesVgpu(card.name ?? ''),
      isMig,
      name: driversName(card),
      pci: idsOnBus(card),
      models: modelsOf(known, card),
    };
  });
}

/** A card that is split says so without any name for it; who names nothing claims nothing. */
function asReported({ name }: ReportedCard, isMig: boolean): CardView['claimed'] {
  if (isMig || namesSlice(name ?? '')) return 'slice';
  return name === null ? 'nothing' : 'whole';
}

function asClaimed(claim: CardClaim | null): CardView['claimed'] {
  if (claim?.kind !== 'gpu') return 'nothing';
  return namesSlice(claim.model) ? 'slice' : 'whole';
}
