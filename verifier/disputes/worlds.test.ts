import { describe, expect, it } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import { type Answer, type Claim, enoughTrials, type Judgement, judge, type Trial } from './dispute.js';

// Weeks of a dispute, played out: an honest device and some that do what harms it most, or one chip behind two names. Joint exams are
// asked for as `Asking` does, and who is asked knows that one has begun.

const hour = 3600_000;
const day = 24 * hour;
const lapseMs = 7 * day;
const start = 1_800_000_000_000;

/** How one device does in a joint exam: `fails` has answered, `breaks` has not. */
type Does = 'passes' | 'fails' | 'breaks' | 'late';
interface World {
  /** The older claim first. */
  readonly devices: readonly string[];
  /** Who can be asked at an hour. */
  readonly isThere: (device: string, at: number) => boolean;
  readonly does: (device: string, trial: number, asked: readonly string[]) => Does;
}
interface Hour {
  readonly at: number;
  readonly judgement: Judgement;
  readonly trials: number;
}

function play({ devices, isThere, does }: World, hours: number): Hour[] {
  const trials: Trial[] = [];
  const seen: Hour[] = [];
  let dueAt = 0;
  let last: { readonly asBefore: string; readonly judgement: Judgement } | null = null;
  for (let passed = 0; passed < hours; passed += 1) {
    const at = start + passed * hour;
    const claims = devices.map((device, place): Claim => {
      const present = isThere(device, at);
      return {
        device,
        card: 0,
        since: start - (devices.length - place) * day,
        shownAt: at,
        clearedAt: null,
        standing: true,
        present,
        wallet: null,
      };
    });
    // Nothing moves where nobody came, went or was asked.
    const asBefore = `${trials.length} ${claims.map(({ present }) => present)}`;
    const judgement: Judgement =
      last?.asBefore === asBefore ? last.judgement : judge(claims, trials, { now: at, lapseMs });
    last = { asBefore, judgement };
    seen.push({ at, judgement, trials: trials.length });
    const asked = devices.filter((device) => isThere(device, at) && !judgement.losers.includes(device));
    if (asked.length < 2 || passed < dueAt) continue;
    const answers = asked.map((device): Answer => {
      const did = does(device, trials.length, asked);
      return { device, went: did === 'passes' || did === 'fails', passed: did === 'passes' };
    });
    trials.push({ sweep: `sw ${trials.length}`, at: at + 1, devices: asked.length, answers });
    dueAt =
      passed +
      (judgement.state === 'open' ? Math.min(24, 2 ** Math.max(0, trials.length - 2 * enoughTrials)) : 24);
  }
  return seen;
}

/** Of an honest card: slow or broken in one exam of fifty, and away for some hours every few days. */
function honestly(uniform: () => number) {
  const away = Array.from({ length: 40 }, () => [uniform() * 60 * day, (1 + uniform() * 8) * hour] as const);
  return {
    isThere: (at: number) => !away.some(([from, ms]) => at - start > from && at - start < from + ms),
    does: (): Does => (uniform() < 0.98 ? 'passes' : uniform() < 0.5 ? 'fails' : 'breaks'),
  };
}

const worlds = Array.from({ length: 8 }, (_, seed) => seed + 1);
const heldHours = (seen: readonly Hour[], device: string) =>
  seen.filter(({ judgement: { held, losers } }) => held.includes(device) || losers.includes(device)).length;

