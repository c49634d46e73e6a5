import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ExplainDocument } from '../../verifier/documents/schemas.js';
import { hardwareReport, reportedCard } from '../../verifier/hardware/testing/reports.js';
import { RawAgent } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

it('a report is known after a restart of the verifier: what was found stands, and the same again adds nothing', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-hardware-restart-'));
  const slice = hardwareReport({ cards: [reportedCard({ mig: true })] });
  const gpu = { kind: 'gpu', model: 'NVIDIA GeForce RTX 4090', memoryBytes: 0, engine: null };
  const explained = async (agent: RawAgent) =>
    (await agent.request('GET', `/v1/devices/${agent.device}/explain`)).body as unknown as ExplainDocument;
  const enrol = async (agent: RawAgent) => {
    const { signature: _, ...message } = await agent.enrolment([gpu]);
    return agent.request('POST', '/v1/devices', agent.signed('enrol', { ...message, hardware: slice }));
  };
  const before = await openVerifier({ dataDir });
  const agent = new RawAgent(before.url);
  expect((await enrol(agent)).status).toBe(201);
  await before.close();

  const after = await openVerifier({ dataDir });
  const again = new RawAgent(after.url, agent.identity);
  const { findings, history } = await explained(again);
  expect(findings.map(({ code }) => code)).toContain('hardware.slice-mig');
  expect((await enrol(again)).status).toBe(200);
  expect((await explained(again)).history).toEqual(history);
  expect(history.map(({ event }) => event).toSorted()).toEqual(['device.enrolled', 'hardware.reported']);
  await after.close();
  rmSync(dataDir, { recursive: true, force: true });
});
