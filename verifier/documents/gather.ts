import { TouchstoneError } from '../../protocol/error.js';
import { hardwareOf } from '../../protocol/hardware.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ClassVerdict } from '../../protocol/messages/class-verdict.js';
import { tableBytes } from '../../protocol/shapes.js';
import { classById, expectation } from '../../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../../scoring/catalogue/class-of-claim.js';
import { figuredExpectation } from '../../scoring/catalogue/figured.js';
import { verdictOf } from '../../scoring/catalogue/verdict.js';
import { windowMinutes } from '../../scoring/formula/v1/availability.js';
import { scoreDevice } from '../../scoring/formula/v1/v1.js';
import { windowsOfDevice } from '../../scoring/queries/maintenance.js';
import { oursBetween } from '../../scoring/queries/ours.js';
import { outagesOf } from '../../scoring/queries/outage-facts.js';
import { presenceSummary, serviceWindow } from '../../scoring/queries/presence.js';
import { probesOf } from '../../scoring/queries/timelock.js';
import type { DeviceState } from '../devices/devices.js';
import type { ExamHistory } from '../devices/histories.js';
import { judgedExam, lastProbes } from '../devices/proven.js';
import type { Services } from '../services.js';
import type { DeviceFacts } from './device.js';
import { type KeptFacts, lookBackMs } from './kept.js';

/** Reads what the documents of a device are made of. @throws TouchstoneError `device.unknown` */
export async function gatherFacts(services: Services, device: string): Promise<DeviceFacts> {
  const { devices, clickhouse, clock, hub, options } = services;
  const state = devices.get(device);
  if (state === undefined) throw new TouchstoneError('device.unknown');
  const now = clock.now();
  const minute = Math.floor(now / 60_000);
  const since = await serviceWindow(clickhouse, minute, windowMinutes);
  const [history, presence, windows, kept] = await Promise.all([
    devices.history(device),
    presenceSummary(clickhouse, device, since, minute),
    windowsOfDevice(clickhouse, device, now),
    gatherKept(services, state, now),
  ]);
  const classes = state.enrolment.cards.map((claim) => classOfClaim(options.catalogue, claim));
  const cards = state.enrolment.cards.map((claim, card) => {
    const { engine } = claim;
    // Held against the class that was proven, where one was: a claim earns nothing.
    const proven = judgedExam(history, claim, card)?.class ?? null;
    const cardClass =
      (proven === null ? null : classById(options.catalogue, proven)) ?? classes[card] ?? null;
    const expected =
      cardClass === null || engine === null
        ? null
        : (figuredExpectation(cardClass, engine) ?? expectation(cardClass, engine));
    return { card, class: cardClass?.id ?? null, expectedGflops: expected?.gflops ?? null };
  });
  const score = scoreDevice({ cards, exams: history.outcomes, presence });
  return {
    state,
    history,
    score,
    classes,
    verdicts: state.enrolment.cards.map((claim, card) => verdictOn(services, state, history, claim, card)),
    catalogue: options.catalogue,
    hardware: services.hardware.book.of(device),
    disputes: services.disputes.of(device),
    connected: kept.connected,
    kept,
    windows,
    leased: services.leases.of(device)?.state === 'active' ? lastProbes(kept.probes) : null,
    lastSeenAt: hub.lastSeenAt(device),
    now,
  };
}

/** What the last exam that judged this very card says that it is. */
function verdictOn(
  { options, units, attestation, clock }: Services,
  { device }: DeviceState,
  history: ExamHistory,
  claim: CardClaim,
  card: number,
): ClassVerdict | null {
  const exam = judgedExam(history, claim, card);
  if (exam === null) return null;
  const attested = attestation.cards.of(device, card, hardwareOf(claim), clock.now());
  return verdictOf(options.catalogue, units, {
    class: exam.class,
    engine: exam.engine,
    gflops: exam.gflops,
    bandwidthGBps: exam.memory?.bandwidthGBps ?? null,
    tableBytes: exam.memory ? tableBytes(exam.memory.shape) : null,
    attestedChip: attested?.chip ?? null,
  });
}

/** The heartbeat of a minute is stored after it. */
const heartbeatMs = 2 * 60_000;

async function gatherKept(services: Services, state: DeviceState, now: number): Promise<KeptFacts> {
  const { clickhouse, residents, hub } = services;
  const { device, firstEnrolledAt } = state;
  const since = Math.max(now - lookBackMs, firstEnrolledAt);
  const [tables, probes, outages, ours] = await Promise.all([
    residents.of(device),
    probesOf(clickhouse, device, since),
    outagesOf(clickhouse, device, since),
    oursBetween(clickhouse, since, now - heartbeatMs),
  ]);
  return { tables, probes, outages, ours, since, now, connected: hub.get(device) !== undefined };
}
