import type { Logger } from 'pino';
import { drawOrder, eligibleHash } from '../../challenges/sweep/draw.js';
import { spreadOf } from '../../challenges/sweep/spread.js';
import { toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import type { ExamPart } from '../../protocol/messages/exam.js';
import type { SweepBeacon, SweepKind, SweepMember } from '../../protocol/messages/sweep.js';
import { nobody } from '../../scoring/facts/base.js';
import type { SweepFact } from '../../scoring/facts/sweep.js';
import type { Recorder } from '../devices/recorder.js';
import type { HomesPort } from '../homes/homes-port.js';
import type { Candidates, Release, Roll, SweepBoard, SweepNews } from './board.js';
import type { Chains, Reservation } from './chains.js';
import type { SharedClock } from './shared-clock.js';
import { isStraggling, type SweepTimes } from './times.js';

/** Members of one fact: some 300 KB. */
const membersOfFact = 1_000;
/** Eligible devices that are listed with a sweep; of more there is the hash. */
const listedDevices = 5_000;

export interface ConductorOptions {
  readonly homes: Pick<HomesPort, 'self' | 'members'>;
  readonly board: SweepBoard;
  readonly chains: Pick<Chains, 'reserve'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly shared: SharedClock;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly beacon: () => Promise<SweepBeacon>;
  readonly times: SweepTimes;
  /** Whether this verifier still leads: another one may have taken over. */
  readonly leads: () => boolean;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export interface SweepPlan {
  readonly sweep: string;
  readonly sweepKind: SweepKind;
  readonly why: string;
  /** Which of the candidates may be asked. */
  readonly may: (device: string) => boolean;
  /** Most cards that are drawn; all candidates when null: then nothing is drawn. */
  readonly cards: number | null;
}

interface Drawn {
  readonly eligible: readonly string[];
  readonly devices: readonly string[];
  /** Verifiers that have some of them. */
  readonly verifiers: ReadonlySet<string>;
}

/** The beacon that members were armed with, and the instants that were named. */
interface Given {
  readonly arm: SweepBeacon;
  readonly compute: Release;
  readonly memory: Release;
}

/** Takes one sweep from the draw to the record, over all verifiers. One runs at a time. */
export class Conductor {
  readonly #options: ConductorOptions;
  #closed = false;

  constructor(options: ConductorOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
  }

  /**
   * @returns what is on record of it; null where there was nobody to ask, or we do not lead any more
   * @throws what the hot state, the journal and the record throw; members that are armed then go on as usual
   */
  async conduct(plan: SweepPlan): Promise<readonly SweepFact[] | null> {
    const { chains, board, clock, log } = this.#options;
    const candidates = await this.#poll(plan);
    if (![...candidates.values()].flat().some(([device]) => plan.may(device)) || this.#stopped) return null;
    const reservation = await chains.reserve(plan.sweep, plan.sweepKind, plan.why);
    if (this.#stopped) return null;
    const drawn = draw(plan, candidates, reservation.preimage);
    const startedAt = clock.now();
    const given = await this.#ask(plan, reservation, drawn);
    await this.#answered(plan.sweep);
    const rolls = await board.rolls(plan.sweep).all();
    const facts = this.#facts(plan, reservation, drawn, startedAt, given, rolls);
    for (const fact of facts) await this.#options.recorder.record([fact]);
    const [{ spread, members } = { spread: null, members: [] }] = facts;
    log.info({ sweep: plan.sweep, kind: plan.sweepKind, cards: members.length, spread }, 'sweep finished');
    return facts;
  }

  /** Through both parts. @throws what the hot state throws; nobody waits for us then */
  async #ask({ sweep, sweepKind }: SweepPlan, reservation: Reservation, drawn: Drawn): Promise<Given> {
    const { board, homes, beacon } = this.#options;
    const { chain, length, index } = reservation;
    const arm = await beacon();
    const members = [...drawn.devices];
    try {
      await board.call(sweep).put({ sweepKind, chain, length, index, beacon: arm, by: homes.self, members });
      await this.#tell('call', sweep);
      const compute = await this.#release(sweep, 'compute', drawn.verifiers);
      if (compute.at === null) return { arm, compute, memory: noRelease };
      return { arm, compute, memory: await this.#release(sweep, 'memory', drawn.verifiers) };
    } catch (error) {
      const parts = ['compute', 'memory'] as const;
      await Promise.allSettled(parts.map((part) => this.#name(sweep, part, noRelease)));
      throw error;
    }
  }

  get #stopped(): boolean {
    return this.#closed || !this.#options.leads();
  }

  async #poll({ sweep, sweepKind }: SweepPlan): Promise<ReadonlyMap<string, Candidates>> {
    const { board, clock, times } = this.#options;
    await board.poll(sweep).put({ sweepKind });
    const until = clock.monotonic() + times.pollMs;
    for (;;) {
      await this.#tell('poll', sweep);
      const said = await board.candidates(sweep).all();
      const alive = await this.#alive();
      if ([...alive].every((verifier) => said.has(verifier)) || clock.monotonic() >= until || this.#stopped)
        return said;
      await pause(times.lookMs);
    }
  }

  /** Waits until all are ready, or those who are not are few and late, and names the instant. */
  async #release(sweep: string, part: ExamPart, verifiers: ReadonlySet<string>): Promise<Release> {
    const { board, clock, times, shared, beacon } = this.#options;
    const until = clock.monotonic() + times.longestMs[part];
    let mostAt: number | null = null;
    for (;;) {
      const progress = await board.progress(sweep, part).all();
      const alive = await this.#alive();
      const silent = [...verifiers].filter((verifier) => alive.has(verifier) && !progress.has(verifier));
      const there = [...progress].filter(([verifier]) => alive.has(verifier)).map(([, state]) => state);
      const [arming, ready] = [sum(there.map((one) => one.arming)), sum(there.map((one) => one.ready))];
      const now = clock.monotonic();
      if (silent.length === 0 && ready > 0 && mostAt === null && isStraggling(arming, arming + ready))
        mostAt = now;
      const all = silent.length === 0 && arming === 0;
      const longEnough = (mostAt !== null && now - mostAt >= times.straggleMs[part]) || now >= until;
      if (this.#stopped) return this.#name(sweep, part, noRelease);
      if (all || longEnough) {
        if (ready === 0) return this.#name(sweep, part, noRelease);
        const value = await beacon();
        await shared.measure();
        return this.#name(sweep, part, { at: Math.ceil(shared.now + times.leadMs), beacon: value });
      }
      // Whoever missed the call hears it again.
      await this.#tell('call', sweep);
      await pause(times.lookMs);
    }
  }

  async #name(sweep: string, part: ExamPart, release: Release): Promise<Release> {
    await this.#options.board.release(sweep, part).put(release);
    await this.#tell('release', sweep);
    return release;
  }

  /** Until nobody is at work on a seed of this sweep any more: only then is its preimage told. */
  async #answered(sweep: string): Promise<void> {
    const { board, times, clock } = this.#options;
    const rolls = [...(await board.rolls(sweep).all()).values()];
    const until =
      clock.monotonic() +
      times.leadMs +
      Math.max(0, ...rolls.map(({ answerMs }) => answerMs)) +
      times.afterMs;
    while (!this.#closed && clock.monotonic() < until) await pause(Math.min(500, until - clock.monotonic()));
  }

  async #alive(): Promise<ReadonlySet<string>> {
    return new Set((await this.#options.homes.members()).map(({ verifier }) => verifier));
  }

  async #tell(about: SweepNews['about'], sweep: string): Promise<void> {
    await this.#options.board.tell({ about, sweep });
  }

  #facts(
    { sweep, sweepKind }: SweepPlan,
    { chain, index, preimage }: Reservation,
    drawn: Drawn,
    startedAt: number,
    { arm, compute, memory }: Given,
    rolls: ReadonlyMap<string, Roll>,
  ): SweepFact[] {
    const members = afterTheFirst([...rolls.values()].flatMap((roll) => roll.members));
    const parts = Math.max(1, Math.ceil(members.length / membersOfFact));
    const listed = drawn.eligible.length <= listedDevices ? [...drawn.eligible] : null;
    return Array.from({ length: parts }, (_, i) => ({
      kind: 'sweep.finished',
      id: newFactId(this.#options.random),
      at: this.#options.clock.now(),
      device: nobody,
      sweep,
      sweepKind,
      chain,
      index,
      preimage: toHex(preimage),
      beacons: { arm, compute: compute.beacon, memory: memory.beacon },
      startedAt,
      computeAt: compute.at,
      memoryAt: memory.at,
      spread: {
        compute: spreadOf(members.flatMap(({ computeGoMs }) => computeGoMs ?? [])),
        memory: spreadOf(members.flatMap(({ memoryGoMs }) => memoryGoMs ?? [])),
      },
      clocks: [...rolls].map(([verifier, { errorMs }]) => ({ verifier, errorMs })),
      eligible: {
        count: drawn.eligible.length,
        hash: eligibleHash(drawn.eligible),
        devices: i === 0 ? listed : null,
      },
      drawn: drawn.devices.length,
      members: members.slice(i * membersOfFact, (i + 1) * membersOfFact),
      part: i + 1,
      parts,
    }));
  }
}

const noRelease: Release = { at: null, beacon: null };

/** Devices in the order of their draw, as long as their cards fit; those of a sweep that draws nobody are all. */
export function draw(
  { may, cards }: Pick<SweepPlan, 'may' | 'cards'>,
  candidates: ReadonlyMap<string, Candidates>,
  preimage: Uint8Array,
): Drawn {
  const at = new Map<string, { readonly verifier: string; readonly cards: number }>();
  for (const [verifier, list] of candidates)
    for (const [device, count] of list) if (may(device)) at.set(device, { verifier, cards: count });
  const eligible = [...at.keys()].sort();
  const order = drawOrder(preimage, eligible);
  let left = cards ?? Number.POSITIVE_INFINITY;
  const end = order.findIndex((device, place) => {
    left -= at.get(device)?.cards ?? 0;
    return left < 0 && place > 0;
  });
  const devices = end < 0 ? order : order.slice(0, end);
  return { eligible, devices, verifiers: new Set(devices.map((device) => at.get(device)?.verifier ?? '')) };
}

/** Instants of the shared clock, as milliseconds after the first of their part, to the microsecond. */
function afterTheFirst(members: readonly SweepMember[]): SweepMember[] {
  const since = (goes: readonly (number | null)[]) => {
    const first = goes.reduce<number>((least, at) => Math.min(least, at ?? least), Number.POSITIVE_INFINITY);
    return (at: number | null) => (at === null ? null : Math.round((at - first) * 1000) / 1000);
  };
  const compute = since(members.map(({ computeGoMs }) => computeGoMs));
  const memory = since(members.map(({ memoryGoMs }) => memoryGoMs));
  return members
    .map((member) => ({
      ...member,
      computeGoMs: compute(member.computeGoMs),
      memoryGoMs: memory(member.memoryGoMs),
    }))
    .sort((a, b) => (a.device === b.device ? a.card - b.card : a.device < b.device ? -1 : 1));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
