import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardProver } from '../../agent/exam/prover.js';
import type { WalkerOpening } from '../../protocol/messages/reveals.js';
import { allOf } from '../../simulator/cheats/all-of.js';
import { runCommittingTwice } from '../../simulator/cheats/commits-twice.js';
import {
  type Escape,
  feignsError,
  goesSilentOnGuesses,
  staysSilent,
  waitsForOtherWalkers,
} from '../../simulator/cheats/goes-silent-on-bad-openings.js';
import { Guesses, guessesMissing } from '../../simulator/cheats/guesses-walks.js';
import { commitsBeforeWalking } from '../../simulator/cheats/lies-about-clock.js';
import { opensOtherWalkers } from '../../simulator/cheats/opens-other-leaves.js';
import { commitsToNoWalk, revealsNoWalker } from '../../simulator/cheats/sends-nothing.js';
import { blamesEngine, type DropOut, takeTurnsAtWalks } from '../../simulator/cheats/takes-turns.js';
import type { DeviceDocument } from '../../verifier/documents/schemas.js';
import { type ChipOptions, type Entrant, type Hall, openHall, reasonsOf } from './testing/hall.js';
import { restartable } from './testing/restartable.js';

/**
 * Part of the pages that a guesser has. A hundredth less than all would be the best choice on a real card; walks are so
 * short here that its guesses would often not be among those opened.
 */
const kept = 0.85;
/** Cards so slow at walks that a busy machine can play all of these at once: what is tested here is what a device answers. */
const scale = { rate: 1e-5, table: 2.3e-7, bandwidth: 1.3e-5, memory: 2e-5 };
/** Arithmetic to spare, so that tables are there sooner, and bandwidth: the simulation is late at times. */
const spare = { speed: 2, tableSpeed: 12, bandwidth: 2 };
/** Identities that take turns: one more than an exam has attempts. */
const turns = 4;

let hall: Hall;
let seen: Awaited<ReturnType<typeof examineAll>>;
/** The walkers that the one who hopes for others was asked for, each time. */
const asked: (readonly WalkerOpening[])[] = [];
/** What the one who commits to no round is told, and the verifier's view of it then. */
let refused: Promise<{ readonly code: string; readonly status: string }>;

function examineAll() {
  const card = (options: ChipOptions = {}) =>
    hall.card(hall.chip('RTX 4090', { ...spare, ...options }).tenant());
  const by = (prover: CardProver, run?: Entrant['run']): Entrant => ({
    claim: hall.claim(),
    prover,
    ...(run && { run }),
  });
  const guessing = (evade: Escape) => {
    const guesses = new Guesses();
    const prover = hall.card(hall.chip('RTX 4090', spare).tenant(), {
      table: (engine) => guessesMissing(engine, kept, randomBytes, guesses),
    });
    return goesSilentOnGuesses(prover, guesses, evade);
  };
  const { run, cut } = restartable();
  const breaksLine: Escape = () => {
    cut();
    return staysSilent();
  };
  refused = firstRefusal(by(commitsToNoWalk(card())));
  const slow = () => card({ bandwidth: 0.3 });
  const [declines1, declines2, declines3, declines4] = inTurn(() => ({ dropOut: blamesEngine }));
  const [breaks1, breaks2, breaks3, breaks4] = inTurn(breaking);
  return hall.examine({
    honest: by(card()),
    silent: by(guessing(staysSilent)),
    declining: by(guessing(feignsError)),
    disconnecting: by(guessing(breaksLine), run),
    hoping: by(noting(waitsForOtherWalkers(card(), feignsError))),
    earlyJunk: by(commitsBeforeWalking(slow(), 100, randomBytes)),
    twice: by(slow(), (options) => runCommittingTwice(options, randomBytes, 'memory')),
    otherWalkers: by(opensOtherWalkers(card())),
    otherWalkersAsAsked: by(opensOtherWalkers(card(), true)),
    nothing: by(revealsNoWalker(card())),
    declines1,
    declines2,
    declines3,
    declines4,
    breaks1,
    breaks2,
    breaks3,
    breaks4,
  });
}

/** Writes down which walkers a prover is asked for. */
function noting(prover: CardProver): CardProver {
  return {
    ...allOf(prover),
    revealWalk(openings) {
      asked.push(openings);
      return prover.revealWalk(openings);
    },
  };
}

/** Drops out of a walk by a line that breaks. */
function breaking() {
  const { run, cut } = restartable();
  const dropOut: DropOut = () => {
    cut();
    return new Promise(() => {});
  };
  return { dropOut, run };
}

