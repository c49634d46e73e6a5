import { describe, expect, it, vi } from 'vitest';
import { device, openFleet, type Verifier } from './testing/fleet-office.js';

/** A device that has committed, and knows what it is asked for. */
async function toOpening(verifier: Verifier): Promise<void> {
  await verifier.connect();
  void verifier.examiner.examineNow(device);
  await verifier.toGo();
  await verifier.commit();
}

describe('an exam of a device that goes to another verifier', () => {
  it('asks the same openings there, and passes an honest answer', async () => {
    const fleet = openFleet();
    const [first, second] = [fleet.startVerifier(), fleet.startVerifier()];
    await toOpening(first);
    await first.letGo();
    await second.connect();
    await second.toOpen();
    expect(second.opened()).toMatchObject({ openings: first.opened()?.openings, exam: first.examOf() });
    second.reveal();
    expect(await fleet.ended()).toMatchObject([{ outcome: 'passed' }]);
  });

  it('is silent in the end where it leaves again and again once it knows what is asked', async () => {
    const fleet = openFleet();
    let verifier = fleet.startVerifier();
    await toOpening(verifier);
    for (let hops = 0; hops < 3 && fleet.exams().length === 0; hops += 1) {
      await verifier.letGo();
      verifier = fleet.startVerifier();
      await verifier.connect();
    }
    expect(await fleet.ended()).toMatchObject([{ outcome: 'failed', reasons: ['exam.silent'] }]);
  });

  it('is given up where it leaves twice in the seconds after go', async () => {
    const fleet = openFleet();
    let verifier = fleet.startVerifier();
    await verifier.connect();
    void verifier.examiner.examineNow(device);
    for (let hops = 0; hops < 3; hops += 1) {
      await verifier.toGo();
      await verifier.letGo();
      verifier = fleet.startVerifier();
      await verifier.connect();
    }
    expect(await fleet.ended()).toMatchObject([{ outcome: 'failed', reasons: ['exam.gave-up'] }]);
  });

  it('has its answer checked there where it was given before', async () => {
    const fleet = openFleet({ check: async () => ({ right: 0, code: 'proof.wrong-page' }) });
    const first = fleet.startVerifier(() => new Promise(() => {}));
    await toOpening(first);
    first.reveal();
    await first.letGo();
    const second = fleet.startVerifier();
    await second.examiner.arrive(device);
    expect(await fleet.ended()).toMatchObject([{ outcome: 'failed' }]);
  });

  it('comes at once where it was to come at once', async () => {
    const fleet = openFleet();
    const first = fleet.startVerifier();
    first.examiner.soon(device);
    await first.letGo();
    const second = fleet.startVerifier();
    await second.connect();
    await second.toArm();
    await second.letGo();
    // It has begun: what owes it now is the exam.
    expect(await fleet.state.get(`soon/${device}`)).toBeNull();
  });
});

