import type { CardClaim } from '../../../protocol/messages/cards.js';
import type { Finding } from '../../../protocol/messages/hardware.js';
import type { CardName } from '../../catalogue/card-name.js';
import { finding } from '../finding.js';
import { isListedName, namesOfId, nvidia, sameName, tellingName } from '../identity.js';
import type { KnownHardware } from '../known.js';
import { namesSlice } from '../slices.js';
import type { CardView } from '../view.js';

/** The driver's tool against the driver's own files. */
export function toolAgainstFiles({ card, at, name }: CardView): Finding[] {
  const filed = tellingName(card.procName);
  if (name === null || filed === null || sameName(name, filed)) return [];
  return [finding('hardware.names-differ', 'evidence', at, { tool: card.name, files: card.procName })];
}

/** An agent reads memory from the same driver; the little more is for engines that count what they can borrow. */
const mostOverReported = 1.1;

/** What is claimed against what is reported: another model, or more memory than there is. Slices are another finding's. */
export function claimAgainstReport(view: CardView, known: KnownHardware): Finding[] {
  const { card, at, claim, claimed } = view;
  if (claim === null || claimed !== 'whole' || card.source === 'lspci') return [];
  const model = tellingName(claim.model);
  const isOther =
    model !== null && isListedName(known, model) && isAnother(model, namesOfCard(view, known), known);
  const reported = card.source === 'nvidia-smi' && !view.isMig ? (card.memoryMiB ?? 0) * 2 ** 20 : 0;
  const more = reported > 0 && claim.memoryBytes > reported * mostOverReported;
  if (!isOther && !more) return [];
  return [
    finding('hardware.claim-differs', 'evidence', at, {
      claimed: claim.model,
      reported: card.name,
      claimedMiB: Math.round(claim.memoryBytes / 2 ** 20),
      reportedMiB: card.memoryMiB,
    }),
  ];
}

/** What the card may be called: by its driver, and where that has no name for it by its PCI id; none where that is not listed. */
function namesOfCard({ name, pci, isVgpu }: CardView, known: KnownHardware): CardName[] {
  if (name !== null) return isListedName(known, name) ? [name] : [];
  return pci === null || isVgpu ? [] : namesOfId(known, pci).map((one) => one.name);
}

/** Whether a name is none of these, and no other name of a model of theirs, as `H100 SXM5` is of `H100 80GB HBM3`. */
function isAnother(model: CardName, own: readonly CardName[], { models }: KnownHardware): boolean {
  const is = (names: readonly CardName[], name: CardName) => names.some((one) => sameName(one, name));
  return (
    own.length > 0 &&
    !is(own, model) &&
    !models.some(({ names }) => is(names, model) && own.some((name) => is(names, name)))
  );
}

/**
 * Whole cards of NVIDIA's that are claimed beside all that its driver shows: where it shows any, it shows all. A card that stands for
 * no claim and may be one that is meant counts for it.
 */
export function claimsBeyondReport(
  views: readonly CardView[],
  claims: readonly CardClaim[],
  known: KnownHardware,
): Finding[] {
  const shown = views.filter(({ card }) => card.source === 'nvidia-smi').length;
  const taken = new Set(views.map(({ card }) => card.claim));
  const left = claims.filter(
    ({ kind, model }, at) =>
      kind === 'gpu' && !taken.has(at) && isOfNvidia(model, known) && !namesSlice(model),
  );
  const mayBeMeant = (name: CardView['name']) =>
    name === null || left.some(({ model }) => sameName(name, tellingName(model) ?? name));
  const free = views.filter(({ card, name }) => card.claim === null && mayBeMeant(name)).length;
  if (shown === 0 || left.length <= free) return [];
  const evidence = { claimed: left[0]?.model ?? null, claims: claims.length, shown };
  return [finding('hardware.claim-differs', 'evidence', null, evidence)];
}

function isOfNvidia(model: string, { names }: KnownHardware): boolean {
  const name = tellingName(model);
  return name !== null && names.some((one) => one.vendor === nvidia && sameName(one.name, name));
}
