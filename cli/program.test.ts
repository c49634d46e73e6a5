import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TouchstoneError } from '../protocol/error.js';
import { buildProgram, runProgram } from './program.js';

describe('the command line', () => {
  let stderr = '';

  beforeEach(() => {
    stderr = '';
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += String(text);
      return true;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  function programWith(action: () => void): Command {
    const program = new Command().exitOverride();
    program.command('work').action(action);
    return program;
  }

  it('offers every command', () => {
    const names = buildProgram().commands.map((command) => command.name());
    expect(names).toEqual(
      expect.arrayContaining([
        'agent',
        'demo',
        'inspect',
        'vectors',
        'verifier',
        'verify-receipt',
        'witness',
      ]),
    );
  });

  it('exits 0 after help and version', async () => {
    expect(await runProgram(['--help'])).toBe(0);
    expect(await runProgram(['--version'])).toBe(0);
  });

  it.each([
    [['--nonsense']],
    [['demo', '--nonsense']],
    [['verifier', '--log-level', 'chatty']],
    [['verifier', '--exam-seconds', '10']],
    [['verifier', '--clickhouse', 'clickhouse:8123']],
    [['verifier', '--clickhouse-cluster', 'default']],
    [['verifier', '--redis', 'http://127.0.0.1:6379', '--clickhouse', 'http://127.0.0.1:1']],
    [['verifier', '--redis', 'redis://127.0.0.1:1']],
    [['verifier', '--public-host', 'https://example.org']],
    [['verifier', '--public-host', 'Example.org']],
    [['verifier', '--cors-origin', 'example.org']],
    [['verifier', '--cors-origin', 'https://example.org/']],
    [['verifier', '--oldest-agent', 'next']],
    [['verifier', '--sweep-cards', '0']],
    [['verifier', '--fleet-window-cards', '1.5']],
    [['agent', '--verifier', 'nowhere']],
    [['witness', '--verifier', 'http://127.0.0.1:1']],
    [['witness', '--verifier', 'http://127.0.0.1:1', '--lease', 'le_1']],
    [['verify-receipt']],
    [['verify-receipt', 'receipt.json', '--key', 'abc']],
    [['nonsense']],
    [[]],
  ])('exits 2 when it does not understand %j', async (args) => {
    expect(await runProgram(args)).toBe(2);
  });

  it('exits 1 and prints the code when a command fails', async () => {
    const program = programWith(() => {
      throw new TouchstoneError('vectors.unreadable');
    });
    expect(await runProgram(['work'], program)).toBe(1);
    expect(stderr).toContain('vectors.unreadable');
  });

  it('exits 0 when a command did its work', async () => {
    expect(
      await runProgram(
        ['work'],
        programWith(() => {}),
      ),
    ).toBe(0);
  });

  it('keeps the exit code that a command asked for', async () => {
    const program = programWith(() => {
      process.exitCode = 1;
    });
    expect(await runProgram(['work'], program)).toBe(1);
  });

  it('loads no engine, server or database before a command runs', () => {
    const script = `
      const { buildProgram } = await import('./cli/program.ts');
      buildProgram();
      const { default: Module } = await import('node:module');
      const native = process.report.getReport().sharedObjects;
      console.log(JSON.stringify([...Object.keys(Module._cache), ...native]));`;
    const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: new URL('..', import.meta.url),
      encoding: 'utf8',
    });
    const loaded = JSON.parse(output) as string[];
    expect(loaded.some((path) => path.includes('node_modules/commander'))).toBe(true);
    const heavy = /node_modules\/(fastify|@clickhouse|onnxruntime|chdb|webgpu|piscina)|\.node$/;
    expect(loaded.filter((path) => heavy.test(path))).toEqual([]);
  });
});
