import { newVerifierId } from '../../protocol/ids.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Desk } from '../connections/desk.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { Position } from '../journal/cursor.js';
import type { Secrets } from '../secrets/secrets.js';
import type { Services } from '../services.js';
import { Calls } from './calls.js';
import { type Claimed, Claims } from './claim.js';
import { Due } from './due.js';
import { type FactFollower, FactReader } from './fact-reader.js';
import { FactWriter, factStream } from './fact-writer.js';
import { inheritFromDead } from './heirs.js';
import type { HomeWork } from './home-work.js';
import { FleetHomes } from './homes.js';
import type { Homes } from './homes-service.js';
import { LoneHomes } from './lone-homes.js';
import { Membership } from './membership.js';
import { assertSameSecrets } from './secrets-check.js';
import { untilShipped } from './shipped.js';
import { type HomeTimes, homeTimes } from './times.js';
import { Unshipped } from './unshipped.js';

/** What is tended is tended so often. */
const tendMs = 5 * 60_000;

export interface HomesParts
  extends Pick<Services, 'options' | 'clock' | 'random' | 'log' | 'state' | 'hub' | 'shipper'> {
  readonly journal: { readonly durableEnd: Position };
  readonly secrets: Pick<Secrets, 'derive'>;
  // What is made after the homes, because it works with them.
  readonly devices: () => Pick<Devices, 'forget' | 'size'>;
  readonly recorder: () => Pick<Recorder, 'adopt' | 'settled'>;
  readonly desks: () => Pick<Desk<never>, 'connected' | 'disconnected'>;
  /** Told in this order of each device that comes and goes. */
  readonly works: () => readonly HomeWork[];
  /** Told of what other verifiers record. */
  readonly followers: () => readonly FactFollower[];
  /** A device has come, gone, or was lost. */
  readonly moved: (how: Claimed['how'] | 'left' | 'lapsed') => void;
  /** Whether facts of an earlier life of this journal came into the record only at this start. */
  readonly late?: boolean;
  readonly times?: HomeTimes;
}

/**
 * Opens what a verifier has to do with its like. Before anything is read from the record; `join` when it listens and all parts
 * stand. A verifier without Redis runs alone.
 * @throws TouchstoneError `verifier.secrets-differ`, `service.busy` where Redis is away
 */
export async function openHomes(parts: HomesParts): Promise<Homes> {
  const self = newVerifierId(parts.random);
  if (parts.options.redisUrl === null) return new LoneHomes(self, parts.works);
  return openFleet(self, parts);
}

/** @throws as `openHomes` does */
export async function openFleet(self: string, parts: HomesParts): Promise<Homes> {
  const { state, log, clock, hub, shipper, journal, secrets, times = homeTimes } = parts;
  const unshipped = new Unshipped();
  const place = { end: () => journal.durableEnd, has: (at: Position) => shipper.has(at) };
  const writer = new FactWriter({ self, state, unshipped, log, ...place });
  const reader = new FactReader({ self, state, unshipped, followers: parts.followers, log });
  const calls = new Calls(state, log);
  const membership: Membership = new Membership({
    self,
    state,
    clock,
    times,
    log,
    anyDevice: () => parts.devices().size > 0,
    lost: async (why) => {
      reader.lost();
      writer.tellAgain();
      await homes.lapse(why);
    },
    // Not waited for: many devices may have to be taken up again, and we have to say that we live meanwhile.
    joined: () => {
      homes.retake().catch((error) => log.error({ err: error }, 'devices could not be taken up again'));
    },
  });
  const claims = new Claims({ state, clock, times, membership, calls });
  let closed = false;
  const homes: FleetHomes = new FleetHomes({
    self,
    clock,
    times,
    log,
    membership,
    claims,
    calls,
    hub,
    works: parts.works,
    desks: parts.desks,
    refresh: async (device) => {
      await reader.catchUp();
      parts.devices().forget(device);
    },
    forget: (device) => parts.devices().forget(device),
    settled: (device) => parts.recorder().settled(device),
    shipped: () => untilShipped(place, times.shipMs, () => closed),
    moved: parts.moved,
  });
  await assertSameSecrets(state, secrets);
  await reader.open();

  /** What is due now and then, one after the other; what fails is due again the next time. */
  const look = async () => {
    await writer.say();
    await reader.catchUp();
    const marks = await reader.marks();
    for (const [name, seq] of marks) unshipped.shipped(name, seq);
    const members = await membership.all();
    unshipped.keepOnly(new Set([self, ...members.map(({ verifier }) => verifier)]));
    const adopt = (facts: readonly Fact[]) => parts.recorder().adopt(facts);
    await inheritFromDead(members, { state, membership, reader, times, log, adopt });
    await assertSameSecrets(state, secrets);
  };
  const due = new Due(times.lookMs, look, (error) =>
    log.warn({ err: error }, 'could not look after the others'),
  );
  const tending = new Due(
    tendMs,
    () => homes.tend(),
    (error) => log.warn({ err: error }, 'homes not tended'),
  );
  let endNews: (() => Promise<void>) | null = null;

  return {
    self,
    get size() {
      return homes.size;
    },
    homeOf: (device) => homes.homeOf(device),
    take: (device) => homes.take(device),
    takeIfFree: (device) => homes.takeIfFree(device),
    isHere: (device) => homes.isHere(device),
    admits: (device) => homes.admits(device),
    members: () => homes.members(),
    lineUp: (device) => homes.lineUp(device),
    lineDown: (device) => homes.lineDown(device),
    announce: (facts) => writer.announce(facts),
    unshipped: (device) => unshipped.about(device),
    async join(url) {
      await reader.catchUp();
      await calls.listen(self, (device, to) => homes.asked(device, to));
      endNews = await state.subscribe(factStream, (by) => {
        // What can't be read now is read with the next look.
        if (by !== self) reader.catchUp().catch(() => {});
      });
      await membership.start(url);
      if (parts.late) void writer.untold();
      due.start();
      tending.start();
    },
    async leave() {
      await homes.leaveAll();
    },
    async close() {
      closed = true;
      await due.stop();
      await tending.stop();
      await endNews?.();
      await calls.close();
      await writer.say().catch(() => {});
      // Where facts are left, we are dead to the others, and one of them takes over what stands in the stream.
      await membership.stop(unshipped.of(self).length === 0);
      writer.close();
    },
  };
}
