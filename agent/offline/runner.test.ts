import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstBase } from '../../challenges/timelock/chain.js';
import { fromHex, toBase64 } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { offlineAgent, table, tables, verdictOn } from '../testing/offline-agent.js';
import { chainOf, linkMs } from '../testing/outage-verifier.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** Time for so many links and their walks, and half a link more. */
const links = (count: number) => pass(count * (linkMs + 100) + linkMs / 2);

describe('a chain', () => {
  it('is not touched while the line is up, however long', async () => {
    const { runner, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    await pass(24 * 3600_000);
    expect(squarer.calls).toEqual([]);
  });

  it('is solved from its seed while the line is down, the walks between its links', async () => {
    const { runner, squarer, walks, events } = offlineAgent();
    runner.lineUp();
    const chain = chainOf('a', tables);
    runner.handle(chain);
    runner.lineDown();
    await pass(linkMs);
    expect(squarer.calls).toMatchObject([
      { base: firstBase(fromHex(chain.seed)), squarings: chain.squarings, ended: 'solved' },
    ]);
    // No next base without the walk.
    await pass(99);
    expect(squarer.calls).toHaveLength(1);
    await pass(1);
    expect(squarer.calls).toHaveLength(2);
    expect(walks.walks).toBe(1);
    expect(events.map((event) => ('link' in event ? `${event.type} ${event.link}` : event.type))).toEqual([
      'offline.began 1',
      'offline.link 1',
    ]);
  });

  it('is the newest one that came before the line went down', async () => {
    const { runner, squarer, reports } = offlineAgent();
    runner.lineUp();
    for (const name of ['a', 'b', 'c']) runner.handle(chainOf(name, tables));
    runner.lineDown();
    await links(1);
    expect(squarer.calls[0]?.base).toEqual(firstBase(fromHex(chainOf('c', tables).seed)));
    runner.lineUp();
    expect(reports()).toMatchObject([{ token: 'token.c', links: 1 }]);
  });

  it('that comes while another one is solved waits for the next outage', async () => {
    const { runner, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(1);
    runner.handle(chainOf('b', tables));
    await links(1);
    runner.lineUp();
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(reports().map(({ token }) => token)).toEqual(['token.a', 'token.b']);
  });

  it('is stopped at once when a connection is open again', async () => {
    const { runner, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(squarer.calls.map(({ ended }) => ended)).toEqual(['solved', 'stopped']);
    await links(5);
    expect(squarer.calls).toHaveLength(2);
  });

  it('ends with its last link', async () => {
    const { runner, squarer, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables, 3));
    runner.lineDown();
    await links(10);
    expect(squarer.calls).toHaveLength(3);
    runner.lineUp();
    runner.lineDown();
    await links(10);
    expect(squarer.calls).toHaveLength(3);
    expect(reports()).toMatchObject([{ links: 3 }]);
  });

  it.each([
    ['has no cards', chainOf('a', [])],
    ['has no links', chainOf('a', tables, 0)],
    ['has a short modulus', { ...chainOf('a', tables), modulus: toBase64(new Uint8Array(255).fill(0x81)) }],
    ['has a small modulus', { ...chainOf('a', tables), modulus: toBase64(new Uint8Array(256).fill(0x7f)) }],
    ['has a modulus that is none', { ...chainOf('a', tables), modulus: 'A' }],
    [
      'names a card twice',
      chainOf('a', [
        [0, table],
        [0, table],
      ]),
    ],
  ])('that %s is not begun', async (_, chain) => {
    const { runner, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(chain);
    runner.lineDown();
    await links(2);
    expect(squarer.calls).toEqual([]);
  });

  it('that can not be worked with leaves the one before it', async () => {
    const { runner, types, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.handle({ ...chainOf('b', tables), modulus: '' });
    expect(types()).toEqual(['offline.failed']);
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(reports()).toMatchObject([{ token: 'token.a' }]);
  });

  it('goes on from where it stands where the line was back too briefly for a newer one', async () => {
    const { runner, squarer, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    runner.lineUp();
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(reports().map(({ links }) => links)).toEqual([2, 3]);
    // Each link once, but for the one that was given up.
    expect(squarer.calls.filter(({ ended }) => ended === 'solved')).toHaveLength(3);
  });

  it('is tried again where the squarer fails, and that is told once', async () => {
    const { runner, squarer, events, reports } = offlineAgent();
    const error = new TouchstoneError('engine.failed', 'Its thread died.');
    squarer.failures.push(error, error);
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await pass(60_001);
    await links(1);
    runner.lineUp();
    expect(events.filter(({ type }) => type === 'offline.failed')).toMatchObject([{ code: 'engine.failed' }]);
    expect(reports()).toMatchObject([{ links: 1 }]);
  });
});

describe('a report', () => {
  it('is not made where the line was back within one link', async () => {
    const { runner, sent, types } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await pass(linkMs - 1);
    runner.lineUp();
    await pass(linkMs);
    expect(sent).toEqual([]);
    expect(types()).toEqual(['offline.began']);
  });

  it('does not count a link whose walks were not done', async () => {
    const { runner, sent } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await pass(linkMs + 50);
    runner.lineUp();
    await pass(linkMs);
    expect(sent).toEqual([]);
  });

  it('is sent once on a connection, and says how long the line was down', async () => {
    const { runner, events, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(4);
    const downMs = Date.now();
    runner.lineUp();
    await pass(3600_000);
    expect(reports()).toHaveLength(1);
    expect(events.at(-1)).toEqual({ type: 'offline.reported', links: 4, downMs });
  });

  it('is sent again on each connection until its verdict came', async () => {
    const { runner, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    for (let count = 0; count < 3; count++) {
      runner.lineUp();
      runner.handle(chainOf('b', tables));
      runner.handle(verdictOn('another'));
      runner.lineDown();
      await pass(1000);
    }
    expect(reports()).toHaveLength(3);
    expect(new Set(reports().map((report) => JSON.stringify(report))).size).toBe(1);
    runner.lineUp();
    runner.handle(verdictOn('a'));
    runner.lineDown();
    runner.lineUp();
    expect(reports()).toHaveLength(4);
  });

  it('stays as it is where its line lived on: the next outage is another one', async () => {
    const { runner, reports, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    runner.lineUp();
    await pass(60_000);
    const before = squarer.calls.length;
    for (const upMs of [60_000, 0, 60_000]) {
      runner.lineDown();
      await links(2);
      runner.lineUp();
      await pass(upMs);
    }
    expect(squarer.calls).toHaveLength(before);
    expect(reports().map(({ links }) => links)).toEqual([2, 2, 2, 2]);
    runner.handle(chainOf('b', tables));
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(reports().at(-1)).toMatchObject({ token: 'token.b', links: 1 });
  });

  it('is not made of a chain that was taken back meanwhile', async () => {
    const { runner, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(1);
    runner.lineHeard();
    runner.handle(chainOf('b', []));
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(reports()).toEqual([]);
  });

  it('goes on over a line that spoke for seconds, however late its end was noticed', async () => {
    const { runner, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    runner.lineUp();
    await pass(3_000 + 30_000);
    runner.lineDown(30_000);
    await links(1);
    runner.lineUp();
    expect(reports().map(({ token, links }) => `${token} ${links}`)).toEqual(['token.a 2', 'token.a 3']);
  });

  it.each(['offline.token-unknown', 'offline.wrong-key'])('is not made again after %s', async (code) => {
    const { runner, reports, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    runner.lineUp();
    runner.refused('offline.not-asked');
    runner.lineDown();
    runner.lineUp();
    expect(reports()).toHaveLength(2);
    runner.refused(code);
    const before = squarer.calls.length;
    runner.lineDown();
    await links(2);
    runner.lineUp();
    expect(reports()).toHaveLength(2);
    // Of no use either to solve on.
    expect(squarer.calls).toHaveLength(before);
    runner.handle(chainOf('b', tables));
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(reports().at(-1)).toMatchObject({ token: 'token.b', links: 1 });
  });

  it('gives way to that of a newer outage', async () => {
    const { runner, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    runner.lineUp();
    runner.handle(chainOf('b', tables));
    runner.lineDown();
    await links(1);
    runner.lineUp();
    runner.lineDown();
    runner.lineUp();
    expect(reports().map(({ token, links }) => `${token} ${links}`)).toEqual([
      'token.a 2',
      'token.b 1',
      'token.b 1',
    ]);
  });

  it('is kept for the next connection where the verifier could not check it', async () => {
    const { runner, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    runner.lineUp();
    runner.handle(verdictOn('a', 'offline.ours'));
    expect(reports()).toHaveLength(1);
    runner.lineDown();
    runner.lineUp();
    expect(reports()).toHaveLength(2);
  });

  it('is not made twice of one chain: after the verdict it is of no more use', async () => {
    const { runner, squarer, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(2);
    runner.lineUp();
    runner.handle(verdictOn('a'));
    const before = squarer.calls.length;
    runner.lineDown();
    await links(2);
    runner.lineUp();
    expect(squarer.calls).toHaveLength(before);
    expect(reports()).toHaveLength(1);
  });

  it('is not made of a line that was only silent, and nothing that was solved is lost by it', async () => {
    const { runner, squarer, reports } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await links(1);
    runner.lineHeard();
    expect(squarer.running).toBe(0);
    expect(reports()).toEqual([]);
    runner.lineDown();
    await links(1);
    runner.lineUp();
    expect(reports()).toMatchObject([{ links: 2 }]);
  });
});

describe('closing', () => {
  it.each([
    ['while a chain is solved', linkMs / 2],
    ['while a card walks', linkMs + 50],
  ])('%s leaves nothing running', async (_, ms) => {
    const { runner, squarer } = offlineAgent();
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await pass(ms);
    await runner.close();
    expect(squarer.running).toBe(0);
    await links(3);
    expect(squarer.calls).toHaveLength(1);
  });
});
