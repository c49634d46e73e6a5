import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attestationNonce } from '../../protocol/attestation.js';
import { fromHex, toBase64 } from '../../protocol/bytes.js';
import type { HardwareReport } from '../../protocol/messages/hardware.js';
import { addKey } from '../../verifier/access/key-file.js';
import { type Chain, chainOf, reportOf } from '../../verifier/attestation/testing/vendor.js';
import type { DeviceDocument, ExplainDocument } from '../../verifier/documents/schemas.js';
import { component, hardwareReport, reportedCard } from '../../verifier/hardware/testing/reports.js';
import { HonestSteps, HonestTable, slowCatalogue, toyClaim } from './testing/honest.js';
import { RawAgent, type RawSocket } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

// What a host says of itself, over HTTP: taken in, shown to whom it concerns, and what follows from it.

let verifier: Awaited<ReturnType<typeof openVerifier>>;
let keys: { investigator: string; marketplace: string };
let chain: Chain;
const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-hardware-'));
beforeAll(async () => {
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const key = (role: 'investigator' | 'marketplace') =>
    addKey(dataDir, { name: role, role, now: Date.now() }, random);
  keys = { investigator: await key('investigator'), marketplace: await key('marketplace') };
  chain = await chainOf();
  const roots = join(dataDir, 'roots.pem');
  writeFileSync(roots, chain.root.pem);
  const classes = slowCatalogue.classes.map((one) => (one.id === 'toy' ? { ...one, chips: ['GH100'] } : one));
  verifier = await openVerifier({
    dataDir,
    catalogue: { classes },
    revealMs: 60_000,
    cohortMs: 300,
    attestationRoots: [roots],
  });
});
afterAll(async () => {
  await verifier.close();
  rmSync(dataDir, { recursive: true, force: true });
});
const sockets: RawSocket[] = [];
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});

const uuid = component('gpu-uuid', 0, 'toy');
const claim = { ...toyClaim, hardwareId: uuid.hash };
/** Of a card that the catalogue of hardware knows nothing of. */
const toyCard = reportedCard({
  name: 'Toy',
  architecture: null,
  pci: null,
  memoryMiB: null,
  vbios: null,
  power: null,
});
const honest = hardwareReport({ cards: [toyCard], components: [uuid, component('machine-id', null, 'one')] });
const slice: HardwareReport = { ...honest, cards: [{ ...toyCard, mig: true }] };

async function enrol(agent: RawAgent, hardware?: unknown, cards: readonly unknown[] = [claim]) {
  const { signature: _, ...message } = await agent.enrolment(cards);
  return agent.request('POST', '/v1/devices', agent.signed('enrol', { ...message, hardware }));
}

/** Connected, and with all that its exams need. */
async function connect(agent: RawAgent) {
  const socket = await agent.connect();
  sockets.push(socket);
  return { socket, steps: new HonestSteps(socket), table: new HonestTable(socket) };
}

/** Passes one exam. @returns its id and the seed of its compute part */
async function pass({ steps, table }: Awaited<ReturnType<typeof connect>>) {
  await steps.whole();
  await table.whole();
  expect(await table.verdict()).toMatchObject({ outcome: 'passed' });
  return { exam: steps.exam, seed: steps.seed };
}

async function ask(agent: RawAgent, path: string, token?: string, body?: unknown) {
  const answer = await fetch(verifier.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, agent };
}
const sessionOf = async (agent: RawAgent) =>
  String((await agent.request('POST', '/v1/sessions', await agent.sessionRequest())).body.token);
const documentOf = async (agent: RawAgent) =>
  (await ask(agent, `/v1/devices/${agent.device}`)).body as unknown as DeviceDocument;
const explained = async (agent: RawAgent) =>
  (await ask(agent, `/v1/devices/${agent.device}/explain`)).body as unknown as ExplainDocument;
const statusOf = async (agent: RawAgent) => (await documentOf(agent)).status;
const reportsOf = async (agent: RawAgent) =>
  (await explained(agent)).history.filter(({ event }) => event === 'hardware.reported').length;
const hardwarePath = (agent: RawAgent) => `/v1/devices/${agent.device}/hardware`;

