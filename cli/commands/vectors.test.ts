import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerVectors } from './vectors.js';

const answers = fileURLToPath(new URL('../../challenges/vectors/answers', import.meta.url));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vectors-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(directory, { recursive: true });
});

/** Runs the command in this process and returns what it wrote and its exit code. */
async function vectors(...args: string[]): Promise<{ out: string; err: string; exitCode: number }> {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  const program = new Command('touchstone');
  registerVectors(program);
  await program.parseAsync(['vectors', ...args], { from: 'user' });
  vi.restoreAllMocks();
  return { ...written, exitCode: Number(process.exitCode ?? 0) };
}

describe('touchstone vectors', () => {
  it('prints a line for each case and engine', async () => {
    const { out, exitCode } = await vectors(answers, '--engine', 'onnx-cpu');
    expect(exitCode).toBe(0);
    for (const line of [
      'stream.json case 1',
      'compute.json case 0  onnx-cpu',
      'compute.json case 1  verifier onnx-cpu',
      'memory.json case 0  verifier onnx-cpu',
      'timelock.json case 0  links',
      'timelock.json case 0  verifier trapdoor',
    ])
      expect(out).toContain(line);
    expect(out).not.toContain('squarer');
    expect(out).toContain('10 checked, 0 differ');
  });

  it('checks an engine that holds tables under its own name', async () => {
    const { out, exitCode } = await vectors(answers, '--engine', 'cpu');
    expect(exitCode).toBe(0);
    expect(out).toContain('memory.json case 1  table cpu');
    expect(out).toContain('6 checked, 0 differ');
  });

  it('checks both ways to square', async () => {
    const { out, exitCode } = await vectors(answers, '--engine', 'native', 'bigint');
    expect(exitCode).toBe(0);
    for (const way of ['native', 'bigint'])
      expect(out).toMatch(new RegExp(`timelock\\.json case 0  squarer ${way} +ok`));
    expect(out).toContain('6 checked, 0 differ');
  });

  it('says why an engine is absent, and fails where that engine was asked for', async () => {
    const { out, exitCode } = await vectors(answers, '--engine', 'onnx-dml');
    expect(out).toContain('onnx-dml       absent: ');
    expect(exitCode).toBe(1);
  });

  it('prints the same as one JSON document', async () => {
    const { out, exitCode } = await vectors(answers, '--json', '--engine', 'onnx-cpu');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, checked: 10, differences: 0 });
  });

  it('fails on a difference', async () => {
    const wrong = [{ seed: '00'.repeat(32), label: 'left', offset: 0, bytes: '00' }];
    await writeFile(join(directory, 'stream.json'), JSON.stringify(wrong));
    const { out, exitCode } = await vectors(directory, '--engine', 'reference');
    expect(out).toContain('DIFFERS');
    expect(exitCode).toBe(1);
  });

  it('fails where nothing was checked', async () => {
    await cp(join(answers, 'compute.json'), join(directory, 'compute.json'));
    const { out, exitCode } = await vectors(directory, '--engine', 'cpu');
    expect(out).toContain('0 checked');
    expect(exitCode).toBe(1);
  });

  it('fails on a directory that it cannot read, and on an engine that does not exist', async () => {
    const missing = await vectors(join(directory, 'none'), '--engine', 'reference');
    expect(missing).toMatchObject({ exitCode: 1, err: expect.stringContaining('vectors.unreadable') });
    process.exitCode = undefined;
    const unknown = await vectors(answers, '--json', '--engine', 'abacus');
    expect(unknown.exitCode).toBe(1);
    expect(JSON.parse(unknown.out)).toMatchObject({ ok: false, error: { code: 'engine.unavailable' } });
  });
});