describe('an exam whose verifier dies', () => {
  it('goes on at another one, however often, and stands against nobody', async () => {
    const fleet = openFleet();
    let verifier = fleet.startVerifier();
    await toOpening(verifier);
    const openings = verifier.opened()?.openings;
    for (let deaths = 0; deaths < 8; deaths += 1) {
      await verifier.die();
      verifier = fleet.startVerifier();
      await verifier.connect();
      await verifier.toOpen();
      expect(verifier.opened()?.openings).toEqual(openings);
    }
    verifier.reveal();
    expect(await fleet.ended()).toMatchObject([{ outcome: 'passed' }]);
  });

  it('is asked anew where the card was at work, and is ours in the end', async () => {
    const fleet = openFleet();
    let verifier = fleet.startVerifier();
    await verifier.connect();
    void verifier.examiner.examineNow(device);
    const seeds = new Set<string>();
    for (let deaths = 0; deaths < 3; deaths += 1) {
      await verifier.toGo();
      for (const message of verifier.sent)
        if (message.type === 'exam.go') seeds.add(message.cards[0]?.seed ?? '');
      await verifier.die();
      verifier = fleet.startVerifier();
      await verifier.connect();
    }
    expect(seeds.size).toBe(3);
    expect(await fleet.ended()).toMatchObject([{ outcome: 'ours', reasons: ['exam.ours'] }]);
  });

  it('is not concluded twice where it was on record already', async () => {
    const fleet = openFleet();
    const first = fleet.startVerifier();
    await toOpening(first);
    const subject = await fleet.state.get(`room/${device}`);
    first.reveal();
    await fleet.ended();
    await first.die();
    // The end of the room was not saved any more.
    await fleet.state.put(`room/${device}`, subject ?? '', 60_000);
    const second = fleet.startVerifier();
    await second.connect();
    expect(second.examiner.examining(device)).toBe(false);
    expect(fleet.exams()).toHaveLength(1);
  });

  it('gives its facts the same ids wherever it is concluded', async () => {
    const ids = [];
    const fleet = openFleet();
    const first = fleet.startVerifier();
    await toOpening(first);
    await first.letGo();
    const room = await fleet.state.get(`room/${device}`);
    const card = await fleet.state.get(`room-card/${first.examOf()}/0`);
    for (let at = 0; at < 2; at += 1) {
      fleet.record.length = 0;
      await fleet.state.put(`room/${device}`, room ?? '', 60_000);
      await fleet.state.put(`room-card/${first.examOf()}/0`, card ?? '', 60_000);
      const next = fleet.startVerifier();
      await next.connect();
      await next.toOpen();
      next.reveal();
      ids.push((await fleet.ended()).map(({ id }) => id));
      await next.die();
    }
    expect(ids[0]).toEqual(ids[1]);
  });
});

describe('what a card has to show', () => {
  it('is told only when it stands where another verifier finds it', async () => {
    const fleet = openFleet();
    const verifier = fleet.startVerifier();
    await verifier.connect();
    void verifier.examiner.examineNow(device);
    await verifier.toGo();
    const put = fleet.state.put.bind(fleet.state);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    vi.spyOn(fleet.state, 'put').mockImplementation(async (...of) => {
      await held;
      return put(...of);
    });
    const committed = verifier.commit();
    await vi.waitFor(() => expect(fleet.state.put).toHaveBeenCalled());
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(verifier.opened()).toBeUndefined();
    letGo();
    await committed;
    const stands = await fleet.state.get(`room-card/${verifier.examOf()}/0`);
    expect(JSON.parse(stands ?? '').exam.compute.phase.commitment.openings).toEqual(
      verifier.opened()?.openings,
    );
  });
});

describe('an exam of a device that may be at home elsewhere', () => {
  it('changes nothing of what another verifier goes on with, and begins no other', async () => {
    const fleet = openFleet();
    let here = true;
    const verifier = fleet.startVerifier(undefined, () => here);
    await toOpening(verifier);
    const keys = [`room/${device}`, `room-card/${verifier.examOf()}/0`];
    const before = await Promise.all(keys.map((key) => fleet.state.get(key)));
    here = false;
    await verifier.examiner.lapse(device);
    await fleet.ended();
    const armed = () => verifier.sent.filter(({ type }) => type === 'exam.arm').length;
    expect(armed()).toBe(1);
    // It asks for one, and still has a line.
    expect(
      await verifier.examiner.enter(device, { sweep: 'sw_', gathering: verifier.examiner.gather() } as never),
    ).toBeNull();
    await verifier.die();
    expect(await Promise.all(keys.map((key) => fleet.state.get(key)))).toEqual(before);
    expect(armed()).toBe(1);
  });

  it('ends as ours', async () => {
    const fleet = openFleet();
    const verifier = fleet.startVerifier();
    await toOpening(verifier);
    await verifier.examiner.lapse(device);
    expect(await fleet.ended()).toMatchObject([{ outcome: 'ours', reasons: ['exam.ours'] }]);
    expect(fleet.log.error).not.toHaveBeenCalled();
  });
});

describe('a verifier that closes', () => {
  it('leaves what its devices owe, and the broken line is its own', async () => {
    const fleet = openFleet();
    let verifier = fleet.startVerifier();
    await toOpening(verifier);
    for (let closes = 0; closes < 5; closes += 1) {
      verifier.examiner.beginEnding();
      await verifier.letGo();
      verifier = fleet.startVerifier();
      await verifier.connect();
      await verifier.toOpen();
    }
    verifier.reveal();
    expect(await fleet.ended()).toMatchObject([{ outcome: 'passed' }]);
  });
});
