import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, type Claim, enoughTrials, judge, smallSweep, type Trial } from './dispute.js';

const hour = 3600_000;
const start = 1_800_000_000_000;
const times = { now: start + 1000 * hour, lapseMs: 2000 * hour };

const claim = (device: string, since: number, changes: Partial<Claim> = {}): Claim => ({
  device,
  card: 0,
  since: start + since,
  shownAt: start + since + hour,
  clearedAt: null,
  standing: true,
  present: true,
  wallet: null,
  ...changes,
});
/** `a+` passed with the others, `a-` was let go and did not pass, `a~` was asked and never let go. */
const trial = (place: number, ...answers: string[]): Trial => ({
  sweep: `sw ${place}`,
  at: start + (10 + place) * hour,
  devices: answers.length,
  answers: answers.map(
    (said): Answer => ({
      device: said.slice(0, -1),
      went: !said.endsWith('~'),
      passed: said.endsWith('+'),
    }),
  ),
});
const repeated = (count: number, ...answers: string[]) =>
  Array.from({ length: count }, (_, place) => trial(place, ...answers));

const first = claim('first', 0);
const later = claim('later', hour);
const two = [first, later];

describe('two devices that claim one GPU', () => {
  it('are left as they are but that the later one is held, also while the first is away', () => {
    const away = { ...first, present: false };
    for (const claims of [two, [away, later]])
      expect(judge(claims, [], times)).toMatchObject({
        state: 'open',
        keeper: null,
        held: ['later'],
        losers: [],
      });
  });

  it('are two cards once they have passed at the same instant, and neither is held', () => {
    const judgement = judge(two, [trial(0, 'first+', 'later-'), trial(1, 'first+', 'later+')], times);
    expect(judgement).toMatchObject({ state: 'distinct', keeper: 'first', held: [], losers: [] });
  });

  it('are one card when they never both passed in three joint exams: the later one loses', () => {
    for (const answers of [
      ['first+', 'later-'],
      ['first-', 'later-'],
    ])
      expect(judge(two, repeated(3, ...answers), times)).toMatchObject({
        state: 'shared',
        keeper: 'first',
        held: [],
        losers: ['later'],
      });
    expect(judge(two, repeated(2, 'first+', 'later-'), times).losers).toEqual([]);
  });

  it('that take turns are one card too', () => {
    const turns = [0, 1, 2, 3, 4].map((place) =>
      place % 2 === 0 ? trial(place, 'first+', 'later-') : trial(place, 'first-', 'later+'),
    );
    expect(judge(two, turns.slice(0, 4), times)).toMatchObject({ state: 'open', held: ['later'] });
    expect(judge(two, turns, times)).toMatchObject({ state: 'shared', losers: ['later'] });
  });

  it('are judged anew by what came after they were distinct', () => {
    const before = trial(0, 'first+', 'later+');
    const after = [1, 2, 3].map((place) => trial(place, 'first+', 'later-'));
    expect(judge(two, [before, ...after.slice(0, 2)], times).state).toBe('distinct');
    expect(judge(two, [before, ...after], times).losers).toEqual(['later']);
  });

  it('show nothing by exams of before both claimed it, or before a person cleared one', () => {
    const early = repeated(3, 'first+', 'later-');
    const claimedLater = claim('later', 100 * hour);
    expect(judge([first, claimedLater], early, times).losers).toEqual([]);
    const cleared = { ...later, clearedAt: start + 100 * hour };
    expect(judge([first, cleared], early, times)).toMatchObject({ state: 'open', losers: [] });
  });

  it('are one device again when the other has not shown itself for long; when it comes back it is the first', () => {
    const now = start + 3000 * hour;
    const shown = { ...later, shownAt: now - hour };
    expect(judge([first, shown], [], { ...times, now })).toMatchObject({
      state: 'lapsed',
      keeper: 'later',
      held: [],
    });
    const back = { ...first, shownAt: now };
    expect(judge([back, shown], [], { ...times, now })).toMatchObject({ state: 'open', held: ['later'] });
  });

  it('keep their judgement when the loser is quarantined', () => {
    const quarantined = { ...later, standing: false };
    expect(judge([first, quarantined], repeated(3, 'first+', 'later-'), times)).toMatchObject({
      state: 'shared',
      losers: ['later'],
    });
  });

  it('and have one owner hold nothing back from the machine that the card is in', () => {
    const [a, b] = two.map((one) => ({ ...one, wallet: 'w' }));
    if (a === undefined || b === undefined) throw new Error();
    expect(judge([{ ...a, present: false }, b], [], times).held).toEqual([]);
    expect(judge([a, b], [], times).held).toEqual(['later']);
  });
});

