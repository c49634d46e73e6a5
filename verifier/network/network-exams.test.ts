import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { codeTable } from '../../protocol/codes/table.js';
import { limits } from '../../protocol/limits.js';
import type { NetworkFact } from '../../scoring/facts/facts.js';
import type { NetworkSettings } from './settings.js';
import { exam, Lines } from './testing/lines.js';
import { type Manners, RawDevice } from './testing/raw-device.js';

const small = { transferBytes: 200_000, reportBytes: 65_536, roundTrips: 3 };
const hasty = { ...small, transferMs: 60, quietMs: 30, pingMs: 30, roundTripsMs: 30 };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const codes = (fact: NetworkFact | null) => fact?.checks.map(({ code }) => code);

const all: Lines[] = [];
afterEach(async () => {
  for (const lines of all.splice(0)) await lines.close();
});
async function lines(settings: Partial<NetworkSettings> = small): Promise<Lines> {
  const opened = await Lines.open(settings);
  all.push(opened);
  return opened;
}
async function measured(manners: Manners, settings: Partial<NetworkSettings> = small) {
  const open = await lines(settings);
  const device = await RawDevice.connect(open, 'one', manners);
  return { fact: await open.exams.measure('one', exam), lines: open, device };
}

describe('an honest device', () => {
  it('has its line measured both ways, and no check judged', async () => {
    const { fact, lines } = await measured({});
    expect(fact).toMatchObject({ device: 'one', exam, roundTrips: 3 });
    expect(fact).toMatchObject({ downloadBytes: 200_000, uploadBytes: 200_000 });
    expect(fact?.checks.map(({ check, unit }) => [check, unit])).toEqual([
      ['network.round-trip', 'ms'],
      ['network.download', 'Mbit/s'],
      ['network.upload', 'Mbit/s'],
    ]);
    for (const check of fact?.checks ?? []) {
      expect(check).toMatchObject({ verdict: 'not judged', code: 'network.measured', required: null });
      expect(check.measured).toBeGreaterThan(0);
    }
    expect(lines.refused).toEqual([]);
  });

  it('may choose the length of its frames', async () => {
    const { fact, lines } = await measured({
      upload: (device, message) => device.upload(message, -1, 3_000),
    });
    expect(fact?.uploadBytes).toBe(200_000);
    expect(lines.refused).toEqual([]);
  });

  it('is measured by what had come when the time was over', async () => {
    const { fact, lines } = await measured(
      { upload: (device, { seed }) => device.upload({ seed, bytes: 50_000 }) },
      { ...small, transferMs: 300 },
    );
    expect(fact?.uploadBytes).toBe(50_000);
    // 50 kB in a time of 300 ms: who stops in the middle has not the rate of the beginning.
    expect(fact?.uploadMbps).toBeLessThanOrEqual((50_000 * 8) / 1000 / 270);
    expect(lines.refused).toEqual([]);
  });

  it('is not refused what was on the way when the time was over', async () => {
    const late: (() => void)[] = [];
    const { fact, lines, device } = await measured(
      {
        frame: () => {},
        download: (one) => late.push(() => one.report(65_536, 'a'.repeat(64))),
        upload: (one, { seed }) => late.push(() => one.upload({ seed, bytes: 50_000 })),
      },
      hasty,
    );
    expect(codes(fact)?.slice(1)).toEqual(['network.no-transfer', 'network.no-transfer']);
    for (const send of late) send();
    device.socket.send('{}');
    await expect.poll(() => device.refusals).toEqual(['message.unknown']);
    expect(lines.refused).toEqual(['message.unknown']);
  });
});

describe('a device that lies', () => {
  it.each([
    ['the first byte', 0],
    ['one in the middle', 123_456],
    ['the last', 199_999],
  ])('is found out when it sends %s wrong', async (_name, wrongAt) => {
    const { fact } = await measured({ upload: (device, message) => device.upload(message, wrongAt) });
    expect(fact?.uploadMbps).toBeNull();
    expect(fact?.uploadBytes).toBe(Math.floor(wrongAt / 50_000) * 50_000);
    expect(codes(fact)).toEqual(['network.measured', 'network.measured', 'network.wrong-bytes']);
  });

  it('can not report a hash without the bytes', async () => {
    const { fact } = await measured({ frame: (device, frame) => device.report(65_536, sha256(frame)) });
    expect(fact).toMatchObject({ downloadBytes: 0, downloadMbps: null, uploadBytes: 200_000 });
    expect(codes(fact)?.[1]).toBe('network.wrong-bytes');
  });

  it('can not report before the bytes can be there', async () => {
    const { fact } = await measured({
      download: (device, { bytes }) => device.report(bytes, 'a'.repeat(64)),
    });
    expect(fact).toMatchObject({ downloadMbps: null });
    expect(codes(fact)?.[1]).toBe('network.wrong-bytes');
  });

  it('gains nothing by pongs that nobody asked for', async () => {
    const open = await lines(hasty);
    const device = await RawDevice.connect(open, 'one', { autoPong: false });
    const before = open.hub.get('one')?.roundTripMs;
    const timer = setInterval(() => {
      device.socket.pong();
      device.socket.pong(Buffer.alloc(16));
    }, 5);
    const fact = await open.exams.measure('one', exam);
    clearInterval(timer);
    expect(fact).toMatchObject({ roundTrips: 0, roundTripMinMs: null, roundTripMedianMs: null });
    expect(codes(fact)?.[0]).toBe('network.no-transfer');
    expect(before).toBeNull();
    expect(open.hub.get('one')?.roundTripMs).toBeNull();
  });

  it('has no rate when it never answers', async () => {
    const { fact } = await measured({ frame: () => {}, upload: () => {}, autoPong: false }, hasty);
    expect(fact).toMatchObject({ downloadBytes: 0, uploadBytes: 0, downloadMbps: null, uploadMbps: null });
    expect(codes(fact)).toEqual(['network.no-transfer', 'network.no-transfer', 'network.no-transfer']);
    expect(codes(fact)?.every((code) => code in codeTable)).toBe(true);
  });
});

