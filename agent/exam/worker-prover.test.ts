import { afterEach, describe, expect, it } from 'vitest';
import { workerFile } from '../../challenges/engines/worker-file.js';
import { fromHex } from '../../protocol/bytes.js';
import {
  arm as armed,
  armTable,
  exam,
  go,
  goWalk,
  openWalk,
  probeOpen,
  probeWalk,
  runnerOf,
  tableBuild,
  types,
  verdict,
  walkerOpenings,
} from '../testing/asked-runner.js';
import { ReferenceProver, tinyShape, tinyTable } from '../testing/reference-prover.js';
import { WorkerProver } from './worker-prover.js';

const seed = fromHex('5a'.repeat(32));
const openings = [
  { round: 0, page: 0 },
  { round: 1, page: 40 },
];

/** Throws where there is none: killing process 0 would kill this test's whole group. */
function pidOf(prover: WorkerProver): number {
  if (prover.pid === undefined) throw new Error('no process');
  return prover.pid;
}

describe('worker prover', () => {
  const prover = new WorkerProver({ engine: 'onnx-cpu' });
  afterEach(async () => await prover.close());

  it('gives the bits of the reference, and the measure of its own rate', async () => {
    expect(await prover.check()).toBeGreaterThan(0);
    expect(await prover.arm(tinyShape)).toBe('onnx-cpu');
    const shares: number[] = [];
    const roots = await prover.commit(seed, (share) => shares.push(share));
    const reference = new ReferenceProver();
    await reference.arm(tinyShape);
    expect(roots.map((root) => [...root])).toEqual(
      (await reference.commit(seed, () => {})).map((root) => [...root]),
    );
    expect(await prover.reveal(openings)).toEqual(await reference.reveal(openings));
    expect(shares.at(-1)).toBe(1);
  });

  it('rejects with engine.failed when its process dies, and starts another for the next call', async () => {
    await prover.arm(tinyShape);
    const first = pidOf(prover);
    const commit = prover.commit(seed, () => {});
    process.kill(first, 'SIGKILL');
    await expect(commit).rejects.toMatchObject({ code: 'engine.failed' });
    await expect(prover.reveal(openings)).rejects.toMatchObject({ code: 'engine.failed' });
    await prover.arm(tinyShape);
    expect(prover.pid).not.toBe(first);
    expect(await prover.commit(seed, () => {})).toHaveLength(tinyShape.rounds);
  });

  it('leaves no process behind when it is closed in the middle of its work', async () => {
    // Seconds of work on any machine.
    await prover.arm({ n: 1024, layers: 32, pages: 4096, rounds: 64 });
    const pid = pidOf(prover);
    const commit = prover.commit(seed, () => {});
    await Promise.all([expect(commit).rejects.toMatchObject({ code: 'engine.failed' }), prover.close()]);
    expect(prover.pid).toBeUndefined();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('says which engine there is not', async () => {
    const none = new WorkerProver({ engine: 'onnx-abacus' });
    await expect(none.check()).rejects.toMatchObject({ message: expect.stringContaining('onnx-abacus') });
    await none.close();
  });
});

describe('worker prover of a table', () => {
  const prover = new WorkerProver({ engine: 'onnx-cpu', tableEngine: 'cpu' });
  afterEach(async () => await prover.close());

  it('gives the roots and leaves of the reference without a compute engine, and when the table is gone', async () => {
    const prover = new WorkerProver({ engine: null, tableEngine: 'cpu' });
    expect(await prover.checkTable()).toBeGreaterThan(0);
    await expect(prover.check()).rejects.toMatchObject({ code: 'engine.unavailable' });
    const building: number[] = [];
    expect(await prover.build(tinyTable, seed, (share) => building.push(share))).toBe('cpu');
    expect(building.at(-1)).toBe(1);
    const roots = await prover.walk(seed, () => {});
    const reference = new ReferenceProver();
    await reference.build(tinyTable, seed, () => {});
    expect(roots.map((root) => [...root])).toEqual(
      (await reference.walk(seed, () => {})).map((root) => [...root]),
    );
    await prover.dropTable();
    expect(await prover.revealWalk(walkerOpenings)).toEqual(await reference.revealWalk(walkerOpenings));
    await expect(prover.walk(seed, () => {})).rejects.toMatchObject({ code: 'engine.failed' });
    await prover.close();
  });

  it('has no process between two exams where it keeps no table', async () => {
    const { ask } = runnerOf(prover);
    await ask(armed(exam('1')), go(exam('1'), 'a'), armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'));
    const pid = pidOf(prover);
    await ask(verdict(exam('1'), 'failed'));
    expect(prover.pid).toBeUndefined();
    expect(() => process.kill(pid, 0)).toThrow();
    expect(types(await ask(armed(exam('2')), go(exam('2'), 'd')))).toEqual(['exam.ready', 'exam.commit']);
  });

  it('walks for a probe on the table that a passed exam left, and computes the next one in a new process', async () => {
    const { ask } = runnerOf(prover);
    await ask(armed(exam('1')), go(exam('1'), 'a'), armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'));
    const pid = pidOf(prover);
    await ask(verdict(exam('1')));
    const answers = await ask(probeWalk('d', 'b'), probeOpen('d'));
    expect(pidOf(prover)).toBe(pid);
    expect(answers).toMatchObject([
      { type: 'probe.commit', roots: [expect.any(String)] },
      { type: 'probe.reveal', reveals: [{ round: 0 }, { round: 0 }] },
    ]);
    expect(types(await ask(armed(exam('2'))))).toEqual(['exam.ready']);
    expect(pidOf(prover)).not.toBe(pid);
  });

  it('says that the table is gone with its process, and starts none for it', async () => {
    const { ask, events } = runnerOf(prover);
    await ask(armTable(exam('1'), 'b'), goWalk(exam('1'), 'c'), verdict(exam('1')));
    process.kill(pidOf(prover), 'SIGKILL');
    await expect.poll(() => prover.pid).toBeUndefined();
    const gone = { type: 'probe.decline', reason: 'engine', message: expect.stringContaining('SIGKILL') };
    expect(await ask(probeWalk('d', 'b'))).toMatchObject([gone]);
    expect(events.at(-1)).toMatchObject({ type: 'table.lost', code: 'engine.failed' });
    expect(await ask(probeWalk('e', 'b'))).toMatchObject([{ type: 'probe.decline', reason: 'no-table' }]);
    expect(prover.pid).toBeUndefined();
    expect(types(await ask(tableBuild('f'), probeWalk('1', 'f')))).toEqual(['table.ready', 'probe.commit']);
  });

  it('declines a table that the machine has no memory for, says so, and answers the next exam', async () => {
    const { ask } = runnerOf(prover);
    const huge = { ...tinyTable, banks: 1024, bankPages: 2 ** 24 };
    const [, declined] = await ask(armed(exam('1')), armTable(exam('1'), 'b', 1, huge));
    expect(declined?.type === 'exam.decline' && declined.message).toMatch(
      /^Not enough memory on the card \(engine\.out-of-memory\): The table takes/,
    );
    const answers = await ask(
      armed(exam('2')),
      go(exam('2'), 'a'),
      armTable(exam('2'), 'b'),
      goWalk(exam('2'), 'c'),
      openWalk(exam('2')),
    );
    expect(types(answers)).toEqual(['exam.ready', 'exam.commit', 'exam.ready', 'exam.commit', 'exam.reveal']);
  });

  it('builds in a process that has not computed, and keeps it for the next table', async () => {
    await prover.arm(tinyShape);
    const computing = pidOf(prover);
    await prover.build(tinyTable, seed, () => {});
    const building = pidOf(prover);
    expect(building).not.toBe(computing);
    await prover.build(tinyTable, seed, () => {});
    expect(pidOf(prover)).toBe(building);
  });

  it('starts no process to drop a table that is not there', async () => {
    const idle = new WorkerProver({ engine: null, tableEngine: 'cpu' });
    await idle.dropTable();
    expect(idle.pid).toBeUndefined();
  });

  it('takes a new process after its card was lost', async () => {
    const losing = new WorkerProver({
      engine: 'onnx-cpu',
      tableEngine: 'webgpu',
      process: workerFile(import.meta.url, '../testing/losing-card-process'),
    });
    const first = await losing.arm(tinyShape);
    await expect(losing.build(tinyTable, seed, () => {})).rejects.toMatchObject({
      code: 'engine.device-lost',
      message: 'The driver was reset.',
    });
    expect(losing.pid).toBeUndefined();
    expect(await losing.arm(tinyShape)).not.toBe(first);
    await losing.close();
  });
});
