import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { MemoryState } from '../state/memory.js';
import { Sessions } from './sessions.js';

const sessions = new Sessions(
  new MemoryState(systemClock),
  (length) => new Uint8Array(randomBytes(length)),
  systemClock,
);
const invalid = { code: 'session.invalid' };

describe('a session', () => {
  it('stands for its device', async () => {
    const { token } = await sessions.open('a');
    expect(await sessions.deviceOf(`Bearer ${token}`)).toBe('a');
  });

  it('ends when its device opens a newer one: a device has one at a time', async () => {
    const first = await sessions.open('b');
    const other = await sessions.open('c');
    const second = await sessions.open('b');
    await expect(sessions.deviceOf(`Bearer ${first.token}`)).rejects.toMatchObject(invalid);
    expect(await sessions.deviceOf(`Bearer ${second.token}`)).toBe('b');
    expect(await sessions.deviceOf(`Bearer ${other.token}`)).toBe('c');
  });

  it('is used up by what takes its place', async () => {
    const { token } = await sessions.open('e');
    const next = await sessions.renew(`Bearer ${token}`);
    expect(await sessions.deviceOf(`Bearer ${next}`)).toBe('e');
    for (const header of [`Bearer ${token}`, undefined])
      await expect(sessions.renew(header)).rejects.toMatchObject(invalid);
    expect(await sessions.deviceOf(`Bearer ${next}`)).toBe('e');
  });

  it('is used up once, however many come with it at once', async () => {
    const { token } = await sessions.open('f');
    const renewals = [1, 2, 3, 4].map(() => sessions.renew(`Bearer ${token}`));
    const tokens = (await Promise.allSettled(renewals)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    expect(tokens).toHaveLength(1);
    expect(await sessions.deviceOf(`Bearer ${tokens[0]}`)).toBe('f');
  });

  it('is nothing without a token that was issued', async () => {
    for (const header of [undefined, '', 'Bearer', `Bearer se_${'0'.repeat(64)}`, 'Basic abc']) {
      await expect(sessions.deviceOf(header)).rejects.toMatchObject(invalid);
    }
  });
});

it('of many that a device opens at once, one stands for it: the state that all verifiers share says which', async () => {
  const state = new MemoryState(systemClock);
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const verifiers = [1, 2, 3].map(() => new Sessions(state, random, systemClock));
  const opened = await Promise.all([...verifiers, ...verifiers].map((each) => each.open('d')));
  const living = await Promise.allSettled(opened.map(({ token }) => sessionsOf(verifiers, token)));
  expect(living.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

const sessionsOf = (verifiers: readonly Sessions[], token: string) =>
  Promise.all(verifiers.map((each) => each.deviceOf(`Bearer ${token}`)));
