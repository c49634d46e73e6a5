import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Connection, Hub } from '../connections/hub.js';
import { minuteFacts } from './presence.js';

const random = (length: number) => new Uint8Array(randomBytes(length));
const connection = (device: string, lastSeenAt: number): Connection => ({
  device,
  lastSeenAt,
  roundTripMs: null,
  send: () => true,
  prepare: () => () => true,
  close: () => {},
  ping: async () => null,
  sendBytes: async () => false,
  startTransfer: () => null,
});
const devices = {
  get: (device: string) => (device === 'ghost' ? undefined : ({ enrolment: { cards: [{}, {}] } } as never)),
};

describe('the roll of a minute', () => {
  it('names every device that gave a sign of life in it and, last, our own service', () => {
    const hub = new Hub();
    hub.add(connection('here', 100_000));
    const facts = minuteFacts(120_000, 'v', hub, devices, random);
    expect(facts).toMatchObject([
      { kind: 'presence', device: 'here', cards: [0, 1], at: 120_000 },
      { kind: 'heartbeat', verifier: 'v', at: 120_000 },
    ]);
  });

  it('leaves out a line that is open in name only, and a device that never enrolled', () => {
    const hub = new Hub();
    hub.add(connection('silent', 50_000));
    hub.add(connection('ghost', 120_000));
    expect(minuteFacts(120_000, 'v', hub, devices, random).map(({ kind }) => kind)).toEqual(['heartbeat']);
  });

  it('names our service even when nobody is there', () => {
    expect(minuteFacts(0, 'v', new Hub(), devices, random)).toMatchObject([{ kind: 'heartbeat' }]);
  });
});
