import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSupplier } from '../../agent/connection/supplier.js';
import { WorkerProver } from '../../agent/exam/worker-prover.js';
import { identityOf } from '../../agent/identity.js';
import { workerFile } from '../../challenges/engines/worker-file.js';
import type { ExplainDocument } from '../../verifier/documents/schemas.js';

let dataDir: string;
let process_: ChildProcess;
const end = new AbortController();
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-restart-'));
});
afterEach(async () => {
  end.abort();
  process_.kill('SIGKILL');
  await once(process_, 'exit');
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs `touchstone verifier` as an operator would, and returns where it listens. */
async function startVerifier(port: string): Promise<URL> {
  const { filename, execArgv } = workerFile(import.meta.url, '../../cli/touchstone');
  const flags = ['--data', dataDir, '--port', port, '--cohort-seconds', '0.2', '--exam-seconds', '2'];
  process_ = spawn(process.execPath, [...execArgv, filename, 'verifier', ...flags, '--log-level', 'silent'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (process_.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: process_.stdout })) {
    return new URL((JSON.parse(line) as { listening: string }).listening);
  }
  throw new Error('the verifier ended');
}

describe('a verifier that is killed in the middle of an exam', () => {
  it('lets the device finish onboarding after its restart, without a mark against it', async () => {
    const url = await startVerifier('0');
    const identity = identityOf(randomBytes(32));
    const exams: string[] = [];
    let inExam: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      inExam = resolve;
    });
    const claim = {
      kind: 'cpu',
      model: 'CPU',
      memoryBytes: 2 ** 34,
      engine: 'onnx-cpu',
      warmupGflops: 20,
    } as const;
    const prover = new WorkerProver({ engine: 'onnx-cpu' });
    const supplier = runSupplier({
      verifier: url,
      identity,
      name: 'patient',
      cards: [{ claim, prover: prover }],
      signal: end.signal,
      events: (event) => {
        if (event.type === 'exam.progress') inExam();
        if (event.type === 'exam.verdict') exams.push(event.outcome);
      },
      backoff: { baseMs: 100, capMs: 500 },
    });
    await begun;
    process_.kill('SIGKILL');
    await once(process_, 'exit');

    await startVerifier(url.port);
    const explain = async () => {
      const response = await fetch(new URL(`/v1/devices/${identity.device}/explain`, url));
      return (await response.json()) as ExplainDocument;
    };
    await expect.poll(async () => (await explain()).status, { interval: 100 }).toBe('verified');

    const { history, scores } = await explain();
    expect(exams).toEqual(['passed']);
    expect(scores.find(({ part }) => part === 'integrity')).toMatchObject({ value: 1, verdict: 'pass' });
    expect(history.map(({ summary }) => summary)).toEqual([
      'examining → verified',
      'card 0: passed',
      'line measured',
      'enrolled → examining',
      'enrolled with 1 card(s)',
    ]);
    end.abort();
    await supplier;
    await prover.close();
  });
});