/** Identities on one chip with arithmetic, and memory, for all of them, and the bandwidth of one that is quick. */
function inTurn(dropping: () => { dropOut: DropOut; run?: Entrant['run'] }) {
  const chip = hall.chip('RTX 4090', { ...spare, speed: 2 * turns, tableSpeed: 6 * turns, memory: turns });
  const drops = Array.from({ length: turns }, dropping);
  const provers = takeTurnsAtWalks(
    drops.map(({ dropOut }) => ({ prover: hall.card(chip.tenant()), dropOut })),
  );
  return provers.map((prover, i) => ({ ...drops[i], claim: hall.claim(), prover })) as [
    Entrant,
    Entrant,
    Entrant,
    Entrant,
  ];
}

function firstRefusal(entrant: Entrant): typeof refused {
  return new Promise((resolve) => {
    const device = hall.enter('no round', entrant, (event) => {
      if (event.type !== 'connection.refused') return;
      void hall.document(device).then(({ status }) => resolve({ code: event.code, status }));
    });
  });
}

beforeAll(async () => {
  // Who is asked again is asked together with the others, also where this machine is slow to hear them all.
  hall = await openHall({ examSeconds: 1, revealMs: 2_000, scale }, { cohortMs: 2_000 });
  seen = await examineAll();
});
afterAll(() => hall.close());

/** Rejected by its memory, for this reason, and for its integrity less than before. */
function expectLost(document: DeviceDocument, reason: string): void {
  expect(document.status).toBe('rejected');
  expect(reasonsOf(document)).toContain(reason);
  const exam = document.cards[0]?.lastExam;
  expect(exam?.checks.find(({ check }) => check === 'compute.proof')?.verdict).toBe('pass');
  expect(exam?.memory).not.toBeNull();
  expect(document.scores.integrity).toBeLessThan(1);
}

describe('a device that guesses where pages are missing, and does not answer when a guess is opened', () => {
  it('is rejected as silent while its connection lives', () => {
    expectLost(seen.silent, 'exam.silent');
  });

  it('is rejected as silent when it feigns an error of its engine', () => {
    expectLost(seen.declining, 'exam.silent');
  });

  it('is rejected as silent when it disconnects each time, however often it comes back', () => {
    expectLost(seen.disconnecting, 'exam.silent');
  });

  it('is asked for the same walkers three times, so that it gains nothing by hoping for others', () => {
    expectLost(seen.hoping, 'exam.silent');
    expect(asked).toHaveLength(3);
    expect(asked[0]?.length).toBeGreaterThan(0);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[2]).toEqual(asked[0]);
  });
});

describe('a device whose memory is slower than it claims', () => {
  it('gains nothing by committing to junk before it has walked', () => {
    expectLost(seen.earlyJunk, 'proof.wrong-path');
  });

  it('gains nothing by committing twice: the first commit counts, the clock stops once', () => {
    expectLost(seen.twice, 'proof.wrong-path');
  });
});

describe('a device that opens something else than it was asked for', () => {
  it('is rejected when it opens other walkers', () => {
    expectLost(seen.otherWalkers, 'proof.wrong-openings');
  });

  it('is rejected when it opens other walkers and says that they are those asked for', () => {
    expectLost(seen.otherWalkersAsAsked, 'proof.wrong-path');
  });

  it('is rejected when it opens nothing', () => {
    expectLost(seen.nothing, 'proof.wrong-openings');
  });

  it('is told so, and has no verdict yet, when it commits to no round at all', async () => {
    expect(await refused).toEqual({ code: 'exam.wrong-roots', status: 'examining' });
  });
});

describe('identities that take turns at the memory of one chip', () => {
  /** Those that never had the memory to themselves: who walked, and was late on this machine, is none of them. */
  const left = (documents: readonly DeviceDocument[]) =>
    documents.filter(({ cards }) => cards[0]?.lastExam?.memory?.elapsedMs === null);

  it('come through with at most as many as an exam has attempts where they decline after go', () => {
    const rejected = left([seen.declines1, seen.declines2, seen.declines3, seen.declines4]);
    expect(rejected.length).toBeGreaterThanOrEqual(1);
    for (const document of rejected) expectLost(document, 'exam.silent');
  });

  it('come through with at most as many as an exam has attempts where their line breaks after go', () => {
    const rejected = left([seen.breaks1, seen.breaks2, seen.breaks3, seen.breaks4]);
    expect(rejected.length).toBeGreaterThanOrEqual(1);
    for (const document of rejected) expectLost(document, 'exam.gave-up');
  });
});

describe('an honest device among them', () => {
  it('is verified', () => {
    expect(seen.honest.status).toBe('verified');
  });
});
