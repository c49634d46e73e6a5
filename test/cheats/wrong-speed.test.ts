import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommittingTwice } from '../../simulator/cheats/commits-twice.js';
import { commitsBeforeComputing } from '../../simulator/cheats/lies-about-clock.js';
import { lowestFirst } from '../../simulator/sharing.js';
import { type Hall, openHall, reasonsOf } from './testing/hall.js';

let hall: Hall;
let seen: Awaited<ReturnType<typeof examineAll>>;

function examineAll() {
  const on = (tenant = hall.chip().tenant()) => ({
    claim: hall.claim(),
    prover: hall.card(tenant),
  });
  // Tables as fast as the others, who wait for it, and memory to spare: only its rate gives it away.
  const slowChip = () => hall.chip('RTX A5000', { tableSpeed: 3, bandwidth: 1.5 });
  const slow = () => on(slowChip().tenant());
  const otherEngine = hall.card(slowChip().tenant(), { name: 'onnx-webgpu' });
  const shared = hall.chip();
  const colluding = hall.chip('RTX 4090', { share: lowestFirst });
  return hall.examine({
    honest: hall.honest(),
    bigger: slow(),
    otherEngine: { claim: { ...hall.claim(), engine: 'onnx-webgpu' }, prover: otherEngine },
    earlyJunk: { ...slow(), prover: commitsBeforeComputing(slow().prover, 500, randomBytes) },
    twice: { ...slow(), run: (options) => runCommittingTwice(options, randomBytes) },
    shared1: on(shared.tenant()),
    shared2: on(shared.tenant()),
    shared3: on(shared.tenant()),
    shared4: on(shared.tenant()),
    inTurn1: on(colluding.tenant()),
    inTurn2: on(colluding.tenant()),
    inTurn3: on(colluding.tenant()),
  });
}

beforeAll(async () => {
  // Longer than elsewhere: here it is the rate that decides, and this process does the work of eleven machines.
  hall = await openHall({ examSeconds: 3, revealMs: 10_000 });
  seen = await examineAll();
});
afterAll(() => hall.close());

describe('a device that is slower than it claims', () => {
  it('is rejected for its rate when it claims a bigger card', () => {
    expect(seen.bigger.status).toBe('rejected');
    expect(reasonsOf(seen.bigger)).toContain('rate.below-class');
  });

  it('is not given the class by naming an engine that nobody has measured on it', () => {
    expect(seen.otherEngine.cards[0]?.class).not.toBe('rtx-4090');
    expect(reasonsOf(seen.otherEngine)).toContain('rate.unmeasured');
  });

  it('gains nothing by committing to junk before it has computed', () => {
    expect(seen.earlyJunk.status).toBe('rejected');
    expect(reasonsOf(seen.earlyJunk)).toContain('proof.wrong-path');
  });

  it('gains nothing by committing twice: the first commit counts, the clock stops once', () => {
    expect(seen.twice.status).toBe('rejected');
    expect(reasonsOf(seen.twice)).toContain('proof.wrong-path');
  });

  it('is rejected for its rate when it shares its chip with others, as are all of them', () => {
    for (const document of [seen.shared1, seen.shared2, seen.shared3, seen.shared4]) {
      expect(document.status).toBe('rejected');
      expect(reasonsOf(document)).toContain('rate.below-class');
    }
  });

  it('may pass for one at most where a shared chip serves its identities in turn', () => {
    const statuses = [seen.inTurn1, seen.inTurn2, seen.inTurn3].map(({ status }) => status);
    expect(statuses).toEqual(['verified', 'rejected', 'rejected']);
    expect(reasonsOf(seen.inTurn2)).toContain('rate.below-class');
  });
});

describe('an honest device among them', () => {
  it('is verified', () => {
    expect(seen.honest.status).toBe('verified');
  });
});
