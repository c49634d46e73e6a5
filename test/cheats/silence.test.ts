import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computesFraction } from '../../simulator/cheats/computes-fraction.js';
import {
  type Escape,
  feignsError,
  goesSilentOnBadOpenings,
  staysSilent,
} from '../../simulator/cheats/goes-silent-on-bad-openings.js';
import { blamesEngine, takeTurns } from '../../simulator/cheats/takes-turns.js';
import { type Entrant, type Hall, openHall, reasonsOf } from './testing/hall.js';
import { restartable } from './testing/restartable.js';

const fraction = 0.6;
let hall: Hall;
let seen: Awaited<ReturnType<typeof examineAll>>;

function examineAll() {
  const evading = (evade: Escape) => {
    const tenant = hall.chip('RTX 4090', { speed: fraction }).tenant();
    const prover = hall.card(tenant, {
      compute: (engine) => computesFraction(engine, fraction, randomBytes),
    });
    return { claim: hall.claim(), prover: goesSilentOnBadOpenings(prover, fraction, evade) };
  };
  const { run, cut } = restartable();
  const disconnects: Escape = () => {
    cut();
    return staysSilent();
  };
  const chip = hall.chip('RTX 4090', { speed: 1.5 });
  const [turn1, turn2, turn3, turn4, turn5] = takeTurns(
    Array.from({ length: 5 }, () => hall.card(chip.tenant())),
    blamesEngine,
  ).map((prover) => ({ claim: hall.claim(), prover })) as [Entrant, Entrant, Entrant, Entrant, Entrant];
  return hall.examine({
    turn1,
    turn2,
    turn3,
    turn4,
    turn5,
    honest: hall.honest(),
    silent: evading(staysSilent),
    declining: evading(feignsError),
    disconnecting: { ...evading(disconnects), run },
  });
}

beforeAll(async () => {
  hall = await openHall({ examSeconds: 2, revealMs: 2_000 });
  seen = await examineAll();
});
afterAll(() => hall.close());

describe('a device that does not answer when a page is opened that it did not compute', () => {
  it('is rejected as silent while its connection lives', () => {
    expect(seen.silent.status).toBe('rejected');
    expect(reasonsOf(seen.silent)).toContain('exam.silent');
  });

  it('is rejected as silent when it feigns an error of its engine', () => {
    expect(seen.declining.status).toBe('rejected');
    expect(reasonsOf(seen.declining)).toContain('exam.silent');
  });

  it('is rejected as silent when it disconnects each time, however often it comes back', () => {
    expect(seen.disconnecting.status).toBe('rejected');
    expect(reasonsOf(seen.disconnecting)).toContain('exam.silent');
  });
});

describe('identities that take turns on one chip by dropping out after go', () => {
  it('come through with at most as many as an exam has attempts', () => {
    const turns = [seen.turn1, seen.turn2, seen.turn3, seen.turn4, seen.turn5];
    const rejected = turns.filter(({ status }) => status !== 'verified');
    expect(rejected.length).toBeGreaterThanOrEqual(2);
    for (const document of rejected) expect(reasonsOf(document)).toContain('exam.silent');
  });
});

describe('an honest device among them', () => {
  it('is verified', () => {
    expect(seen.honest.status).toBe('verified');
  });
});
