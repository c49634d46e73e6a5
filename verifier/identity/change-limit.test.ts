import { expect, it } from 'vitest';
import { MemoryState } from '../state/memory.js';
import { ChangeLimit } from './change-limit.js';

it('lets a device change six times at once, then once in ten minutes, whatever others do', async () => {
  const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at };
  const changes = new ChangeLimit(new MemoryState(clock));
  for (let count = 0; count < 6; count++) await changes.take('a');
  await expect(changes.take('a')).rejects.toMatchObject({
    code: 'request.too-many',
    data: { retryMs: 600_000 },
  });
  await changes.take('b');
  clock.at += 600_000;
  await changes.take('a');
  await expect(changes.take('a')).rejects.toMatchObject({ code: 'request.too-many' });
});