describe('a thief who claims the id before its owner comes', () => {
  const thief = claim('thief', 0);
  const owner = claim('owner', hour);
  const both = [thief, owner];

  it('with a card of its own passes beside the owner: they are two cards', () => {
    expect(judge(both, [trial(0, 'thief+', 'owner+')], times)).toMatchObject({ state: 'distinct', held: [] });
  });

  it('who will not be examined beside the owner for a week comes after it, however it avoids that', () => {
    const week = { ...times, lapseMs: 168 * hour };
    for (const how of ['thief~', 'thief-']) {
      const misses = [0, 1, 2, 3, 50, 100, 168].map((place) => trial(place, how, 'owner+'));
      const shown = both.map((one) => ({ ...one, shownAt: times.now }));
      expect(judge(shown, misses.slice(0, -1), week).held).toEqual(['owner']);
      expect(judge(shown, misses, week)).toMatchObject({ state: 'open', held: ['thief'], losers: [] });
      // Not when the one that would be answered is gone itself, nor after it has passed once.
      const gone = shown.map((one) => ({ ...one, present: one.device === 'thief' }));
      expect(judge(gone, misses, week).held).toEqual([]);
      const passed = [...misses, trial(170, 'thief+', 'owner-')];
      expect(judge(shown, passed, week).held).toEqual(['owner']);
    }
  });
});

describe('a thief that breaks the line of another whenever it is armed itself', () => {
  it('can have neither the first held nor the later one condemned', () => {
    expect(judge(two, repeated(enoughTrials, 'first~', 'later+'), times)).toMatchObject({
      held: ['later'],
      losers: [],
    });
    expect(judge(two, repeated(2 * enoughTrials, 'first+', 'later~'), times)).toMatchObject({
      state: 'open',
      held: ['later'],
      losers: [],
    });
  });

  it('or keeps its own silent is held, also where it was shown to be distinct before', () => {
    const before = trial(0, 'first+', 'later+');
    for (const [first, later] of [
      ['first~', 'later+'],
      ['first+', 'later~'],
    ] as const) {
      const silent = [1, 2, 3].map((place) => trial(place, first, later));
      expect(judge(two, [before, ...silent.slice(0, 2)], times).state).toBe('distinct');
      expect(judge(two, [before, ...silent], times)).toMatchObject({ state: 'open', held: ['later'] });
    }
  });
});

describe('more than two', () => {
  it('are each measured against all before them', () => {
    const claims = [first, later, claim('third', 2 * hour)];
    const trials = [trial(0, 'first+', 'later+', 'third-'), trial(1, 'first+', 'later-', 'third+')];
    expect(judge(claims, trials, times)).toMatchObject({ state: 'open', held: ['third'] });
    // Two identities on one chip, each of which passes beside the first.
    const more = [2, 3, 4].map((place) => trial(place, 'first+', 'later+', 'third-'));
    expect(judge(claims, [...trials, ...more], times)).toMatchObject({ state: 'shared', losers: ['third'] });
  });
});

// Worlds in which thieves do what they like.

