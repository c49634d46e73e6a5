import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Entrant } from '../cheats/testing/hall.js';
import { type DisputeHall, openDisputeHall } from './testing/dispute-hall.js';
import { machine } from './testing/machine.js';

let hall: DisputeHall;
beforeEach(async () => {
  hall = await openDisputeHall();
});
afterEach(() => hall.close());

/** An honest card of its own that claims an id. */
const withCard = (claim: CardClaim, speed = 1.5): Entrant => ({
  claim,
  prover: hall.card(hall.chip('RTX 4090', { speed, tableSpeed: 8 }).tenant()),
});
const slow = { timeout: 150_000, interval: 100 };

describe('a thief who copies the id of a GPU', () => {
  it('while its owner is away is held, and the owner comes back as it went', async () => {
    const claim = hall.claim();
    const owners = machine();
    const owner = hall.enter('owner', { ...withCard(claim), run: owners.run });
    await hall.whenVerified(owner);
    const seen: string[] = [];
    const watch = async () => {
      const [{ status = '', cards = [] } = {}] = [await hall.document(owner)];
      const [standing] = await hall.standing(owner);
      seen.push(`${status} ${standing} ${cards[0]?.eligible}`);
    };
    owners.off();
    await expect.poll(async () => (await hall.document(owner)).connected).toBe(false);
    const thief = hall.enter('thief', withCard(claim));
    await hall.whenVerified(thief);
    await expect.poll(() => hall.standing(owner, thief)).toEqual(['free', 'held']);
    expect((await hall.document(thief)).cards.map(({ eligible }) => eligible)).toEqual([false]);
    await watch();
    expect((await hall.dispute(owner, thief))?.trials).toEqual([]);
    owners.on();
    const settled = async () => {
      await watch();
      return (await hall.dispute(owner, thief))?.state;
    };
    // The thief has a card of its own: beside the owner's it shows that.
    await expect.poll(settled, slow).toBe('distinct');
    expect(await hall.standing(owner, thief)).toEqual(['free', 'free']);
    expect((await hall.document(thief)).cards.map(({ eligible }) => eligible)).toEqual([true]);
    expect(new Set(seen)).toEqual(new Set(['verified free true']));
  }, 300_000);

  it('and has a slower card fails by itself, and the owner is not even asked', async () => {
    const claim = hall.claim();
    const owner = hall.enter('owner', withCard(claim));
    await hall.whenVerified(owner);
    const thief = hall.enter('thief', withCard(claim, 0.5));
    await expect.poll(async () => (await hall.document(thief).catch(() => null))?.status).toBe('rejected');
    expect(await hall.dispute(owner, thief)).toBeNull();
    expect(await hall.document(owner)).toMatchObject({ status: 'verified', cards: [{ eligible: true }] });
  }, 120_000);
});

describe('two real cards with one id', () => {
  it('are told apart at one instant, and both stay verified', async () => {
    const claim = hall.claim();
    const [first, second] = [hall.enter('first', withCard(claim)), hall.enter('second', withCard(claim))];
    for (const device of [first, second]) await hall.whenVerified(device);
    await expect.poll(async () => (await hall.dispute(first, second))?.state, slow).toBe('distinct');
    const { trials = [] } = (await hall.dispute(first, second)) ?? {};
    expect(trials.some(({ passed }) => passed.includes(first) && passed.includes(second))).toBe(true);
    for (const device of [first, second]) expect((await hall.document(device)).status).toBe('verified');
  }, 300_000);
});

describe('one chip behind two identities that claim the same id', () => {
  it('never shows both at once: the later one is quarantined for it, the first stays', async () => {
    // Alone each of them passes: what two can't have is the whole time of a chip.
    const chip = hall.chip('RTX 4090', { speed: 1.3, tableSpeed: 8, memory: 3 });
    const claim = hall.claim();
    const enter = (name: string) => hall.enter(name, { claim, prover: hall.card(chip.tenant()) });
    const first = enter('first');
    await hall.whenVerified(first);
    const later = enter('later');
    await hall.whenVerified(later);
    await expect.poll(() => hall.standing(first, later)).toEqual(['free', 'held']);
    await expect.poll(async () => (await hall.document(later)).status, slow).toBe('quarantined');
    expect((await hall.document(later)).reasons.map(({ code }) => code)).toEqual(['dispute.never-together']);
    const found = await hall.dispute(first, later);
    expect(found).toMatchObject({ state: 'shared', keeper: first });
    const joint = found?.trials.filter(({ went }) => went.includes(first) && went.includes(later)) ?? [];
    expect(joint.length).toBeGreaterThanOrEqual(3);
    expect(joint.some(({ passed }) => passed.length > 1)).toBe(false);
    expect((await hall.document(first)).status).not.toBe('quarantined');
  }, 400_000);
});

describe('a card that was sold', () => {
  it('is its new owner’s as soon as the old machine says that it is without', async () => {
    const chip = hall.chip('RTX 4090', { speed: 1.5, tableSpeed: 8, memory: 3 });
    const claim = hall.claim();
    const sellers = machine();
    const seller = hall.enter('seller', { claim, prover: hall.card(chip.tenant()), run: sellers.run });
    await hall.whenVerified(seller);
    sellers.off();
    await expect.poll(async () => (await hall.document(seller)).connected).toBe(false);
    const buyer = hall.enter('buyer', { claim, prover: hall.card(chip.tenant()) });
    await hall.whenVerified(buyer);
    await expect.poll(() => hall.standing(seller, buyer)).toEqual(['free', 'held']);
    sellers.on(hall.claim());
    await expect.poll(() => hall.standing(buyer)).toEqual(['free']);
    expect((await hall.dispute(buyer))?.state).toBe('lapsed');
    expect((await hall.document(buyer)).status).toBe('verified');
  }, 300_000);
});
