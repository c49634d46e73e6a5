import { TouchstoneError } from '../../protocol/error.js';
import { classById, expectation } from '../../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../../scoring/catalogue/class-of-claim.js';
import { windowMinutes } from '../../scoring/formula/v1/availability.js';
import { scoreDevice } from '../../scoring/formula/v1/v1.js';
import { presenceSummary, serviceWindow } from '../../scoring/queries/presence.js';
import { judgedExam } from '../devices/proven.js';
import type { Services } from '../services.js';
import type { DeviceFacts } from './device.js';

/** Reads what the documents of a device are made of. @throws TouchstoneError `device.unknown` */
export async function gatherFacts(services: Services, device: string): Promise<DeviceFacts> {
  const { devices, clickhouse, clock, hub, options } = services;
  const state = devices.get(device);
  if (state === undefined) throw new TouchstoneError('device.unknown');
  const now = clock.now();
  const minute = Math.floor(now / 60_000);
  const since = await serviceWindow(clickhouse, minute, windowMinutes);
  const [history, presence] = await Promise.all([
    devices.history(device),
    presenceSummary(clickhouse, device, since, minute),
  ]);
  const classes = state.enrolment.cards.map((claim) => classOfClaim(options.catalogue, claim));
  const cards = state.enrolment.cards.map((claim, card) => {
    const { engine } = claim;
    // Held against the class that was proven, where one was: a claim earns nothing.
    const proven = judgedExam(history, claim, card)?.class ?? null;
    const cardClass =
      (proven === null ? null : classById(options.catalogue, proven)) ?? classes[card] ?? null;
    const expected = cardClass === null || engine === null ? null : expectation(cardClass, engine);
    return { card, class: cardClass?.id ?? null, expectedGflops: expected?.gflops ?? null };
  });
  const score = scoreDevice({ cards, exams: history.outcomes, presence });
  return {
    state,
    history,
    score,
    classes,
    catalogue: options.catalogue,
    connected: hub.get(device) !== undefined,
    lastSeenAt: hub.lastSeenAt(device),
    now,
  };
}