const answers = ['+', '-', '~', ''] as const;
const thieves = fc.array(
  fc.record({
    since: fc.integer({ min: 1, max: 500 }),

    present: fc.boolean(),
    standing: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);
const anyAnswers = (length: number) =>
  fc.array(fc.constantFrom(...answers), { minLength: length, maxLength: length });

/** Trials of one honest device and some others; `honest` says what it does in each. */
function trialsOf(
  honest: readonly string[],
  others: readonly (readonly string[])[],
  crowd: readonly boolean[],
): Trial[] {
  return honest.map((own, place) => {
    const told = [`honest${own}`, ...(others[place] ?? []).map((how, i) => `thief ${i}${how}`)];
    const asked = told.filter((one) => /[+~-]$/.test(one));
    return { ...trial(place, ...asked), devices: crowd[place] ? smallSweep + 1 : asked.length };
  });
}

const world = thieves.chain((claims) =>
  fc.integer({ min: 0, max: 25 }).chain((count) =>
    fc.record({
      claims: fc.constant(claims),
      others: fc.array(anyAnswers(claims.length), { minLength: count, maxLength: count }),
      crowd: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
      /** Weak at most twice in a row: slow, or its line broke. Away at any time. Left behind in a crowd at any time. */
      honest: fc.array(fc.constantFrom('+', '+', '-', '~', ''), { minLength: count, maxLength: count }),
      honestAway: fc.boolean(),
      order: fc.integer(),
    }),
  ),
);

function honestly(wanted: readonly string[], crowd: readonly boolean[]): string[] {
  let weak = 0;
  return wanted.map((own, place) => {
    if (own === '' || (own === '~' && crowd[place])) return own;
    weak = own === '+' ? 0 : weak + 1;
    if (weak < enoughTrials) return own;
    weak = 0;
    return '+';
  });
}

describe('whatever thieves do', () => {
  it('the honest first claimant is never held and never loses', () => {
    fc.assert(
      fc.property(world, ({ claims, others, crowd, honest, honestAway }) => {
        const all = [
          claim('honest', 0, { present: !honestAway }),
          ...claims.map(({ since, present, standing }, i) =>
            claim(`thief ${i}`, since * hour, {
              present,
              standing,
            }),
          ),
        ];
        const { held, losers } = judge(all, trialsOf(honestly(honest, crowd), others, crowd), times);
        expect([...held, ...losers]).not.toContain('honest');
      }),
      { numRuns: 2000 },
    );
  });

  it('an honest card that passes is never condemned, whoever claimed its id before', () => {
    fc.assert(
      fc.property(world, ({ claims, others, crowd, honest }) => {
        const all = [
          ...claims.map(({ since, present, standing }, i) =>
            claim(`thief ${i}`, since, { shownAt: start + 900 * hour, present, standing }),
          ),
          claim('honest', hour),
        ];
        const passing = honest.map((own) => (own === '-' || own === '~' ? '+' : own));
        const { losers } = judge(all, trialsOf(passing, others, crowd), times);
        expect(losers).not.toContain('honest');
      }),
      { numRuns: 2000 },
    );
  });

  it('nobody loses with fewer than three joint exams with an earlier claimant in which both were let go', () => {
    fc.assert(
      fc.property(world, ({ claims, others, crowd, honest }) => {
        const all = [
          claim('honest', 0),
          ...claims.map(({ since, standing }, i) => claim(`thief ${i}`, since * hour, { standing })),
        ];
        const trials = trialsOf(honest, others, crowd);
        const { losers } = judge(all, trials, times);
        for (const loser of losers) {
          const most = all.map(({ device }) =>
            device === loser
              ? 0
              : trials.filter(({ answers }) =>
                  [device, loser].every((one) =>
                    answers.some((answer) => answer.device === one && answer.went),
                  ),
                ).length,
          );
          expect(Math.max(...most)).toBeGreaterThanOrEqual(enoughTrials);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('order and repetition of claims and trials change nothing', () => {
    fc.assert(
      fc.property(world, fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }), (given, keys) => {
        const { claims, others, crowd, honest } = given;
        const all = [
          claim('honest', 0),
          ...claims.map(({ since, standing, present }, i) =>
            claim(`thief ${i}`, since * hour, { standing, present }),
          ),
        ];
        const trials = trialsOf(honest, others, crowd);
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((one, i) => [keys[i % keys.length] ?? 0, one] as const)
            .sort(([a], [b]) => a - b)
            .map(([, one]) => one);
        const told = shuffled([...trials, ...trials.slice(0, 3)]).map((one) => ({
          ...one,
          answers: shuffled(one.answers),
        }));
        expect(judge(shuffled(all), told, times)).toEqual(judge(all, trials, times));
      }),
      { numRuns: 1000 },
    );
  });
});
