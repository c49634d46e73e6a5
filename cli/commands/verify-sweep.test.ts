import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PreimageChain } from '../../challenges/sweep/chain.js';
import { eligibleHash } from '../../challenges/sweep/draw.js';
import { toHex } from '../../protocol/bytes.js';
import type { SweepDocument } from '../../protocol/messages/sweep.js';
import { registerVerifySweep } from './verify-sweep.js';

const chain = new PreimageChain(new Uint8Array(32).fill(3), 9);
/** A sweep that nobody answered: all there is to check is its chain and its draw. */
const document = (sweep = '1', changes: Partial<SweepDocument> = {}): SweepDocument => ({
  version: 'touchstone/v1/sweep',
  sweep: `sw_${sweep.repeat(32)}`,
  sweepKind: 'random',
  chain: 'ab'.repeat(32),
  index: 4,
  preimage: toHex(chain.preimage(4)),
  beacons: { arm: null, compute: null, memory: null },
  startedAt: 2,
  computeAt: null,
  memoryAt: null,
  spread: { compute: null, memory: null },
  clocks: [],
  eligible: { count: 0, hash: eligibleHash([]), devices: [] },
  drawn: 0,
  head: toHex(chain.head),
  length: 9,
  headAt: 1,
  members: [],
  proven: 0,
  ...changes,
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sweep-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(directory, { recursive: true });
});

async function verify(...args: string[]) {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  process.exitCode = undefined;
  const program = new Command().exitOverride();
  registerVerifySweep(program);
  await program.parseAsync(['verify-sweep', ...args], { from: 'user' });
  return { out, exitCode: process.exitCode ?? 0 };
}

let files = 0;
async function fileOf(content: unknown): Promise<string> {
  const file = join(directory, `${files++}.json`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('touchstone verify-sweep', () => {
  it('says that all follows, and exits 0', async () => {
    const { out, exitCode } = await verify(await fileOf(document()), '--head', toHex(chain.head));
    expect(exitCode).toBe(0);
    expect(out).toContain('all follows');
  });

  it('names what does not, and exits 1', async () => {
    const { out, exitCode } = await verify(await fileOf(document('1', { index: 5 })));
    expect(exitCode).toBe(1);
    expect(out).toContain('sweep.chain-broken');
    expect((await verify(await fileOf('no sweep'))).out).toContain('sweep.not-a-sweep');
    const other = await verify(await fileOf(document()), '--head', '00'.repeat(32));
    expect(other.out).toContain('sweep.other-head');
  });

  it('finds one preimage in two sweeps', async () => {
    const both = [await fileOf(document('1')), await fileOf(document('2'))];
    const { out, exitCode } = await verify(...both, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, reuse: [{ code: 'sweep.preimage-used-twice' }] });
  });

  it('takes one from a verifier, and refuses where there is none', async () => {
    const server = createServer((request, reply) => {
      if (request.url !== '/v1/sweeps/one') reply.statusCode = 404;
      reply.end(JSON.stringify(document()));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/sweeps`;
    try {
      expect((await verify(`${url}/one`)).exitCode).toBe(0);
      await expect(verify(`${url}/other`)).rejects.toMatchObject({ code: 'sweep.unreadable' });
    } finally {
      server.close();
    }
    await expect(verify(join(directory, 'nothing'))).rejects.toMatchObject({ code: 'sweep.unreadable' });
  });
});
