import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { expectChained } from './testing/chained.js';
import { openHall } from './testing/probe-hall.js';

const minute = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** What a device, its line or we may do at any time. */
const deeds = fc.constantFrom(
  'says nothing',
  'says twice',
  'says nonsense',
  'is honest',
  'loses its table',
  'is cut',
  'is back',
  'is examined',
  'is left',
  'cannot be recorded',
  'can be recorded',
);

it('has exactly one entry in the chain for each probe that was sent, whatever happens', async () => {
  const steps = fc.array(fc.tuple(deeds, fc.nat(20_000)), { minLength: 5, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const hall = await openHall({ meanMs: 5_000 });
      hall.connect();
      const lies: Record<string, (message: Record<string, unknown>) => Record<string, unknown> | null> = {
        'says nothing': () => null,
        'says twice': (message) => {
          hall.receive(message);
          return message;
        },
        'says nonsense': (message) => ({ ...message, roots: ['00'], reveals: [], card: 3 }),
        'is honest': (message) => message,
      };
      for (const [deed, ms] of all) {
        hall.card.lie = lies[deed] ?? hall.card.lie;
        if (deed === 'loses its table') hall.card.loseTable();
        if (deed === 'is cut') hall.cut();
        if (deed === 'is back') {
          hall.cut();
          hall.connect();
        }
        if (deed === 'is examined') hall.world.examining = true;
        if (deed === 'is left') hall.world.examining = false;
        if (deed === 'cannot be recorded') hall.journal.full = true;
        if (deed === 'can be recorded') hall.journal.full = false;
        await pass(ms);
      }
      hall.journal.full = false;
      hall.world.examining = true;
      await pass(2 * minute);
      hall.prober.close();
      await pass(minute);
      const unsent = hall.probes().filter(({ probe }) => !hall.ordered.includes(probe));
      for (const fact of unsent)
        expect(fact).toMatchObject({ code: 'probe.unanswered', root: '00'.repeat(32) });
      const sent = hall.probes().filter((fact) => !unsent.includes(fact));
      expect(sent.map((fact) => fact.probe)).toEqual(hall.ordered);
      expectChained(hall.probes());
    }),
    { numRuns: 15 },
  );
});
