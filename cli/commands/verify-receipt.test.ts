import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Receipt } from '../../protocol/messages/receipt.js';
import { honestStory, receiptOf, verifierSigner } from '../../scoring/receipt/testing/lease-receipt.js';
import { runProgram } from '../program.js';

const honest = receiptOf(honestStory());
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'receipt-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(directory, { recursive: true });
});

/** Runs the command on a file with this content. */
async function verify(content: string, ...args: string[]) {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  process.exitCode = undefined;
  const file = join(directory, 'receipt.json');
  await writeFile(file, content);
  const exitCode = await runProgram(['verify-receipt', file, ...args]);
  return { ...written, exitCode };
}

describe('touchstone verify-receipt', () => {
  it('prints every check and what the receipt says, and exits 0', async () => {
    const { out, exitCode } = await verify(JSON.stringify(honest), '--key', verifierSigner.key);
    expect(exitCode).toBe(0);
    const names = [
      'form',
      'signature',
      'issuer',
      'course',
      'key',
      'tags',
      'seeds',
      'entries',
      'device',
      'witness',
    ];
    for (const name of [...names, 'gaps', 'figures', 'verdict'])
      expect(out).toMatch(new RegExp(`^ok {5}${name} `, 'm'));
    expect(out).not.toContain('WRONG');
    expect(out).toContain('lease    le_55555555555555555555555555555555, ended; "order 7" of market');
    expect(out).toContain('time     2026-01-05T12:00:00.000Z to 2026-01-05T14:00:00.000Z');
    expect(out).toContain(
      'card 1   NVIDIA GeForce RTX 4090: proven 100.0 %, longest gap 0.0 min, contention 1.03',
    );
    expect(out).toMatch(/^verdict {2}whole, confidence \d+\.\d %$/m);
    expect(out).not.toContain('Anybody can make a key');
  });

  it('says that a receipt alone shows nobody as its issuer', async () => {
    const { out, exitCode } = await verify(JSON.stringify(honest, null, 2));
    expect(exitCode).toBe(0);
    expect(out).toContain(`signed by ${verifierSigner.key}`);
    expect(out).toContain('Anybody can make a key');
  });

  it('names each check that fails, says nothing of the verdict, and exits 1', async () => {
    const changed: Receipt = { ...honest, reference: 'order 8' };
    const { out, exitCode } = await verify(JSON.stringify(changed), '--key', 'AB'.repeat(32));
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^WRONG {2}signature/m);
    expect(out).toMatch(/^WRONG {2}issuer/m);
    expect(out).toContain('receipt.invalid');
    expect(out).not.toContain('verdict  whole');
  });

  it('prints the checks as JSON', async () => {
    const { out, exitCode } = await verify(JSON.stringify({ ...honest, cards: [] }), '--json');
    expect(exitCode).toBe(1);
    const document = JSON.parse(out) as { ok: boolean; checks: { check: string; ok: boolean }[] };
    expect(document.ok).toBe(false);
    expect(document.checks.find(({ check }) => check === 'signature')?.ok).toBe(false);
  });

  it('fails on what is no receipt, and on a file that is not there', async () => {
    expect(await verify('{"version": "touch')).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('WRONG  form'),
    });
    const missing = await runProgram(['verify-receipt', join(directory, 'none.json')]);
    expect(missing).toBe(1);
  });

  it("lets nothing in a stranger's file act on the terminal", async () => {
    const { out } = await verify(
      JSON.stringify({
        ...honest,
        verdict: { ...honest.verdict, outcome: 'whole' },
        reference: '\u001b[2Jpaid',
      }),
    );
    expect(out).not.toContain('\u001b');
  });
});
