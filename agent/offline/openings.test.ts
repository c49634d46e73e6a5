import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../protocol/bytes.js';
import { offlineAgent, openOf, tables, verdictOn } from '../testing/offline-agent.js';
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

describe('an opening', () => {
  const reported = async () => {
    const all = offlineAgent();
    all.runner.lineUp();
    all.runner.handle(chainOf('a', tables));
    all.runner.lineDown();
    await links(5);
    all.runner.lineUp();
    return all;
  };

  it('is answered with all roots and what was asked for, in its order', async () => {
    const { runner, reveals } = await reported();
    const openings = [
      { link: 5, walker: 9 },
      { link: 1, walker: 2 },
      { link: 5, walker: 1 },
      { link: 5, walker: 9 },
    ];
    runner.handle(openOf('a', openings));
    await pass(1000);
    expect(Buffer.from(reveals()[0]?.roots ?? '', 'base64')).toHaveLength(5 * 32);
    expect(reveals()[0]?.reveals.map(({ link, walker }) => ({ link, walker }))).toEqual(openings);
  });

  it('is answered without reveals where the table is gone, or its engine fails', async () => {
    const { runner, walks, reveals } = await reported();
    walks.tables.clear();
    runner.handle(openOf('a'));
    await pass(1000);
    walks.broken.add(0);
    runner.handle(openOf('a'));
    await pass(1000);
    expect(reveals().map(({ reveals }) => reveals)).toEqual([[], []]);
    expect(reveals()[1]?.roots).toHaveLength(Math.ceil((5 * 32) / 3) * 4);
  });

  it.each([
    ['of another chain', openOf('b')],
    ['of another card', { ...openOf('a'), card: 1 }],
    ['of a link that was not reported', openOf('a', [{ link: 6, walker: 0 }])],
  ])('%s is ignored', async (_, open) => {
    const { runner, reveals } = await reported();
    runner.handle(open);
    await pass(10_000);
    expect(reveals()).toEqual([]);
  });

  it('that comes a thousand times is answered for the newest alone', async () => {
    const { runner, reveals } = await reported();
    for (let walker = 0; walker < 1000; walker++) runner.handle(openOf('a', [{ link: 1, walker }]));
    await pass(3600_000);
    expect(reveals().map(({ reveals }) => reveals[0]?.walker)).toEqual([0, 999]);
  });

  it('is not answered on another connection than it came on', async () => {
    const { runner, reveals } = await reported();
    runner.handle(openOf('a'));
    runner.lineDown();
    runner.lineUp();
    await pass(1000);
    expect(reveals()).toEqual([]);
    runner.handle(openOf('a'));
    await pass(1000);
    expect(reveals()).toHaveLength(1);
  });

  it('that still waits for its turn goes with the connection, too', async () => {
    const { runner, reveals } = await reported();
    for (const walker of [1, 2]) runner.handle(openOf('a', [{ link: 1, walker }]));
    runner.lineDown();
    runner.lineUp();
    await pass(1000);
    expect(reveals()).toEqual([]);
  });

  it('is of no more use after the verdict', async () => {
    const { runner, reveals } = await reported();
    runner.handle(verdictOn('a'));
    runner.handle(openOf('a'));
    await pass(1000);
    expect(reveals()).toEqual([]);
  });
});

describe('cards in an outage', () => {
  it.each(['hung', 'broken', 'gone'] as const)('do not stop each other where one is %s', async (how) => {
    const { runner, walks, reports } = offlineAgent();
    const other = '0b'.repeat(32);
    if (how !== 'gone') walks.tables.set(1, other);
    if (how === 'hung') walks.hung.add(1);
    if (how === 'broken') walks.broken.add(1);
    runner.lineUp();
    runner.handle(chainOf('a', [...tables, [1, other]]));
    runner.lineDown();
    // The first link waits for a card that hangs; the others do not wait for it again.
    await pass(120_000 + 10 * (linkMs + 100) + linkMs / 2);
    runner.lineUp();
    expect(reports()[0]?.links).toBeGreaterThanOrEqual(10);
    expect(reports()[0]?.cards.map(({ card }) => card)).toEqual([0, 1]);
    runner.handle({ ...openOf('a', []), card: 1 });
  });

  it('are passed over where they hang, and are asked again when they answer', async () => {
    const { runner, walks, reveals } = offlineAgent();
    walks.hung.add(0);
    runner.lineUp();
    runner.handle(chainOf('a', tables));
    runner.lineDown();
    await pass(linkMs + 120_000 + 100);
    walks.hung.delete(0);
    await links(3);
    runner.lineUp();
    runner.handle(openOf('a', [{ link: 1, walker: 0 }]));
    await pass(1000);
    const roots = Buffer.from(reveals()[0]?.roots ?? '', 'base64');
    expect(toHex(roots.subarray(0, 32))).toBe('00'.repeat(32));
    expect(toHex(roots.subarray(64, 96))).not.toBe('00'.repeat(32));
  });
});
