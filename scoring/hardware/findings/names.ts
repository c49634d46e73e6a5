import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import { isListedName, sameName, tellingName } from '../identity.js';
import type { KnownHardware } from '../known.js';
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
  const { card, at, name, claim, claimed } = view;
  if (claim === null || claimed !== 'whole' || card.source === 'lspci') return [];
  const model = tellingName(claim.model);
  const other =
    name !== null &&
    model !== null &&
    !sameName(name, model) &&
    isListedName(known, name) &&
    isListedName(known, model) &&
    !sameModel(view, known);
  const reported = card.source === 'nvidia-smi' && !view.isMig ? (card.memoryMiB ?? 0) * 2 ** 20 : 0;
  const more = reported > 0 && claim.memoryBytes > reported * mostOverReported;
  if (!other && !more) return [];
  return [
    finding('hardware.claim-differs', 'evidence', at, {
      claimed: claim.model,
      reported: card.name,
      claimedMiB: Math.round(claim.memoryBytes / 2 ** 20),
      reportedMiB: card.memoryMiB,
    }),
  ];
}

/** Two names of one model of the catalogue, such as `H100 SXM5` and `H100 80GB HBM3`. */
function sameModel({ name, claim }: CardView, { models }: KnownHardware): boolean {
  const other = tellingName(claim?.model ?? null);
  return models.some(
    ({ names }) =>
      name !== null &&
      other !== null &&
      names.some((one) => sameName(one, name)) &&
      names.some((one) => sameName(one, other)),
  );
}
