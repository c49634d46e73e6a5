import { limits } from '../../protocol/limits.js';
import type { HardwareReport } from '../../protocol/messages/hardware.js';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * A report made small enough for what is left of a request, by leaving out what says least. Sixteen GPUs take a third of one;
 * this is for hosts with hundreds of disks, or with sixty-four cards.
 *
 * @param room bytes of JSON
 * @returns null where nothing of it would fit
 */
export function reportWithin(report: HardwareReport, room: number): HardwareReport | null {
  let left = report;
  for (const lighten of [(same: HardwareReport) => same, ...lighter]) {
    left = lighten(left);
    if (bytesOf(left) <= room) return left;
  }
  return null;
}

const leftOut = (report: HardwareReport, what: string): HardwareReport => ({
  ...report,
  unread: [`report: ${what} left out for its size`, ...report.unread.slice(0, 3)],
});

/** In order: what is there in great numbers and tells little comes first, the ids of the cards last. */
const lighter: readonly ((report: HardwareReport) => HardwareReport)[] = [
  (report) => leftOut({ ...report, host: { ...report.host, disks: [] } }, 'disks'),
  (report) =>
    leftOut(
      { ...report, components: report.components.filter(({ kind }) => kind !== 'mac' && kind !== 'disk') },
      'ids of disks and networks',
    ),
  (report) =>
    leftOut({ ...report, cards: report.cards.map((card) => ({ ...card, migSlices: [] })) }, 'slices'),
  ...[48, 32, 16, 8, 4].map(
    (most) => (report: HardwareReport) => leftOut(withMostCards(report, most), `cards beyond ${most}`),
  ),
  (report) => {
    const few = report.components.filter(({ card }) => card !== null).slice(0, 64);
    const lists = { disks: [], mountsOverDriver: [], preloads: [], slicing: [] };
    return leftOut({ ...report, host: { ...report.host, ...lists }, components: few }, 'most of it');
  },
];

/** At most so many cards, those that are claimed before others; components name them by their new places. */
function withMostCards(report: HardwareReport, most: number): HardwareReport {
  const all = [...report.cards.keys()];
  const isClaimed = (at: number): boolean => report.cards[at]?.claim !== null;
  const byClaim = [...all.filter(isClaimed), ...all.filter((at) => !isClaimed(at))];
  const kept = new Set(byClaim.slice(0, most));
  const places = new Map<number, number>();
  const cards = report.cards.filter((_, at) => {
    if (!kept.has(at)) return false;
    places.set(at, places.size);
    return true;
  });
  const components = report.components.flatMap((component) => {
    if (component.card === null) return [component];
    const card = places.get(component.card);
    return card === undefined ? [] : [{ ...component, card }];
  });
  return { ...report, cards, components };
}

/** Bytes of an enrolment beside its report and other fields: the signature, names of fields. */
const spare = 512;

/** Room that an enrolment with these fields leaves to a report. */
export const roomBeside = (fields: object): number => limits.bodyBytes - bytesOf(fields) - spare;
