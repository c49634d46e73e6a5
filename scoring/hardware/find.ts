import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Finding } from '../../protocol/messages/hardware.js';
import {
  architectureAgainstCard,
  driverAgainstCard,
  partAgainstCard,
  vbiosAgainstCard,
} from './findings/chip.js';
import { driverVersions, overlays, preloads } from './findings/driver-files.js';
import { formOfIds, repeatedPlaces, repeatedSerials, repeatedUuids } from './findings/ids.js';
import { memoryAgainstModel } from './findings/memory.js';
import { mocks } from './findings/mock.js';
import { claimAgainstReport, claimsBeyondReport, toolAgainstFiles } from './findings/names.js';
import { driverAgainstBus, pciAgainstName } from './findings/pci.js';
import { powerAgainstModel } from './findings/power.js';
import { slices } from './findings/slice.js';
import { smsAgainstModel } from './findings/sms.js';
import { subsystemAgainstName } from './findings/subsystem.js';
import { surroundings } from './findings/surroundings.js';
import type { KnownHardware } from './known.js';
import { type CardView, type ReadReport, viewsOf } from './view.js';

/** What is asked of each card by itself. */
const ofCard: readonly ((view: CardView, known: KnownHardware) => Finding[])[] = [
  slices,
  mocks,
  pciAgainstName,
  driverAgainstBus,
  toolAgainstFiles,
  claimAgainstReport,
  subsystemAgainstName,
  memoryAgainstModel,
  smsAgainstModel,
  architectureAgainstCard,
  vbiosAgainstCard,
  partAgainstCard,
  powerAgainstModel,
  driverAgainstCard,
  formOfIds,
];

/** What is asked of the host, and of its cards together. */
const ofHost: readonly ((
  report: ReadReport,
  views: readonly CardView[],
  known: KnownHardware,
) => Finding[])[] = [
  repeatedUuids,
  repeatedPlaces,
  repeatedSerials,
  driverVersions,
  (report, _, known) => overlays(report, known),
  (report, _, known) => preloads(report, known),
  surroundings,
];

/**
 * What is odd, or worth a word, about what a host says of itself. A contradiction needs two things that are both known: what is
 * absent, blanked or not listed is never held against anybody.
 *
 * @param claims the cards that it claims; null: what is reported is what is claimed
 * @returns card by card in their order, then the host's
 */
export function findIn(
  report: ReadReport,
  claims: readonly CardClaim[] | null,
  known: KnownHardware,
): Finding[] {
  const views = viewsOf(report, claims, known);
  return [
    ...views.flatMap((view) => ofCard.flatMap((ask) => ask(view, known))),
    ...claimsBeyondReport(views, claims ?? [], known),
    ...ofHost.flatMap((ask) => ask(report, views, known)),
  ];
}
