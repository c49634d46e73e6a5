import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hour, minute, openHall } from './testing/lease-hall.js';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-01T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const inOneHour = () => new Date(Date.now() + hour).toISOString();
const request = (device: string, more = {}) => ({ device, reference: 'job 1', ...more });

async function active(more = {}) {
  const hall = openHall();
  const { lease } = await hall.leases.open('market', request(hall.device, more));
  await hall.pass(10 * minute);
  return { hall, id: lease.id };
}

describe('the hand-over of a device', () => {
  it('shows all cards in a joint exam, makes their ballasts, and measures each at rest', async () => {
    const { hall, id } = await active();
    expect(hall.states()).toEqual(['handing-over', 'active']);
    const kinds = hall.facts.map(({ kind }) => kind).filter((kind) => kind !== 'lease.moved');
    expect(kinds).toEqual([
      ...Array(2).fill('exam.finished'),
      ...Array(2).fill('table.built'),
      ...Array(10).fill('probe.finished'),
    ]);
    const lease = await hall.leases.get(id);
    expect(lease).toMatchObject({ state: 'active', reasons: ['lease.handed-over'], endedAt: null });
    expect(hall.facts).toContainEqual(expect.objectContaining({ exam: lease.handOverExam }));
    expect(hall.leases.transcriptOf(hall.device)).toBe(id);
    expect(hall.held()).toBe(true);
  });

  it('waits for the first of its probes before anything belongs to the lease', async () => {
    const { hall } = await active();
    for (const fact of hall.facts)
      if (fact.kind === 'probe.finished') expect(fact.transcript).toMatch(/^hr_/);
  });

  it('lets its cards rest before each probe of their baselines, all of them at once', async () => {
    const { hall } = await active();
    const probes = hall.facts.filter((fact) => fact.kind === 'probe.finished');
    expect(probes.map(({ card }) => card)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    const first = probes.filter(({ card }) => card === 0).map(({ at }) => at);
    first.slice(1).forEach((at, before) => {
      expect(at - (first[before] as number)).toBeGreaterThanOrEqual(20_000);
    });
  });

  it('is refused where a card fails, with the reasons of the exam', async () => {
    const hall = openHall();
    hall.plan.exam = () => 'failed';
    await hall.leases.open('market', request(hall.device));
    await hall.pass(2 * minute);
    expect(hall.moves().at(-1)).toMatchObject({
      to: 'refused',
      startedAt: null,
      reasons: ['lease.hand-over-failed', 'exam.passed'],
    });
    expect(hall.moves().at(-1)?.handOverExam).not.toBeNull();
    expect(hall.held()).toBe(false);
    expect(hall.soon).toEqual([hall.device]);
    expect(hall.leases.transcriptOf(hall.device)).toBeNull();
  });

  it('is tried again where it was our fault, and refused where the device keeps silent', async () => {
    const hall = openHall();
    const outcomes = ['ours', 'null', 'ours', 'passed'] as const;
    let exams = 0;
    hall.plan.exam = () => outcomes[exams++] ?? 'passed';
    await hall.leases.open('market', request(hall.device));
    await hall.pass(10 * minute);
    expect(hall.states()).toEqual(['handing-over', 'active']);

    const silent = openHall();
    silent.plan.exam = () => 'unanswered';
    await silent.leases.open('market', request(silent.device));
    await silent.pass(10 * minute);
    expect(silent.states()).toEqual(['handing-over', 'refused']);
  });

  it('is refused where a ballast can not be made, and where no five probes are passed', async () => {
    const hall = openHall();
    hall.plan.ballast = () => false;
    await hall.leases.open('market', request(hall.device));
    await hall.pass(10 * minute);
    expect(hall.states()).toEqual(['handing-over', 'refused']);

    const slow = openHall();
    slow.plan.probe = () => ({ outcome: 'failed', code: 'probe.late' });
    await slow.leases.open('market', request(slow.device));
    await slow.pass(10 * minute);
    expect(slow.states()).toEqual(['handing-over', 'refused']);
  });

  it('waits half an hour for a device that went, and not longer', async () => {
    const hall = openHall();
    await hall.leases.open('market', request(hall.device));
    hall.disconnect();
    hall.plan.exam = () => 'unanswered';
    await hall.pass(29 * minute);
    expect(hall.states()).toEqual(['handing-over']);
    hall.plan.exam = () => 'passed';
    hall.connect();
    await hall.pass(2 * hour);
    expect(hall.states()).toEqual(['handing-over', 'active']);

    const gone = openHall();
    gone.disconnect();
    gone.connect();
    await gone.leases.open('market', request(gone.device));
    gone.disconnect();
    gone.plan.examMs = 3 * hour;
    await gone.pass(31 * minute);
    expect(gone.states()).toEqual(['handing-over', 'refused']);
  });

  it('ends at once where the marketplace ends it', async () => {
    const hall = openHall();
    const { lease } = await hall.leases.open('market', request(hall.device));
    await hall.pass(30_000);
    const ended = await hall.leases.change('market', lease.id, { state: 'ended' });
    expect(ended).toMatchObject({ state: 'refused', reasons: ['lease.cancelled'], startedAt: null });
    await hall.pass(hour);
    expect(hall.states()).toEqual(['handing-over', 'refused']);
  });
});

describe('a request for a lease', () => {
  it('said twice gives the same lease, also at once, after its end, and after a restart', async () => {
    const hall = openHall();
    const asked = request(hall.device, { endsAt: inOneHour() });
    const both = await Promise.all([1, 2].map(() => hall.leases.open('market', asked)));
    expect(both.map(({ made }) => made)).toEqual([true, false]);
    expect(new Set(both.map(({ lease }) => lease.id)).size).toBe(1);
    expect(new Set(both.map(({ witnessToken }) => witnessToken)).size).toBe(1);
    await hall.pass(10 * minute);
    // Another end later is no other request.
    const id = both[0]?.lease.id ?? '';
    await hall.leases.change('market', id, { endsAt: new Date(Date.now() + 2 * hour).toISOString() });
    for (const _ of [1, 2]) {
      const again = await hall.leases.open('market', asked);
      expect(again).toMatchObject({ made: false, lease: { id }, witnessToken: both[0]?.witnessToken });
      await hall.restart();
    }
    await hall.leases.change('market', id, { state: 'ended' });
    await hall.pass(10 * minute);
    await hall.restart();
    expect(await hall.leases.open('market', asked)).toMatchObject({ made: false, lease: { state: 'ended' } });
    expect(hall.moves().filter(({ from }) => from === null)).toHaveLength(1);
  });

  it('is refused under a reference that is another lease, but other marketplaces have their own', async () => {
    const { hall } = await active();
    const refused = (marketplace: string, asked: object) =>
      expect(hall.leases.open(marketplace, { ...request(hall.device), ...asked })).rejects;
    await refused('market', { endsAt: inOneHour() }).toMatchObject({ code: 'lease.reference-used' });
    await refused('market', { device: '0'.repeat(64) }).toMatchObject({ code: 'lease.reference-used' });
    await refused('other', {}).toMatchObject({ code: 'lease.device-taken' });
    await refused('market', { reference: 'job 2' }).toMatchObject({ code: 'lease.device-taken' });
  });

  it('is refused for a device that is away, not verified or unknown', async () => {
    const hall = openHall();
    hall.disconnect();
    const refused = (device = hall.device) => expect(hall.leases.open('market', request(device))).rejects;
    await refused().toMatchObject({ code: 'lease.device-not-ready', message: 'It is not connected.' });
    hall.connect();
    await refused('0'.repeat(64)).toMatchObject({ code: 'device.unknown' });
    hall.setStatus('suspended');
    await hall.restart();
    await refused().toMatchObject({ code: 'lease.device-not-ready', message: 'Its status is suspended.' });
    expect(hall.facts).toEqual([]);
  });

  it('that would last into maintenance is told when that begins', async () => {
    const hall = openHall();
    hall.plan.maintenance = () => ({ from: Date.UTC(2030, 0, 1) });
    await expect(hall.leases.open('market', request(hall.device))).rejects.toMatchObject({
      code: 'lease.device-not-ready',
      message: expect.stringContaining('from 2030-01-01T00:00:00.000Z on'),
    });
    expect(hall.facts).toEqual([]);
  });

  it.each([-1, 0, 125 * 24 * hour + minute])(
    'of two cards is refused where it would end in %d ms',
    async (ms) => {
      const hall = openHall();
      const endsAt = new Date(Date.now() + ms).toISOString();
      await expect(hall.leases.open('market', request(hall.device, { endsAt }))).rejects.toMatchObject({
        code: 'lease.end-invalid',
      });
    },
  );

  it('is not a lease while the journal takes nothing', async () => {
    const hall = openHall();
    hall.plan.journal = () => false;
    await expect(hall.leases.open('market', request(hall.device))).rejects.toThrow('full');
    expect(hall.leases.of(hall.device)).toBeNull();
    expect(hall.held()).toBe(false);
    hall.plan.journal = () => true;
    expect(await hall.leases.open('market', request(hall.device))).toMatchObject({ made: true });
  });
});

describe('an active lease', () => {
  it('ends by itself, with an exam, and gives the device back', async () => {
    const { hall, id } = await active({ endsAt: inOneHour() });
    await hall.pass(50 * minute);
    expect(hall.states()).toEqual(['handing-over', 'active', 'returning']);
    expect(hall.leases.transcriptOf(hall.device)).toBe(id);
    await hall.pass(2 * minute);
    const lease = await hall.leases.get(id);
    expect(lease).toMatchObject({ state: 'ended', reasons: ['lease.returned'] });
    // The hire is over when its end comes, not when the exam after it is.
    expect(lease.endedAt).toBe(lease.endsAt);
    expect(lease.returnExam).not.toBe(lease.handOverExam);
    expect(hall.held()).toBe(false);
    expect(hall.soon).toEqual([]);
    expect(hall.leases.transcriptOf(hall.device)).toBeNull();
  });

  it('can be given another end as long as it goes on', async () => {
    const { hall, id } = await active({ endsAt: inOneHour() });
    const later = new Date(Date.now() + 100 * 24 * hour).toISOString();
    expect(await hall.leases.change('market', id, { endsAt: later })).toMatchObject({
      state: 'active',
      reasons: ['lease.extended'],
    });
    await hall.leases.change('market', id, { endsAt: later });
    expect(hall.moves()).toHaveLength(3);
    await hall.pass(99 * 24 * hour);
    expect((await hall.leases.get(id)).state).toBe('active');
    const past = new Date(Date.now() - 1).toISOString();
    const changed = (change: { endsAt: string }) => expect(hall.leases.change('market', id, change)).rejects;
    await changed({ endsAt: past }).toMatchObject({ code: 'lease.end-invalid' });
    await hall.pass(2 * 24 * hour);
    expect((await hall.leases.get(id)).state).toBe('ended');
    await changed({ endsAt: inOneHour() }).toMatchObject({ code: 'lease.over' });
    expect(await hall.leases.change('market', id, { state: 'ended' })).toMatchObject({ state: 'ended' });
  });

  it('ends by itself where no end was set, before its receipt can hold no more', async () => {
    const { hall, id } = await active();
    await hall.pass(124 * 24 * hour);
    expect((await hall.leases.get(id)).state).toBe('active');
    await hall.restart();
    await hall.pass(2 * 24 * hour);
    expect(await hall.leases.get(id)).toMatchObject({ state: 'ended', endsAt: null });
  });

  it("is nobody else's", async () => {
    const { hall, id } = await active();
    const unknown = { code: 'lease.unknown' };
    await expect(hall.leases.getOf('other', id)).rejects.toMatchObject(unknown);
    await expect(hall.leases.change('other', id, { state: 'ended' })).rejects.toMatchObject(unknown);
    await expect(hall.leases.getOf('market', `le_${'0'.repeat(32)}`)).rejects.toMatchObject(unknown);
    expect(hall.states()).toEqual(['handing-over', 'active']);
  });

  it('is over where the device claims other cards, also while we were out', async () => {
    const { hall } = await active();
    await hall.leases.hardwareChanged(hall.device);
    await hall.pass(5 * minute);
    expect(hall.moves().slice(2)).toMatchObject([
      { to: 'returning', reasons: ['device.hardware-changed'] },
      {},
    ]);

    const { hall: other } = await active();
    other.otherHardware();
    await other.restart();
    expect(other.states().at(-1)).toBe('returning');
    await other.pass(5 * minute);
    // The other cards have passed: that shows nothing about those that were leased.
    expect(other.moves().at(-1)).toMatchObject({ to: 'ended', reasons: ['lease.return-unproven'] });
  });
});

describe('the return of a device', () => {
  it('is waited for half an hour, and then unproven', async () => {
    const { hall, id } = await active();
    hall.disconnect();
    await hall.leases.change('market', id, { state: 'ended' });
    await hall.pass(29 * minute);
    expect(hall.states().at(-1)).toBe('returning');
    await hall.pass(2 * minute);
    expect(await hall.leases.get(id)).toMatchObject({
      state: 'ended',
      reasons: ['lease.return-unproven'],
      returnExam: null,
    });
    expect(hall.soon).toEqual([hall.device]);
    expect(hall.held()).toBe(false);
  });

  it('is proven by a device that comes back in that time', async () => {
    const { hall, id } = await active();
    hall.disconnect();
    await hall.leases.change('market', id, { state: 'ended' });
    await hall.pass(28 * minute);
    hall.connect();
    await hall.pass(5 * minute);
    expect(await hall.leases.get(id)).toMatchObject({ state: 'ended', reasons: ['lease.returned'] });
  });

  it('takes a long exam for what it is while the device is there', async () => {
    const { hall, id } = await active();
    hall.plan.examMs = 50 * minute;
    await hall.leases.change('market', id, { state: 'ended' });
    await hall.pass(51 * minute);
    expect(await hall.leases.get(id)).toMatchObject({ reasons: ['lease.returned'] });
  });

  it('is unproven where a card fails', async () => {
    const { hall, id } = await active();
    hall.plan.exam = () => 'failed';
    await hall.leases.change('market', id, { state: 'ended' });
    await hall.pass(5 * minute);
    const lease = await hall.leases.get(id);
    expect(lease).toMatchObject({ state: 'ended', reasons: ['lease.return-unproven'] });
    expect(lease.returnExam).not.toBeNull();
  });
});

describe('a lease over crashes of the verifier', () => {
  it('is taken up again in every state', async () => {
    const hall = openHall();
    const { lease } = await hall.leases.open('market', request(hall.device));
    await hall.restart();
    expect(hall.held()).toBe(true);
    await hall.pass(5 * minute);
    expect(hall.states()).toEqual(['handing-over', 'active']);
    await hall.restart();
    expect(hall.held()).toBe(true);
    expect(hall.leases.transcriptOf(hall.device)).toBe(lease.id);
    await hall.leases.change('market', lease.id, { state: 'ended' });
    await hall.restart();
    await hall.pass(5 * minute);
    expect(hall.states()).toEqual(['handing-over', 'active', 'returning', 'ended']);
    await hall.restart();
    expect(hall.held()).toBe(false);
    expect(await hall.leases.get(lease.id)).toMatchObject({ state: 'ended' });
  });

  it('comes to the same end whenever it is killed, however often, and with a journal that is full at times', async () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 80 * 60 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(seconds, seconds, async (crashes, fullAt) => {
        vi.setSystemTime(Date.parse('2026-03-01T12:00:00Z'));
        const hall = openHall();
        const begin = Date.now();
        const end = begin + hour;
        const { lease } = await hall.leases.open(
          'market',
          request(hall.device, { endsAt: new Date(end).toISOString() }),
        );
        hall.plan.journal = () =>
          !fullAt.some(
            (second) => Date.now() >= begin + second * 1000 && Date.now() < begin + second * 1000 + 90_000,
          );
        for (const second of [...crashes].sort((a, b) => a - b)) {
          await hall.pass(Math.max(0, begin + second * 1000 - Date.now()));
          await hall.restart();
        }
        await hall.pass(begin + 3 * hour - Date.now());
        expect(hall.states()).toEqual(['handing-over', 'active', 'returning', 'ended']);
        const over = await hall.leases.get(lease.id);
        expect(over.reasons).toEqual(['lease.returned']);
        expect(over.endedAt).toBeGreaterThanOrEqual(end);
        expect(hall.held()).toBe(false);
      }),
      { numRuns: 12 },
    );
  });

  it('has no end that passed unnoticed while we were out', async () => {
    const { hall, id } = await active({ endsAt: inOneHour() });
    hall.leases.close();
    await hall.pass(5 * hour);
    await hall.restart();
    await hall.pass(5 * minute);
    expect((await hall.leases.get(id)).state).toBe('ended');
  });
});
