import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { givenClass } from '../../scoring/catalogue/given.js';
import type { ImpersonationMatrix } from '../../scoring/catalogue/impersonation.js';
import { registerImpersonation } from './impersonation.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'impersonation-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

async function run(...args: string[]): Promise<string> {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  const program = new Command().exitOverride();
  registerImpersonation(program);
  await program.parseAsync(['impersonation', ...args], { from: 'user' });
  return out;
}

function fileOf(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('touchstone impersonation', () => {
  it('prints the matrix as one JSON document, the same every time', async () => {
    const text = await run('--json');
    const matrix = JSON.parse(text) as ImpersonationMatrix;
    expect(matrix.summary.paper.all).toBe(matrix.pays.paper.length);
    expect(matrix.pays.issued[0]).toMatchObject({
      card: expect.any(String),
      as: expect.any(String),
      units: { card: expect.any(Number), as: expect.any(Number) },
    });
    expect(await run('--json')).toBe(text);
  });

  it('says the counts and each pair that pays', async () => {
    const matrix = JSON.parse(await run('--json')) as ImpersonationMatrix;
    const text = await run();
    expect(text).toContain(`all three at the same instant: ${matrix.summary.paper.all};`);
    for (const { card, as } of matrix.pays.paper) expect(text).toMatch(new RegExp(`${card} as \\d+ ${as}:`));
    expect(text).toContain('Not paid: ');
  });

  it('goes by an operator’s own units: nothing pays where two small cards are paid less than the large one', async () => {
    const units = fileOf('units.json', {
      models: [
        { model: 'RTX 4090', units: 10 },
        { model: 'RTX 3060 12GB', units: 1 },
      ],
    });
    const matrix = JSON.parse(await run('--json', '--units', units)) as ImpersonationMatrix;
    expect(matrix.cards).toBe(3);
    expect(matrix.classes).toBe(2);
    expect(matrix.summary.paper.all).toBe(0);
  });

  it('goes by an operator’s own classes', async () => {
    const memory = { bandwidthGBps: 500, tableGops: 10_000, bestGops: 80_000 };
    const catalogue = fileOf('catalogue.json', {
      classes: [
        givenClass('big', 'gpu', { models: ['Big'], gflops: 3e4, memoryBytes: 2 ** 35, memory }),
        givenClass('small', 'gpu', { models: ['Small'], gflops: 1e4, memoryBytes: 2 ** 33, memory }),
      ],
    });
    const units = fileOf('units.json', {
      models: [
        { model: 'Big', units: 1 },
        { model: 'Small', units: 1 },
      ],
    });
    const text = await run('--catalogue', catalogue, '--units', units);
    expect(text).toContain('2 models that are paid, as any of 2 classes. Not paid: none.');
    expect(text).toContain('big as 4 small: 1 each for 1, 4.00 times its pay');
  });

  it('refuses units of another form, by the command’s own code', async () => {
    await expect(run('--units', fileOf('units.json', { models: [{ model: 'L4' }] }))).rejects.toMatchObject({
      code: 'impersonation.unreadable',
    });
    await expect(run('--units', join(directory, 'none.json'))).rejects.toMatchObject({
      code: 'impersonation.unreadable',
    });
    await expect(run('--catalogue', fileOf('catalogue.json', {}))).rejects.toMatchObject({
      code: 'catalogue.unreadable',
    });
  });
});
