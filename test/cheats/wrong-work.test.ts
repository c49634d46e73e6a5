import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardProver } from '../../agent/exam/prover.js';
import type { ComputeEngine } from '../../challenges/engines/engine.js';
import { computesFraction } from '../../simulator/cheats/computes-fraction.js';
import {
  type Downgrade,
  downgradedCompute,
  dropsLowBits,
  halvesRank,
  skipsLayers,
} from '../../simulator/cheats/downgrades.js';
import { answersLastChallenge } from '../../simulator/cheats/last-challenge.js';
import { opensOtherLeaves } from '../../simulator/cheats/opens-other-leaves.js';
import { replaysOtherDevice } from '../../simulator/cheats/replays-other-device.js';
import { reusesPages } from '../../simulator/cheats/reuses-pages.js';
import { commitsToNothing, revealsNothing } from '../../simulator/cheats/sends-nothing.js';
import { type Hall, openHall, reasonsOf } from './testing/hall.js';

let hall: Hall;
let seen: Awaited<ReturnType<typeof examineAll>>;

function examineAll() {
  const by = (prover: CardProver) => ({ claim: hall.claim(), prover });
  const spare = () => hall.chip('RTX 4090', { speed: 1.5 }).tenant();
  const card = () => hall.card(spare());
  const computing = (compute: (engine: ComputeEngine) => ComputeEngine, tenant = spare()) =>
    by(hall.card(tenant, { compute }));
  const downgraded = (downgrade: Downgrade) => computing((engine) => downgradedCompute(engine, downgrade));
  const slow = hall.chip('RTX 4090', { speed: 0.6 }).tenant();
  const pair = replaysOtherDevice(card());
  return hall.examine({
    honest: hall.honest(),
    fraction: computing((engine) => computesFraction(engine, 0.6, randomBytes), slow),
    victim: by(pair.victim),
    replayer: by(pair.replayer),
    last: by(answersLastChallenge(card(), randomBytes(32))),
    fewerBits: downgraded(dropsLowBits(4)),
    lowRank: downgraded(halvesRank),
    fewerLayers: downgraded(skipsLayers(1)),
    reused: computing(reusesPages),
    otherLeaves: by(opensOtherLeaves(card())),
    otherLeavesAsAsked: by(opensOtherLeaves(card(), true)),
    nothing: by(revealsNothing(card())),
  });
}

beforeAll(async () => {
  hall = await openHall({ examSeconds: 2, revealMs: 10_000 });
  seen = await examineAll();
});
afterAll(() => hall.close());

describe('a device that did not do the work', () => {
  it('is quarantined for a wrong page when it computed 60 % of its pages at full pace', () => {
    expect(seen.fraction.status).toBe('quarantined');
    expect(reasonsOf(seen.fraction)).toContain('proof.wrong-page');
  });

  it('is quarantined for a wrong page when it replays another device, which stays verified', () => {
    expect(seen.replayer.status).toBe('quarantined');
    expect(reasonsOf(seen.replayer)).toContain('proof.wrong-page');
    expect(seen.victim.status).toBe('verified');
  });

  it('is quarantined for a wrong page when it answers the challenge before', () => {
    expect(seen.last.status).toBe('quarantined');
    expect(reasonsOf(seen.last)).toContain('proof.wrong-page');
  });

  it('is quarantined for a wrong page when it drops bits of the weights, columns, or a layer', () => {
    for (const document of [seen.fewerBits, seen.lowRank, seen.fewerLayers]) {
      expect(document.status).toBe('quarantined');
      expect(reasonsOf(document)).toContain('proof.wrong-page');
    }
  });

  it('is quarantined for a wrong page when it hands pages out twice', () => {
    expect(seen.reused.status).toBe('quarantined');
    expect(reasonsOf(seen.reused)).toContain('proof.wrong-page');
  });

  it('is rejected when it opens other leaves than asked', () => {
    expect(seen.otherLeaves.status).toBe('rejected');
    expect(reasonsOf(seen.otherLeaves)).toContain('proof.wrong-openings');
  });

  it('is rejected when it opens other leaves and says that they are those asked for', () => {
    expect(seen.otherLeavesAsAsked.status).toBe('rejected');
    expect(reasonsOf(seen.otherLeavesAsAsked)).toContain('proof.wrong-path');
  });

  it('is rejected when it opens nothing', () => {
    expect(seen.nothing.status).toBe('rejected');
    expect(reasonsOf(seen.nothing)).toContain('proof.wrong-openings');
  });

  it('is told so, and has no verdict yet, when it commits to no round at all', async () => {
    const cheat = { claim: hall.claim(), prover: commitsToNothing(hall.card(hall.chip().tenant())) };
    let device = '';
    const refusal = new Promise<string>((resolve) => {
      device = hall.enter('none', cheat, (event) => {
        if (event.type === 'connection.refused') resolve(event.code);
      });
    });
    expect(await refusal).toBe('exam.wrong-roots');
    expect((await hall.document(device)).status).toBe('examining');
  });
});

describe('an honest device among them', () => {
  it('is verified', () => {
    expect(seen.honest.status).toBe('verified');
    expect(seen.honest.cards[0]?.lastExam?.outcome).toBe('passed');
  });
});