describe('bytes that were not asked for', () => {
  it('are refused, and nothing else changes', async () => {
    const open = await lines();
    const device = await RawDevice.connect(open, 'one');
    device.socket.send(Buffer.alloc(1000));
    device.report(10, 'a'.repeat(64));
    await expect.poll(() => device.refusals).toEqual(['network.not-asked', 'network.not-asked']);
    expect((await open.exams.measure('one', exam))?.uploadBytes).toBe(200_000);
  });

  it('are refused beyond the end of an upload', async () => {
    const { fact, device } = await measured({
      upload: (one, message) => {
        one.upload(message);
        one.socket.send(Buffer.alloc(1));
      },
    });
    expect(fact?.uploadBytes).toBe(200_000);
    await expect.poll(() => device.refusals).toEqual(['network.not-asked']);
  });

  it('close the connection when they are a flood', async () => {
    const open = await lines();
    const device = await RawDevice.connect(open, 'one');
    const closed = device.untilClosed();
    for (let i = 0; i < 30; i += 1) device.socket.send(Buffer.alloc(60_000));
    expect(await closed).toBe('message.too-many');
  });

  it('close the connection when they are a flood of empty frames beside an upload', async () => {
    const { device } = await measured(
      {
        upload: (one) => {
          for (let i = 0; i < 1000; i += 1) one.socket.send(Buffer.alloc(0));
        },
      },
      { ...small, transferMs: 500 },
    );
    await expect.poll(() => device.refusals).toContain('message.too-many');
  });

  it('close the connection when one frame is too large', async () => {
    const open = await lines();
    const device = await RawDevice.connect(open, 'one', {
      upload: (one) => one.socket.send(Buffer.alloc(limits.transferFrameBytes + 1)),
    });
    const closed = device.untilClosed();
    expect(await open.exams.measure('one', exam)).toBeNull();
    expect(await closed).toBe('message.too-large');
  });

  it('close the connection when they are pings without end', async () => {
    const open = await lines();
    const device = await RawDevice.connect(open, 'one');
    const closed = device.untilClosed();
    const timer = setInterval(() => {
      for (let i = 0; i < 50; i += 1) device.socket.ping('p');
    }, 1);
    expect(await closed).toBe('message.too-many');
    clearInterval(timer);
  });
});

describe('a line that can not be measured', () => {
  it('is nobody’s fault when the device is not there, or leaves', async () => {
    const open = await lines();
    expect(await open.exams.measure('nobody', exam)).toBeNull();
    await RawDevice.connect(open, 'one', { upload: (one) => one.socket.terminate() });
    expect(await open.exams.measure('one', exam)).toBeNull();
    expect(open.skipped).toEqual(['gone', 'gone']);
  });

  it('waits for its turn, and not for ever', async () => {
    const open = await lines({ ...small, atOnce: 1, waitMs: 50, transferMs: 300 });
    let begun = () => {};
    const began = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await RawDevice.connect(open, 'silent', { frame: () => {}, download: () => begun() });
    await RawDevice.connect(open, 'impatient');
    const silent = open.exams.measure('silent', exam);
    await began;
    expect(await open.exams.measure('impatient', exam)).toBeNull();
    expect(open.skipped).toEqual(['busy']);
    expect((await silent)?.uploadBytes).toBe(200_000);
    // Its turn was given back.
    expect((await open.exams.measure('impatient', exam))?.uploadBytes).toBe(200_000);
  });

  it('is measured in turn when there is one', async () => {
    const open = await lines({ ...small, atOnce: 1 });
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await RawDevice.connect(open, name);
    const facts = await Promise.all(names.map((name) => open.exams.measure(name, exam)));
    expect(facts.map((fact) => fact?.downloadBytes)).toEqual(Array(5).fill(200_000));
  });
});

describe('a slow reader', () => {
  it('keeps its connection and its exam messages', async () => {
    const open = await lines({ ...small, transferBytes: limits.transferBytes, transferMs: 200 });
    const device = await RawDevice.connect(open, 'one', {
      download: (one) => one.socket.pause(),
      upload: () => {},
    });
    const measuring = open.exams.measure('one', exam);
    await new Promise((resolve) => setTimeout(resolve, 150));
    for (let i = 0; i < 50; i += 1) {
      expect(
        open.hub.send('one', { type: 'status', status: 'verified', reasons: [], nextExamInMs: null }),
      ).toBe(true);
    }
    device.socket.resume();
    const fact = await measuring;
    expect(fact).not.toBeNull();
    expect(device.socket.readyState).toBe(device.socket.OPEN);
    expect(open.refused).toEqual([]);
  });
});
