import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { CardView } from '../view.js';

/** Multiprocessors against the model's. Cards of AMD and of Apple come in parts and bins of one name: theirs are not judged. */
export function smsAgainstModel({ card, at, name, models, isVgpu, isMig }: CardView): Finding[] {
  const known = models.filter(({ vendor, sms }) => vendor === 'nvidia' && sms.length > 0);
  const counts = known.flatMap(({ sms }) => sms);
  const judged = name !== null && !isVgpu && !isMig && known.length > 0 && known.length === models.length;
  if (card.sms === null || !judged || counts.includes(card.sms)) return [];
  return [
    finding('hardware.sm-mismatch', 'evidence', at, {
      name: card.name,
      sms: card.sms,
      ofModel: [...new Set(counts)].join(', '),
    }),
  ];
}
