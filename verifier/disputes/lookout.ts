import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import type { DisputeMovedFact } from '../../scoring/facts/hardware.js';
import { sweptTogether } from '../../scoring/queries/disputes.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { Asking } from './asking.js';
import type { DisputeBook } from './book.js';
import type { ClaimedValues } from './claimed-values.js';
import { type ClaimsParts, claimsOf, type Past, pastOf } from './claims.js';
import { judge } from './dispute.js';
import { type ClaimGroup, groupClaims } from './groups.js';
import { moveOf, trialsOf } from './move.js';
import type { DisputeTimes } from './times.js';

/** Sweeps that are looked back at: what settles a dispute are the latest. */
const mostSweeps = 200;
/** Disputes of one look; the others have their turn at the next. */
const mostAtOnce = 200;

export interface LookoutParts {
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly book: DisputeBook;
  readonly values: ClaimedValues;
  readonly asking: Asking;
  readonly isLeased: ClaimsParts['isLeased'];
  readonly times: DisputeTimes;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * What the leader does about disputes: compares what devices claim, evaluates the sweeps that claimants were in, asks for others. All
 * of it follows from the record anew each time: one that is lost in the middle is done by the next.
 */
export class Lookout {
  readonly #parts: LookoutParts;
  #lookedAt: number | null = null;
  #turn = 0;

  constructor(parts: LookoutParts) {
    this.#parts = parts;
  }

  /** @throws what the record, the journal and the hot state throw; what was decided until then stands */
  async look(): Promise<void> {
    const { book, values, clock, log } = this.#parts;
    const now = clock.monotonic();
    const sinceMs = this.#lookedAt === null ? 0 : now - this.#lookedAt;
    this.#lookedAt = now;
    const groups = groupClaims(await values.shared()).filter(({ dispute, cards }) => {
      const known = book.get(dispute);
      return (known !== null && known.state !== 'lapsed') || this.#standing(cards.keys()) > 1;
    });
    const found = new Set(groups.map(({ dispute }) => dispute));
    for (const known of [...book.living()].filter(({ dispute }) => !found.has(dispute)))
      await this.#end(known);
    const turn = groups.length > mostAtOnce ? this.#turn++ * mostAtOnce : 0;
    const inTurn = groups.flatMap((_, at) => groups[(turn + at) % groups.length] ?? []).slice(0, mostAtOnce);
    const past = await pastOf(this.#parts.clickhouse, inTurn);
    for (const group of inTurn) {
      // One that can't be decided must not keep the others from it.
      await this.#move(group, past, sinceMs).catch((error) => {
        log.warn({ err: error, dispute: group.dispute }, 'a dispute could not be looked at');
      });
    }
  }

  #standing(devices: Iterable<string>): number {
    const states = [...devices].map((device) => this.#parts.devices.get(device)?.status);
    return states.filter((status) => status === 'verified' || status === 'suspended').length;
  }

  async #move(group: ClaimGroup, past: Past, sinceMs: number): Promise<void> {
    const { clickhouse, clock, book, asking, times } = this.#parts;
    const present = async (device: string) => (await asking.presence(device)) !== null;
    const claims = await claimsOf(this.#parts, group, past, present);
    if (claims.length === 0) return;
    const devices = claims.map(({ device }) => device);
    const since = Math.min(...claims.map((claim) => claim.since));
    const swept = await sweptTogether(clickhouse, devices, since, mostSweeps);
    const trials = trialsOf(claims, swept);
    const now = clock.now();
    const judgement = judge(claims, trials, { now, lapseMs: times.lapseMs });
    const before = book.get(group.dispute);
    // One that begins and is over at once is none.
    if (before === null && judgement.state === 'lapsed') return;
    const move = moveOf(group, claims, trials, judgement, before, now);
    if (move !== null) await this.#record(move);
    if (judgement.state === 'lapsed') return;
    const sweep = await asking.ask(group.dispute, claims, trials, judgement, sinceMs);
    if (sweep !== null)
      this.#parts.log.info(
        { dispute: group.dispute, sweep, devices: devices.length },
        'claimants of one GPU are asked',
      );
  }

  /** Nobody, or one alone, claims the id any more. */
  async #end(known: DisputeMovedFact): Promise<void> {
    const { values, clock } = this.#parts;
    const { dispute, componentKind: kind, hash, trials, claimants } = known;
    const left = await values.claimantsOf(kind, hash);
    const remaining = claimants.filter(({ device }) => left.has(device));
    const [only] = remaining;
    const keeper = remaining.length === 1 && only !== undefined ? only.device : null;
    const told = trials.map(({ asked, went, passed, ...trial }) => ({
      ...trial,
      devices: asked.length,
      answers: asked.map((device) => ({
        device,
        went: went.includes(device),
        passed: passed.includes(device),
      })),
    }));
    const move = moveOf(
      { dispute, kind, hash },
      remaining.length > 0 ? remaining : claimants,
      told,
      { state: 'lapsed', keeper, held: [], losers: [], reasons: ['dispute.lapsed'] },
      known,
      clock.now(),
    );
    if (move !== null) await this.#record(move);
  }

  async #record(move: DisputeMovedFact): Promise<void> {
    const { recorder, book, log } = this.#parts;
    await recorder.record([move]);
    book.apply([move]);
    const { dispute, state, claimants, losers } = move;
    log.info({ dispute, state, claimants: claimants.length, losers }, 'a dispute moved');
  }
}
