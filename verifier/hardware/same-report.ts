import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Component, Finding, HardwareReport, ReportedCard } from '../../protocol/messages/hardware.js';

/**
 * The same report in the one order that all of its orders come to: what a driver lists first changes from start to start. Of what is
 * said twice one is left.
 */
export function ordered(report: HardwareReport): HardwareReport {
  const { host, cards, components, unread } = report;
  const places = cards
    .map((card, place) => ({ card: cardInOrder(card), place, ids: idsOf(components, place) }))
    .toSorted((a, b) => compare(sortKey(a), sortKey(b)));
  const moved = new Map(places.map(({ place }, index) => [place, index]));
  return {
    ...report,
    host: {
      ...host,
      disks: inOrder(host.disks),
      mountsOverDriver: inOrder(host.mountsOverDriver),
      preloads: inOrder(host.preloads),
      slicing: inOrder(host.slicing),
    },
    cards: places.map(({ card }) => card),
    components: unique(
      inOrder(
        components.map((component) => ({
          ...component,
          card: component.card === null ? null : (moved.get(component.card) ?? component.card),
        })),
      ),
    ),
    unread: unique(inOrder(unread)),
  };
}

/**
 * What two reports have in common that say the same: SHA-256, 64 hexadecimal digits. What changes by itself from start to start is no
 * part of it: enforced power, clocks, the memory that a kernel leaves, what could just not be read.
 *
 * @param report as `ordered` made it
 */
export function steadyHash({ version, host, cards, components }: HardwareReport): string {
  const { memoryMiB: _, ...steadyHost } = host;
  const said = [version, steadyHost, cards.map(steadyCard), components];
  return createHash('sha256').update(canonical(said)).digest('hex');
}

/** Findings that something follows from, as text: the same for the same findings in the same report. */
export function weightOf(findings: readonly Finding[]): string {
  const grave = findings.filter(({ severity }) => severity !== 'note');
  return unique(
    inOrder(grave.map(({ code, severity, card }) => `${severity} ${code} ${card ?? 'host'}`)),
  ).join();
}

function steadyCard({ maxGraphicsMHz: _, maxMemoryMHz: __, power, ...card }: ReportedCard): object {
  if (power === null) return { ...card, power };
  const { enforcedW: ___, ...limits } = power;
  return { ...card, power: limits };
}

const cardInOrder = (card: ReportedCard): ReportedCard => ({ ...card, migSlices: inOrder(card.migSlices) });

interface Placed {
  readonly card: ReportedCard;
  readonly ids: readonly string[];
}

/** By what stays: first where it is plugged in, then what it is. */
const sortKey = ({ card, ids }: Placed): string =>
  canonical([card.bus, card.claim, ids, steadyCard(card), card.power?.enforcedW ?? null]);

const idsOf = (components: readonly Component[], place: number): string[] =>
  components
    .filter(({ card }) => card === place)
    .map(({ kind, hash }) => `${kind} ${hash}`)
    .toSorted();

const inOrder = <T>(list: readonly T[]): T[] => list.toSorted((a, b) => compare(canonical(a), canonical(b)));

/** Of a list in order. */
const unique = <T>(list: readonly T[]): T[] =>
  list.filter((one, at) => at === 0 || canonical(one) !== canonical(list[at - 1]));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const canonical = (value: unknown): string => canonicalize(value) ?? 'null';
