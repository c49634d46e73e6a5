import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  honestStory,
  lease,
  receiptOf,
  verifierSigner,
} from '../../scoring/receipt/testing/lease-receipt.js';
import { runProgram } from '../program.js';

const honest = receiptOf(honestStory());
const token = `wt_${'7'.repeat(64)}`;
let receipt = honest;
const server = createServer((request, reply) => {
  const [, path] = (request.url ?? '').split(`/v1/leases/${lease}/`);
  const known = request.headers.authorization === `Bearer ${token}`;
  const bodies: Record<string, unknown> = { transcript: { lease, state: 'ended', cards: [] }, receipt };
  reply.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
  reply.end(JSON.stringify(known ? bodies[path ?? ''] : { code: 'access.denied' }));
});

let directory: string;
let out = '';
let err = '';
let verifier: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'witness-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  verifier = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receipt = honest;
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text;
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

const witness = (...args: string[]) =>
  runProgram(['witness', '--verifier', verifier, '--lease', lease, ...args]);

describe('touchstone witness', () => {
  it('prints the verdict of a lease that has ended, keeps its receipt and its own key, and exits 0', async () => {
    await writeFile(join(directory, 'token'), `${token}\n`);
    const file = join(directory, 'receipt.json');
    const home = join(directory, 'home');
    const args = ['--token', join(directory, 'token'), '--receipt', file, '--home', home];
    expect(await witness(...args, '--key', verifierSigner.key)).toBe(0);
    expect(out).toContain('verdict  whole');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(honest);
    const { device } = JSON.parse(await readFile(join(home, 'key.json'), 'utf8')) as { device: string };
    expect(err).toContain(`Witness ${device}`);
  });

  it('exits 1 where the receipt is not right, and names the check', async () => {
    vi.stubEnv('TOUCHSTONE_WITNESS_TOKEN', token);
    receipt = { ...honest, reference: 'order 8' };
    expect(await witness()).toBe(1);
    expect(out).toMatch(/^WRONG {2}signature/m);
  });

  it('exits 1 where the verifier does not know the token, and where there is none', async () => {
    vi.stubEnv('TOUCHSTONE_WITNESS_TOKEN', `wt_${'8'.repeat(64)}`);
    expect(await witness()).toBe(1);
    expect(err).toContain('access.denied');
    vi.stubEnv('TOUCHSTONE_WITNESS_TOKEN', '');
    expect(await witness()).toBe(1);
    expect(err).toContain('witness.token-unreadable');
    expect(await witness('--token', join(directory, 'none'))).toBe(1);
  });
});
