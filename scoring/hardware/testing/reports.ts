import type { CardClaim } from '../../../protocol/messages/cards.js';
import type { Component, ReportedCard, ReportedHost } from '../../../protocol/messages/hardware.js';
import { loadKnownHardware } from '../read-known.js';
import { type CardView, type ReadReport, viewsOf } from '../view.js';
import { cardWith, hostWith } from './blank.js';

export const known = loadKnownHardware();

export const reportWith = (
  cards: readonly Partial<ReportedCard>[],
  host: Partial<ReportedHost> = {},
  components: readonly Component[] = [],
): ReadReport => ({
  host: hostWith(host),
  cards: cards.map(cardWith),
  components: [...components],
  unread: [],
});

/** One card as findings look at it. */
export function viewWith(
  card: Partial<ReportedCard>,
  { host = {}, claims = null }: { host?: Partial<ReportedHost>; claims?: readonly CardClaim[] | null } = {},
): CardView {
  const [view] = viewsOf(reportWith([card], host), claims, known);
  if (view === undefined) throw new Error('There is one card.');
  return view;
}

/** Ids of a PCI function of NVIDIA's, written `2684` or `25b6:14a9`. */
export function nvidiaPci(id: string): NonNullable<ReportedCard['pci']> {
  const [device = '', subDevice = null] = id.split(':');
  return { vendor: '10de', device, subVendor: subDevice === null ? null : '10de', subDevice };
}

export const gpuClaim = (model: string, memoryMiB = 0): CardClaim => ({
  kind: 'gpu',
  model,
  memoryBytes: memoryMiB * 2 ** 20,
  engine: null,
});
