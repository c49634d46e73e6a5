import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addKey } from '../../verifier/access/key-file.js';
import type { ExplainDocument } from '../../verifier/documents/schemas.js';
import { HonestSteps, HonestTable, slowCatalogue, toyClaim } from './testing/honest.js';
import { RawAgent, type RawSocket } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

// What a person decides about a device, over HTTP.

let verifier: Awaited<ReturnType<typeof openVerifier>>;
let key: string;
const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-decisions-'));
beforeAll(async () => {
  const random = (length: number) => new Uint8Array(randomBytes(length));
  key = await addKey(dataDir, { name: 'ours', role: 'investigator', now: Date.now() }, random);
  verifier = await openVerifier({ dataDir, catalogue: slowCatalogue, revealMs: 60_000, cohortMs: 300 });
});
afterAll(async () => {
  await verifier.close();
  rmSync(dataDir, { recursive: true, force: true });
});
const sockets: RawSocket[] = [];
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});

async function enter(agent: RawAgent) {
  const socket = await agent.connect();
  sockets.push(socket);
  return { socket, steps: new HonestSteps(socket), table: new HonestTable(socket) };
}

async function decide(agent: RawAgent, decision: string, reason = 'it was shown to us') {
  const answer = await fetch(`${verifier.url}/v1/devices/${agent.device}/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ decision, reason }),
  });
  const { status, code } = (await answer.json()) as { status: unknown; code?: string };
  return answer.ok ? status : code;
}

const explained = async (agent: RawAgent) =>
  (await (await fetch(`${verifier.url}/v1/devices/${agent.device}/explain`)).json()) as ExplainDocument;
const statusOf = async (agent: RawAgent) => (await explained(agent)).status;

/** Ends in quarantine by a walk on another table. */
async function cheat(agent: RawAgent) {
  const { socket, steps, table } = await enter(agent);
  await steps.whole();
  await table.onAnotherTable();
  await expect.poll(() => statusOf(agent)).toBe('quarantined');
  socket.socket.terminate();
}

describe('a device in quarantine', () => {
  it('is examined anew once a person has cleared it, and what led there stays on record', async () => {
    const agent = new RawAgent(verifier.url);
    await agent.enrol([toyClaim]);
    await cheat(agent);
    expect(await decide(agent, 'clear')).toBe('examining');
    expect((await explained(agent)).reasons.map(({ code }) => code)).toEqual(['decision.cleared']);
    const { socket } = await enter(agent);
    // In ten minutes at most, as after every failed exam.
    expect(await socket.next('status')).toMatchObject({
      status: 'examining',
      nextExamInMs: expect.any(Number),
    });
    const told = async () => (await explained(agent)).history.map(({ summary }) => summary);
    await expect
      .poll(told)
      .toEqual(expect.arrayContaining(['examining → quarantined', 'quarantined → examining']));
  });
});

describe('a device that a person retires', () => {
  it('is cut off and cannot come back', async () => {
    const agent = new RawAgent(verifier.url);
    await agent.enrol([toyClaim]);
    const { socket } = await enter(agent);
    expect(await decide(agent, 'retire')).toBe('retired');
    await expect.poll(() => socket.closed).not.toBeNull();
    expect((await agent.enrol([toyClaim])).body).toMatchObject({ code: 'device.retired' });
    expect(await decide(agent, 'clear')).toBe('decision.not-possible');
  });
});

describe('a decision that the status of the device does not allow', () => {
  it('changes nothing', async () => {
    const agent = new RawAgent(verifier.url);
    expect(await decide(agent, 'retire')).toBe('device.unknown');
    await agent.enrol([toyClaim]);
    expect(await decide(agent, 'clear')).toBe('decision.not-possible');
    expect(await decide(agent, 'burn')).toBe('request.invalid');
    expect(await decide(agent, 'retire', '')).toBe('request.invalid');
    expect(await statusOf(agent)).toBe('enrolled');
  });
});
