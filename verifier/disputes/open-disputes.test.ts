import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../scoring/facts/facts.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { showed } from '../../scoring/testing/dispute-facts.js';
import { deviceId, enrolled, nextId, transition } from '../../scoring/testing/facts.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { MemoryState } from '../state/memory.js';
import type { Disputes } from './open-disputes.js';
import { office as common, DisputeOffice, hour } from './testing/dispute-office.js';

const record = await openTestRecord();
afterAll(() => record.close());
await migrate(record.client);

let office: DisputeOffice;
let id: string;
let leader: Disputes;
beforeEach(async () => {
  office = new DisputeOffice(record.client);
  id = deviceId(nextId('id'));
  leader = await office.verifier();
});

const held = (device: string) => leader.of(device).map((one) => [one.state, one.held, one.code]);

describe('a device that claims what another has', () => {
  it('is held, and both are asked once until the next trial is due', async () => {
    const first = await office.verified('first', id);
    const later = await office.verified('later', id);
    await leader.look();
    expect(held(first)).toEqual([['open', false, 'dispute.open']]);
    expect(held(later)).toEqual([['open', true, 'dispute.open']]);
    await leader.look();
    await leader.look();
    expect(office.asked.map(({ devices }) => devices)).toEqual([[first, later]]);
    expect(office.moves).toHaveLength(1);
  });

  it('has it free again when it has passed beside the other', async () => {
    const [first, later] = [await office.verified('first', id), await office.verified('later', id)];
    await leader.look();
    await office.swept({ [first]: 'passed', [later]: 'passed' });
    await leader.look();
    expect([held(first), held(later)]).toEqual([
      [['distinct', false, 'dispute.distinct']],
      [['distinct', false, 'dispute.distinct']],
    ]);
  });

  it('is not asked, and its owner neither, while one of them is away, leased or at something else', async () => {
    const first = await office.verified('first', id, { connected: false });
    const later = await office.verified('later', id);
    for (const ready of [undefined, false]) {
      if (ready !== undefined) office.here.set(first, ready);
      for (let i = 0; i < 3; i += 1) await leader.look();
    }
    expect(office.asked).toEqual([]);
    expect(held(first)).toEqual([['open', false, 'dispute.open']]);
    expect(held(later)).toEqual([['open', true, 'dispute.open']]);
  });

  it('is found by its report alone, and by an id that was recorded in the clear', async () => {
    const first = await office.verified('first', id);
    const other = await office.verified('other', 'GPU-other');
    const plain = await office.verified('plain', 'GPU-plain');
    const hashed = await office.verified('hashed', common.pepper.claimedId('GPU-plain'));
    const value = nextId('pdi');
    for (const device of [first, other])
      await office.record(showed(device, ++office.now, { cards: [['gpu-pdi', value, 0]] }));
    await leader.look();
    expect(held(other)).toEqual([['open', true, 'dispute.open']]);
    expect(held(hashed)).toEqual([['open', true, 'dispute.open']]);
    expect([held(first), held(plain)].flat().map(([, one]) => one)).toEqual([false, false]);
  });

  it('is no claimant before it has ever been verified, be they a thousand', async () => {
    const first = await office.verified('first', id);
    const thieves = Array.from({ length: 100 }, () => deviceId(nextId('thief')));
    for (const thief of thieves) await office.claim(thief, id);
    await office.record(
      ...thieves.map((thief) => showed(thief, office.now, { cards: [['gpu-uuid', id, 0]] })),
    );
    await leader.look();
    expect(held(first)).toEqual([]);
    const later = await office.verified('later', id);
    await leader.look();
    expect(held(later)).toEqual([['open', true, 'dispute.open']]);
    expect(office.moves[0]?.claimants.map(({ device }) => device)).toEqual([first, later]);
  });

  it('has it alone when the other claims another card, or is retired', async () => {
    for (const end of ['claims another', 'retires']) {
      const other = deviceId(nextId('id'));
      const [seller, buyer] = [
        await office.verified(`seller who ${end}`, other),
        await office.verified(`buyer ${end}`, other),
      ];
      await leader.look();
      expect(held(buyer)).toEqual([['open', true, 'dispute.open']]);
      office.now += hour;
      if (end === 'retires') await office.record(transition(seller, office.now, 'verified', 'retired'));
      else await office.claim(seller, deviceId(nextId('id')));
      await leader.look();
      expect([held(seller), held(buyer)]).toEqual([[], [['lapsed', false, 'dispute.lapsed']]]);
    }
  });

  it('has it alone when the other was not seen for long; who comes back is the first again', async () => {
    const [first, later] = [await office.verified('first', id), await office.verified('later', id)];
    await leader.look();
    office.now += 8 * 24 * hour;
    await office.swept({ [later]: 'passed', [deviceId('another')]: 'passed' });
    await leader.look();
    expect(held(later)).toEqual([['lapsed', false, 'dispute.lapsed']]);
    await office.swept({ [first]: 'passed', [deviceId('another')]: 'passed' });
    await leader.look();
    expect([held(first), held(later)]).toEqual([
      [['open', false, 'dispute.open']],
      [['open', true, 'dispute.open']],
    ]);
  });

  it('waits for a lease of the other, however long it lasts', async () => {
    const [first, later] = [await office.verified('first', id), await office.verified('later', id)];
    office.leased.add(first);
    await leader.look();
    office.now += 30 * 24 * hour;
    await office.swept({ [later]: 'passed', [deviceId('another')]: 'passed' });
    await leader.look();
    expect(held(later)).toEqual([['open', true, 'dispute.open']]);
  });
});

