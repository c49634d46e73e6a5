import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadOrMakeIdentity } from '../../agent/key-file.js';
import { systemClock } from '../../protocol/clock.js';
import { enrolled } from '../../scoring/testing/facts.js';
import { Callers } from '../../verifier/access/callers.js';
import { installAccess } from '../../verifier/access/guard.js';
import { Devices } from '../../verifier/devices/devices.js';
import { Serial } from '../../verifier/devices/serial.js';
import { installProblems } from '../../verifier/edge/problem.js';
import { Nonces } from '../../verifier/identity/nonces.js';
import { Sessions } from '../../verifier/identity/sessions.js';
import { Maintenance } from '../../verifier/maintenance/maintenance.js';
import { maintenanceRoutes } from '../../verifier/routes/maintenance.js';
import { nonceRoutes } from '../../verifier/routes/nonces.js';
import { sessionRoutes } from '../../verifier/routes/sessions.js';
import type { Services } from '../../verifier/services.js';
import { MemoryState } from '../../verifier/state/memory.js';
import { registerMaintenance } from './maintenance.js';

const random = (length: number) => new Uint8Array(randomBytes(length));
let home: string;
let app: FastifyInstance;
let url: string;
let recorded: number;

/** The parts of a verifier that the command speaks to, over a device that has enrolled. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'touchstone-maintenance-'));
  const { device } = await loadOrMakeIdentity(home);
  const devices = new Devices([], {
    outcomes: async () => [],
    exams: async () => [],
    network: async () => null,
  });
  await devices.apply([enrolled(device, 0)]);
  const state = new MemoryState(systemClock);
  const sessions = new Sessions(state, random, systemClock);
  const none = async () => Promise.reject(new Error('not asked'));
  recorded = 0;
  const maintenance = new Maintenance({
    clock: systemClock,
    random,
    devices,
    recorder: {
      record: async (facts) => {
        recorded += facts.length;
      },
    },
    serial: new Serial(),
    leaseOf: () => null,
    windows: [],
    rules: { aheadMs: 35 * 60_000, mostMs: 12 * 3600_000 },
  });
  app = Fastify();
  installProblems(app);
  installAccess(
    app,
    new Callers({ sessions, wallets: { walletOf: none }, keys: { holderOf: none }, isWitness: none }),
  );
  const services = {
    nonces: new Nonces(state, random, systemClock),
    sessions,
    devices,
    agents: { assertTaken: () => {} },
    ownHosts: () => new Set([new URL(url).host]),
  } as unknown as Services;
  nonceRoutes(app, services);
  sessionRoutes(app, services);
  maintenanceRoutes(app, { maintenance, devices });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await app.close();
  await rm(home, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<string> {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const program = new Command('touchstone').exitOverride();
  registerMaintenance(program);
  const where = ['--verifier', url, '--home', home];
  await program
    .parseAsync(['maintenance', ...args, ...where], { from: 'user' })
    .finally(() => vi.restoreAllMocks());
  return out;
}

describe('touchstone maintenance', () => {
  it('declares a window with the device’s key, shows it, and takes it back', async () => {
    const declared = await run('declare', '--in', '2h', '--for', '90m', '--reason', 'new fans');
    const [id = '', from = '', to = ''] = declared.split('  ');
    expect(id).toMatch(/^fa_/);
    expect(Date.parse(to) - Date.parse(from)).toBe(90 * 60_000);
    expect(await run('list')).toBe(declared);
    expect(await run('end', id)).toBe(`${id} is taken back\n`);
    expect(await run('list')).toBe('');
    expect(recorded).toBe(2);
  });

  it('says why the verifier refuses, and changes nothing', async () => {
    await expect(run('declare', '--in', '30m', '--for', '90m')).rejects.toMatchObject({
      code: 'maintenance.too-soon',
    });
    await expect(run('declare', '--from', '2020-01-01T00:00Z', '--for', '90m')).rejects.toMatchObject({
      code: 'maintenance.too-soon',
    });
    await expect(run('end', `fa_${'0'.repeat(32)}`)).rejects.toMatchObject({ code: 'maintenance.unknown' });
    expect(recorded).toBe(0);
  });

  it('does not guess what a time may mean', async () => {
    for (const args of [
      ['declare', '--for', '2 hours'],
      ['declare', '--for', '2h', '--from', 'tomorrow'],
      ['declare'],
    ])
      await expect(run(...args)).rejects.toMatchObject({ exitCode: 1 });
  });

  it('needs a key', async () => {
    await rm(home, { recursive: true });
    await expect(run('list')).rejects.toMatchObject({ code: 'device.unknown' });
  });
});