describe('a report', () => {
  it('is shown to its device and to investigators as it is recorded, and to nobody else', async () => {
    const [agent, other] = [new RawAgent(verifier.url), new RawAgent(verifier.url)];
    expect((await enrol(agent, honest)).status).toBe(201);
    await other.enrol();
    const own = await sessionOf(agent);
    await expect.poll(async () => (await ask(agent, hardwarePath(agent), own)).status).toBe(200);
    const { body } = await ask(agent, hardwarePath(agent), own);
    expect(body).toMatchObject({ device: agent.device, report: { cards: [{ name: 'Toy', claim: 0 }] } });
    for (const { hash } of honest.components) expect(JSON.stringify(body)).not.toContain(hash);
    expect((await ask(agent, hardwarePath(agent), keys.investigator)).body).toEqual(body);
    const refused = [await sessionOf(other), keys.marketplace, undefined];
    const codes = await Promise.all(
      refused.map(async (token) => (await ask(agent, hardwarePath(agent), token)).body.code),
    );
    expect(codes).toEqual(['access.role', 'access.role', 'access.denied']);
    const history = await ask(agent, `/v1/devices/${agent.device}/history`, own);
    expect(JSON.stringify(history.body)).not.toContain(uuid.hash);
  });

  it('is recorded once for each that says something new', async () => {
    const agent = new RawAgent(verifier.url);
    await enrol(agent, honest);
    await enrol(agent, { ...honest, components: honest.components.toReversed() });
    await expect.poll(() => reportsOf(agent)).toBe(1);
    await enrol(agent, { ...honest, cards: [{ ...toyCard, driver: '560.28.03' }] });
    await enrol(agent);
    await expect.poll(() => reportsOf(agent)).toBe(2);
    expect((await explained(agent)).history.length).toBe(3);
  });

  it('that changes again and again is slowed down as every other word of its device', async () => {
    const agent = new RawAgent(verifier.url);
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1)
      statuses.push((await enrol(agent, { ...honest, cards: [{ ...toyCard, driver: `${i}` }] })).status);
    expect(statuses).toEqual([201, 200, 200, 200, 200, 200, 429, 429]);
  });

  it('that points nowhere or is too large is refused, and leaves nothing behind', async () => {
    const agent = new RawAgent(verifier.url);
    const wrong: [unknown, number, string][] = [
      [{ ...honest, cards: [{ ...toyCard, claim: 1 }] }, 422, 'hardware.misplaced'],
      [{ ...honest, cards: [toyCard, toyCard] }, 422, 'hardware.misplaced'],
      [{ ...honest, components: [{ ...uuid, card: 5 }] }, 422, 'hardware.misplaced'],
      [{ ...honest, components: [{ ...uuid, hash: 'GPU-in-the-clear' }] }, 400, 'request.invalid'],
      [{ ...honest, unread: Array(65).fill('x') }, 400, 'request.invalid'],
      [{ ...honest, admin: true }, 400, 'request.invalid'],
      [null, 400, 'request.invalid'],
    ];
    for (const [report, status, code] of wrong) {
      const answer = await enrol(agent, report);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    expect((await ask(agent, `/v1/devices/${agent.device}`)).body.code).toBe('device.unknown');
  });

  it('is noted where others show the same image, and named to who looks after the fleet', async () => {
    const [agent, twin] = [new RawAgent(verifier.url), new RawAgent(verifier.url)];
    const image = {
      ...honest,
      components: [component('machine-id', null, 'image'), component('host-key', null, 'image')],
    };
    for (const one of [agent, twin]) await enrol(one, image);
    const seen = async (token: string) => (await ask(agent, hardwarePath(agent), token)).body.clones;
    await expect
      .poll(() => seen(keys.investigator))
      .toEqual([
        { kind: 'host-key', others: 1, devices: [twin.device] },
        { kind: 'machine-id', others: 1, devices: [twin.device] },
      ]);
    expect(await seen(await sessionOf(agent))).toMatchObject([{ devices: [] }, { devices: [] }]);
    expect((await explained(agent)).findings).toMatchObject([
      {
        code: 'hardware.cloned-image',
        severity: 'note',
        evidence: { devices: 1, shared: 'host-key, machine-id' },
      },
    ]);
  });
});