describe('who loses by joint exams', () => {
  async function lost(): Promise<{ first: string; later: string }> {
    const [first, later] = [await office.verified('first', id), await office.verified('later', id)];
    await leader.look();
    for (let i = 0; i < 3; i += 1) await office.swept({ [first]: 'passed', [later]: 'failed' });
    return { first, later };
  }
  const condemnations = (device: string) =>
    office.facts.filter(
      (fact) => fact.kind === 'device.transition' && fact.device === device && fact.cause === 'condemned',
    );

  it('is quarantined once, at its home, with the exams that showed it', async () => {
    const { first, later } = await lost();
    office.here.delete(later);
    await leader.look();
    expect(held(later)).toEqual([['shared', true, 'dispute.never-together']]);
    expect(condemnations(later)).toEqual([]);
    office.here.set(later, true);
    for (let i = 0; i < 3; i += 1) await leader.look();
    expect(condemnations(later)).toMatchObject([
      { to: 'quarantined', reasons: ['dispute.never-together'], inputs: { joint: 3, passed: 0 } },
    ]);
    const [condemned] = condemnations(later);
    expect(condemned?.kind === 'device.transition' && condemned.evidence).toHaveLength(4);
    expect(office.condemned).toEqual([later]);
    expect(held(first)).toEqual([['shared', false, 'dispute.kept']]);
  });

  it('is not condemned for the same again when a person has cleared it, also after a restart', async () => {
    const { later } = await lost();
    await leader.look();
    office.now += hour;
    await office.record({ ...transition(later, office.now, 'quarantined', 'examining'), cause: 'cleared' });
    await office.record(transition(later, office.now + 1000, 'examining', 'verified'));
    const others = await office.verifier(false);
    await others.look();
    leader = await office.verifier();
    await leader.look();
    await leader.look();
    expect(condemnations(later)).toHaveLength(1);
    expect(held(later)).toEqual([['open', true, 'dispute.open']]);
  });
});

describe('a leader that is lost', () => {
  it('at any step is followed by another that comes to the same', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let step = 0; step < 5; step += 1) {
        office = new DisputeOffice(record.client);
        id = deviceId(nextId('id'));
        leader = await office.verifier();
        const [first, later] = [await office.verified('first', id), await office.verified('later', id)];
        let left = step;
        const kill = () => {
          left -= 1;
          if (left === -1) throw new Error('killed');
        };
        const watch = () => {
          if (when === 'before') office.beforeRecord = kill;
          else office.afterRecord = kill;
        };
        const rest = () => {
          office.beforeRecord = office.afterRecord = () => {};
        };
        for (let i = 0; i < 3; i += 1) {
          watch();
          await leader.look();
          rest();
          if (left < 0) leader = await office.verifier();
          await office.swept({ [first]: 'passed', [later]: 'failed' });
        }
        watch();
        await leader.look();
        rest();
        leader = await office.verifier();
        for (let i = 0; i < 2; i += 1) await leader.look();
        expect([held(first), held(later)]).toEqual([
          [['shared', false, 'dispute.kept']],
          [['shared', true, 'dispute.never-together']],
        ]);
        const condemned = office.facts.filter(
          (fact: Fact) => fact.kind === 'device.transition' && fact.cause === 'condemned',
        );
        expect(new Set(condemned.map((fact) => fact.id)).size).toBe(1);
      }
    }
  });

  it('beside another that thinks it leads makes the same facts', async () => {
    await office.verified('first', id);
    await office.verified('later', id);
    const other = await office.verifier();
    await Promise.all([leader.look(), other.look()]);
    expect(office.moves).toHaveLength(1);
  });

  it('asks nobody twice for its end, and once more where the hot state is lost', async () => {
    await office.verified('first', id);
    await office.verified('later', id);
    await leader.look();
    await leader.look();
    leader = await office.verifier();
    await leader.look();
    expect(office.asked).toHaveLength(1);
    office.state = new MemoryState(office.clock);
    for (let i = 0; i < 3; i += 1) await leader.look();
    expect(office.asked).toHaveLength(2);
  });
});

describe('while the record is away', () => {
  it('nothing is decided, and afterwards it goes on', async () => {
    const [first, later] = [await office.verified('first', id), await office.verified('later', id)];
    await leader.look();
    for (let i = 0; i < 3; i += 1) await office.swept({ [first]: 'passed', [later]: 'failed' });
    office.recordAway = true;
    await leader.look();
    expect(office.moves).toHaveLength(1);
    office.recordAway = false;
    await leader.look();
    expect(held(later)).toEqual([['shared', true, 'dispute.never-together']]);
  });
});

describe('a verifier that does not lead', () => {
  it('knows what the leader has recorded, and after a restart the same', async () => {
    const other = await office.verifier(false);
    const [, later] = [await office.verified('first', id), await office.verified('later', id)];
    await other.look();
    expect(office.moves).toEqual([]);
    await leader.look();
    expect(other.of(later)).toEqual(leader.of(later));
    expect((await office.verifier(false)).of(later)).toEqual(leader.of(later));
    expect(office.asked).toEqual([]);
  });
});

describe('an owner who enrols its machine anew', () => {
  it('keeps the place of its claim', async () => {
    const first = await office.verified('first', id);
    const later = await office.verified('later', id);
    office.now += hour;
    await office.record({ ...enrolled(first, office.now), name: 'renamed', cards: [] });
    office.now += 60_000;
    await office.claim(first, id);
    await leader.look();
    expect([held(first), held(later)].flat().map(([, one]) => one)).toEqual([false, true]);
  });
});
