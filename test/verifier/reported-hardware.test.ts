import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VerifierApi } from '../../agent/connection/api.js';
import { runSupplier } from '../../agent/connection/supplier.js';
import { readMachine } from '../../agent/hardware/read-machine.js';
import { identityOf } from '../../agent/identity.js';
import { openVerifier } from './testing/verifier.js';

let verifier: Awaited<ReturnType<typeof openVerifier>>;
const end = new AbortController();
beforeAll(async () => {
  verifier = await openVerifier();
});
afterAll(async () => {
  end.abort();
  await verifier.close();
});

it('an agent enrols with what this very machine says about itself', async () => {
  const url = new URL(verifier.url);
  const identity = identityOf(randomBytes(32));
  const hardware = await readMachine();
  const types: string[] = [];
  const claim = { kind: 'cpu', model: 'CPU', memoryBytes: 1, engine: null, hardwareId: 'CPU-1' } as const;
  const ended = runSupplier({
    verifier: url,
    identity,
    name: 'reported',
    cards: [{ claim, prover: null }],
    hardware,
    signal: end.signal,
    events: ({ type }) => types.push(type),
  });
  await Promise.race([ended, expect.poll(() => types).toContain('connection.open')]);
  const document = JSON.parse(await new VerifierApi(url).device(identity.device)) as { name: string };
  expect(document.name).toBe('reported');
  const shown = JSON.stringify(document);
  for (const { value } of hardware.ids) expect(shown).not.toContain(value);
});