describe('an honest device that claims an id before a thief does', () => {
  const strategies: Record<string, (uniform: () => number) => () => Does> = {
    'with a real card': () => () => 'passes',
    'that is always silent': () => () => 'breaks',
    'that is never ready': () => () => 'late',
    'that fails': () => () => 'fails',
    'that does anything': (uniform) => () =>
      (['passes', 'fails', 'breaks', 'late'] as const)[Math.floor(4 * uniform())] ?? 'fails',
  };
  for (const [name, strategy] of Object.entries(strategies))
    it(`is never held and never loses by some thieves ${name}`, () => {
      for (const seed of worlds) {
        const uniform = uniformFrom(seed);
        const [victim, thief] = [honestly(uniform), strategy(uniform)];
        const devices = ['honest', ...Array.from({ length: 1 + (seed % 5) }, (_, i) => `thief ${i}`)];
        const seen = play(
          {
            devices,
            isThere: (device, at) => device !== 'honest' || victim.isThere(at),
            does: (device) => (device === 'honest' ? victim.does() : thief()),
          },
          60 * 24,
        );
        expect(heldHours(seen, 'honest')).toBe(0);
      }
    });

  it('keeps its place while a thief with a real card breaks its line in each joint exam of days', () => {
    for (const seed of worlds) {
      const uniform = uniformFrom(seed);
      const victim = honestly(uniform);
      const days = 1 + (seed % 6);
      let attackedUntil = Number.POSITIVE_INFINITY;
      const seen = play(
        {
          devices: ['honest', 'thief'],
          isThere: (device, at) => {
            attackedUntil = at > start + days * day ? 0 : Number.POSITIVE_INFINITY;
            return device !== 'honest' || victim.isThere(at);
          },
          does: (device) => (device === 'thief' ? 'passes' : attackedUntil > 0 ? 'breaks' : victim.does()),
        },
        30 * 24,
      );
      expect(heldHours(seen, 'honest')).toBe(0);
      // Meanwhile the thief earns nothing.
      expect(heldHours(seen.slice(0, days * 24), 'thief')).toBe(days * 24);
    }
  });
});

describe('an honest device that claims its id after a thief', () => {
  it('is never condemned, whatever the thief does to its line, and is free within days of when that ends', () => {
    for (const seed of worlds) {
      const uniform = uniformFrom(seed);
      const owner = honestly(uniform);
      const seen = play(
        {
          devices: ['thief', 'honest'],
          isThere: (device, at) => device !== 'honest' || owner.isThere(at),
          does: (device, trial) => (device === 'thief' ? 'passes' : trial < 20 ? 'breaks' : owner.does()),
        },
        60 * 24,
      );
      expect(seen.flatMap(({ judgement }) => judgement.losers)).toEqual([]);
      const attacked = seen.findLastIndex(({ trials }) => trials <= 20);
      expect(heldHours(seen.slice(attacked + 6 * 24), 'honest')).toBe(0);
    }
  });

  it('is free after a week of the thief keeping away from their joint exams', () => {
    for (const seed of worlds) {
      const uniform = uniformFrom(seed);
      const owner = honestly(uniform);
      const how: Does = seed % 2 === 0 ? 'late' : 'breaks';
      const seen = play(
        {
          devices: ['thief', 'honest'],
          isThere: (device, at) => device !== 'honest' || owner.isThere(at),
          does: (device) => (device === 'thief' ? how : owner.does()),
        },
        40 * 24,
      );
      expect(seen.flatMap(({ judgement }) => judgement.losers)).toEqual([]);
      expect(heldHours(seen.slice(10 * 24), 'honest')).toBe(0);
    }
  });
});

describe('one chip behind two or three names', () => {
  it('earns once, whoever of them answers, but for the days after a card was borrowed', () => {
    for (const seed of worlds) {
      const uniform = uniformFrom(seed);
      const devices = ['one', 'two', 'three'].slice(0, 2 + (seed % 2));
      const borrowed = seed % 3 === 0 ? 1 : 0;
      const seen = play(
        {
          devices,
          isThere: () => true,
          does: (device, trial, asked) => {
            if (trial < borrowed) return 'passes';
            const answers = asked[(trial * seed) % asked.length];
            if (device === answers) return 'passes';
            return uniform() < 0.5 ? 'breaks' : 'late';
          },
        },
        60 * 24,
      );
      const atOnce = seen.filter(
        ({ judgement: { held, losers } }) => devices.length - held.length - losers.length > 1,
      );
      expect(atOnce.length).toBeLessThanOrEqual(borrowed === 0 ? 0 : 5 * 24);
    }
  });

  it('is found where they answer', () => {
    const seen = play(
      {
        devices: ['one', 'two'],
        isThere: () => true,
        does: (device, trial) => ((device === 'one') === (trial % 2 === 0) ? 'passes' : 'fails'),
      },
      5 * 24,
    );
    expect(seen.at(-1)?.judgement.losers).toEqual(['two']);
  });
});
