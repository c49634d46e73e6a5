import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { KnownHardware } from '../known.js';
import type { CardView } from '../view.js';

/** Below this share of the default limit a card counts as capped. */
const cappedBelow = 0.97;

/** The default limit against the model's; partners' boards lie well around it. Then, whether the limit in force is lower. */
export function powerAgainstModel(
  { card, at, name, models, isVgpu }: CardView,
  { power }: KnownHardware,
): Finding[] {
  const found: Finding[] = [];
  const defaultW = card.power?.defaultW ?? null;
  if (defaultW === null || name === null || isVgpu) return found;
  const watts = models.flatMap(({ wattsW }) => wattsW);
  const all = models.every(({ wattsW }) => wattsW.length > 0);
  const [least, most] = [Math.min(...watts) * power.least, Math.max(...watts) * power.most];
  if (watts.length > 0 && all && (defaultW < least || defaultW > most))
    found.push(
      finding('hardware.power-mismatch', 'evidence', at, {
        name: card.name,
        defaultW,
        usualW: [...new Set(watts)].join(', '),
      }),
    );
  const enforcedW = card.power?.enforcedW ?? null;
  if (enforcedW !== null && enforcedW < defaultW * cappedBelow)
    found.push(finding('hardware.power-capped', 'note', at, { enforcedW, defaultW }));
  return found;
}