describe('a card that says that it is a slice and is claimed as a whole one', () => {
  it('is rejected after its exam with what it said, and verified when it says so no more', async () => {
    const agent = new RawAgent(verifier.url);
    await enrol(agent, slice);
    const line = await connect(agent);
    await pass(line);
    await expect.poll(() => statusOf(agent)).toBe('rejected');
    const { reasons, findings, history, cards } = await explained(agent);
    expect(reasons.map(({ code }) => code)).toEqual(['hardware.slice-mig']);
    expect(findings[0]).toMatchObject({
      code: 'hardware.slice-mig',
      severity: 'refusal',
      claim: 0,
      read: expect.stringContaining('Toy'),
      fix: expect.stringContaining('nvidia-smi -mig 0'),
    });
    const report = history.find(({ event }) => event === 'hardware.reported');
    const rejected = history.find(({ summary }) => summary === 'examining → rejected');
    expect(rejected).toMatchObject({ evidence: [report?.id], inputs: { card: 0 } });
    expect(cards[0]).toMatchObject({ class: 'toy', eligible: false });
    // It is examined at once, and not after the pause that follows a rejection.
    await enrol(agent, honest);
    await pass(line);
    await expect.poll(() => statusOf(agent)).toBe('verified');
  });

  it('sends a verified device back to examination, and nothing else that is found does', async () => {
    const agent = new RawAgent(verifier.url);
    await enrol(agent, honest);
    const line = await connect(agent);
    await pass(line);
    await expect.poll(() => statusOf(agent)).toBe('verified');
    await enrol(agent, { ...honest, cards: [{ ...toyCard, uuidForm: 'malformed', procName: 'Other' }] });
    const { findings, status } = await documentOf(agent);
    expect([status, findings.map(({ severity }) => severity)]).toEqual([
      'verified',
      ['evidence', 'evidence'],
    ]);
    await enrol(agent, slice);
    expect(await statusOf(agent)).toBe('examining');
    await pass(line);
    await expect.poll(() => statusOf(agent)).toBe('rejected');
  });
});

describe('an attestation', () => {
  it('vouches for a card right after its exam, by the device alone, and is in its verdict', async () => {
    const agent = new RawAgent(verifier.url);
    await enrol(agent, honest);
    const { exam, seed } = await pass(await connect(agent));
    await expect.poll(() => statusOf(agent)).toBe('verified');
    expect((await documentOf(agent)).cards[0]?.verdict).toMatchObject({ class: 'toy', basis: 'measured' });
    const nonce = attestationNonce(fromHex(seed), fromHex(agent.device));
    const evidence = async (over = nonce) => ({
      card: 0,
      exam,
      report: toBase64(await reportOf(chain.chip, over)),
      certificates: chain.pem,
    });
    const token = await sessionOf(agent);
    const attest = (body: object, by = token) =>
      ask(agent, `/v1/devices/${agent.device}/attestations`, by, body);
    const foreign = new RawAgent(verifier.url);
    await enrol(foreign, undefined, [toyClaim]);
    expect((await attest(await evidence(), await sessionOf(foreign))).body.code).toBe('access.role');
    const refused: [object, number, string][] = [
      [await evidence(new Uint8Array(32)), 422, 'attestation.wrong-signature'],
      [{ ...(await evidence()), exam: `ex_${'0'.repeat(32)}` }, 409, 'attestation.no-challenge'],
      [{ ...(await evidence()), certificates: '' }, 422, 'attestation.unreadable'],
      [{ ...(await evidence()), report: 'AAA' }, 422, 'attestation.unreadable'],
      [{ ...(await evidence()), report: '?' }, 400, 'request.invalid'],
    ];
    for (const [body, status, code] of refused) {
      const answer = await attest(body);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    expect((await documentOf(agent)).cards[0]?.verdict).toMatchObject({ basis: 'measured' });
    expect(await attest(await evidence())).toMatchObject({
      status: 201,
      body: { card: 0, exam, vendor: 'nvidia', chip: 'GH100' },
    });
    expect((await documentOf(agent)).cards[0]?.verdict).toMatchObject({ class: 'toy', basis: 'attested' });
    await expect
      .poll(async () => (await explained(agent)).history.map(({ summary }) => summary))
      .toContain('card 0: attested as GH100');
  });
});
