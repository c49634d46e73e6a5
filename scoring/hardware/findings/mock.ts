import type { Finding, ReportedCard } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { KnownHardware, KnownMock } from '../known.js';
import type { CardView } from '../view.js';

/** A card that has all values of a mock's profile: each profile has one that no real card has. */
export function mocks({ card, at }: CardView, known: KnownHardware): Finding[] {
  const mock = known.mocks.find((one) => isOf(card, one));
  return mock === undefined ? [] : [finding('hardware.mock-profile', 'evidence', at, { mock: mock.name })];
}

function isOf(card: ReportedCard, { fields }: KnownMock): boolean {
  const values: Required<{ [K in keyof KnownMock['fields']]: string | number | null }> = {
    driver: card.driver,
    vbios: card.vbios?.toLowerCase() ?? null,
    subDevice: card.pci?.subDevice ?? null,
    bus: card.bus?.toLowerCase() ?? null,
    memoryMiB: card.memoryMiB,
    defaultW: card.power?.defaultW ?? null,
    maxW: card.power?.maxW ?? null,
  };
  return Object.entries(fields).every(([name, value]) => values[name as keyof typeof values] === value);
}
