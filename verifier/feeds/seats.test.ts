import { describe, expect, it } from 'vitest';
import { Seats } from './seats.js';

const full = expect.objectContaining({ code: 'feed.full' });

describe('the seats of the feed', () => {
  it('are not all taken by those without a key, from however many addresses they come', () => {
    const seats = new Seats({ all: 5, strangers: 3, each: 2 });
    const given = [0, 1, 2].map((address) => seats.take(`address/${address}`, true));
    expect(() => seats.take('address/3', true)).toThrow(full);
    seats.take('marketplace/a');
    seats.take('marketplace/a');
    expect(() => seats.take('marketplace/b')).toThrow(full);
    for (const giveBack of given) giveBack();
    expect(seats.taken).toBe(2);
    seats.take('address/3', true);
  });

  it('are given back once, however often that is said', () => {
    const seats = new Seats({ all: 2, strangers: 2, each: 2 });
    const giveBack = seats.take('address/1', true);
    seats.take('address/1', true);
    giveBack();
    giveBack();
    expect(seats.taken).toBe(1);
  });
});
