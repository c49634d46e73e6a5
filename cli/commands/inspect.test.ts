import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sources } from '../../agent/hardware/sources.js';
import { fromHex } from '../../protocol/bytes.js';
import { componentHash } from '../../protocol/fingerprint.js';
import { buildProgram, runProgram } from '../program.js';
import { type Inspection, inspectionKey } from './inspect-report.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inspect-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(directory, { recursive: true });
});

async function run(...args: string[]) {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  const exitCode = await runProgram(['inspect', ...args]);
  return { ...written, exitCode };
}

const inspected = async (...args: string[]): Promise<Inspection> =>
  JSON.parse((await run(...args, '--json')).out) as Inspection;

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}

const uuid = 'GPU-d37e67a5-91dd-3774-a5cb-99096249601a';
const serial = '1325020012345';
const machineId = '8c41d7e8b05a369f2c41d7e8b05a3612';
const raw = [uuid, serial, machineId, 'd37e67a5'];

const xml = `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
  <driver_version>570.86.15</driver_version>
  <cuda_version>12.8</cuda_version>
  <gpu id="00000000:3B:00.0">
    <product_name>Tesla T4</product_name>
    <product_architecture>Turing</product_architecture>
    <serial>${serial}</serial>
    <uuid>${uuid}</uuid>
    <vbios_version>90.04.38.00.03</vbios_version>
    <gpu_virtualization_mode><virtualization_mode>None</virtualization_mode></gpu_virtualization_mode>
    <pci><pci_device_id>1EB810DE</pci_device_id><pci_bus_id>00000000:3B:00.0</pci_bus_id><pci_sub_system_id>12A210DE</pci_sub_system_id></pci>
    <fb_memory_usage><total>15360 MiB</total></fb_memory_usage>
    <ecc_mode><current_ecc>Enabled</current_ecc></ecc_mode>
    <gpu_power_readings><default_power_limit>70.00 W</default_power_limit><current_power_limit>70.00 W</current_power_limit></gpu_power_readings>
  </gpu>
</nvidia_smi_log>`;
const captures = {
  'nvidia-smi.xml': xml,
  'proc-nvidia.txt': `Model: \t\t Tesla T4\nIRQ:   \t\t 55\nGPU UUID: \t ${uuid}\nVideo BIOS: \t 90.04.38.00.03\nBus Location: \t 0000:3b:00.0\n`,
  'lspci.txt':
    'Slot:\t0000:3b:00.0\nClass:\t3D controller [0302]\nVendor:\tNVIDIA Corporation [10de]\nDevice:\tTU104GL [Tesla T4] [1eb8]\nSVendor:\tNVIDIA Corporation [10de]\nSDevice:\tDevice [12a2]\n',
  'machine-id.txt': `${machineId}\n`,
  'unread.txt': 'dmi: permission denied\n',
};

const hashed = (kind: 'gpu-uuid' | 'gpu-serial' | 'machine-id', value: string) =>
  componentHash(inspectionKey.bytes, kind, value);

describe('touchstone inspect --json', () => {
  it('prints cards, fingerprint, findings and hosts of a folder, always in the same form', async () => {
    await put(captures);
    const { findings, ...document } = await inspected(directory);
    const pci = { vendor: '10de', device: '1eb8', subVendor: '10de', subDevice: '12a2' };
    expect(document).toEqual({
      cards: [
        {
          host: '.',
          card: 0,
          source: 'nvidia-smi',
          claim: null,
          name: 'Tesla T4',
          architecture: 'Turing',
          bus: '0000:3b:00.0',
          pci,
          busPci: pci,
          procName: 'Tesla T4',
          memoryMiB: 15360,
          ecc: true,
          mig: null,
          migSlices: [],
          virtualization: 'none',
          vbios: '90.04.38.00.03',
          partNumber: null,
          driver: '570.86.15',
          power: { defaultW: 70, minW: null, maxW: null, enforcedW: 70 },
          sms: null,
          maxGraphicsMHz: null,
          maxMemoryMHz: null,
          uuidForm: 'gpu',
          serialForm: 'plain',
          multiGpuBoard: null,
        },
      ],
      fingerprint: {
        key: 'inspection',
        components: [
          { host: '.', kind: 'gpu-uuid', card: 0, hash: hashed('gpu-uuid', uuid) },
          { host: '.', kind: 'gpu-serial', card: 0, hash: hashed('gpu-serial', serial) },
          { host: '.', kind: 'machine-id', card: null, hash: hashed('machine-id', machineId) },
        ],
      },
      hosts: [
        {
          host: '.',
          files: ['lspci.txt', 'machine-id.txt', 'nvidia-smi.xml', 'proc-nvidia.txt'],
          os: null,
          kernel: null,
          wsl: false,
          hypervisor: null,
          container: null,
          system: null,
          cpu: null,
          memoryMiB: null,
          disks: [],
          kernelDriver: null,
          nvml: null,
          cuda: '12.8',
          mountsOverDriver: [],
          preloads: [],
          slicing: [],
          unread: ['dmi: permission denied'],
        },
      ],
    });
    for (const finding of findings)
      expect(Object.keys(finding).sort()).toEqual(['card', 'code', 'evidence', 'fix', 'host', 'severity']);
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });

  it('prints the same bytes for the same captures, wherever they lie and however old they are', async () => {
    await put(captures);
    const first = await run(directory, '--json');
    await rm(directory, { recursive: true });
    directory = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await put(Object.fromEntries(Object.entries(captures).reverse()));
    expect(await run(directory, '--json')).toEqual(first);
  });

  it('finds the same card in the reports of several machines by its hash, and what is odd', async () => {
    const split = xml.replace('<serial>', '<mig_mode><current_mig>Enabled</current_mig></mig_mode><serial>');
    await put({ 'a.xml': xml, 'b.xml': split.replaceAll(serial, '0') });
    const { cards, fingerprint, findings, hosts } = await inspected(directory);
    expect(hosts.map(({ host }) => host)).toEqual(['a.xml', 'b.xml']);
    expect(cards.map(({ host, card, mig }) => [host, card, mig])).toEqual([
      ['a.xml', 0, null],
      ['b.xml', 0, true],
    ]);
    const same = fingerprint.components.filter(({ hash }) => hash === hashed('gpu-uuid', uuid));
    // A GPU that is split is claimed by nobody whole, and is the same one for who looks.
    expect(same.map(({ host, kind }) => [host, kind])).toEqual([
      ['a.xml', 'gpu-uuid'],
      ['b.xml', 'gpu-parent'],
    ]);
    expect(findings).toContainEqual(
      expect.objectContaining({ host: 'b.xml', card: 0, code: 'hardware.serial-zero' }),
    );
    const { out, exitCode } = await run(directory);
    expect(exitCode).toBe(0);
    expect(out).toContain('a.xml card 0, b.xml card 0');
  });

  it("hashes ids as a network's devices do, by the key of its verifier", async () => {
    const key = '5e'.repeat(32);
    let reply: Record<string, string> = { fingerprintKey: key };
    const server = createServer((_, answer) => answer.end(JSON.stringify(reply)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await put(captures);
    const { fingerprint } = await inspected(directory, '--network', origin);
    expect(fingerprint.key).toBe(origin);
    expect(fingerprint.components[0]?.hash).toBe(componentHash(fromHex(key), 'gpu-uuid', uuid));
    reply = {};
    expect(await run(directory, '--network', origin)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('agent.reply-invalid'),
    });
    server.close();
  });
});

describe('touchstone inspect', () => {
  it('prints what a person wants to know, and no raw id anywhere', async () => {
    await put(captures);
    const { out, exitCode, err } = await run(directory);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^ {2}0 +Tesla T4 +15360 MiB +0000:3b:00\.0 +10de:1eb8 10de:12a2 +570\.86\.15 +ECC on, 70 W, from nvidia-smi$/m,
    );
    expect(out).toMatch(/^ {2}unread +dmi: permission denied$/m);
    expect(out).toContain(`card 0  gpu-serial  ${hashed('gpu-serial', serial)}`);
    expect(out).toContain('a key that everybody knows');
    for (const value of raw)
      expect((out + (await run(directory, '--json')).out).toLowerCase()).not.toContain(value.toLowerCase());
  });

  it("lets nothing in a stranger's file act on the terminal", async () => {
    await put({
      'nvidia-smi.xml': xml.replace('Tesla T4', 'Tesla \u001b[2J&#27;[2J\u202eT4'),
      'unread.txt': '\u001b]0;x\u0007\n',
    });
    const { out } = await run(directory);
    expect(out).toContain('Tesla');
    for (const odd of ['\u001b', '\u0007', '\u202e']) expect(out).not.toContain(odd);
  });

  it('reads this machine, and what is kept of it for an investigator reads the same', async () => {
    const kept = join(directory, 'kept');
    const { out, err, exitCode } = await run('--capture', kept, '--json');
    expect(exitCode).toBe(0);
    expect(err).toContain('raw ids');
    expect((await stat(kept)).mode & 0o777).toBe(0o700);
    expect((await readdir(kept)).length).toBeGreaterThan(0);
    expect((await run(kept, '--json')).out).toBe(out);
    const { hosts } = await inspected();
    expect(hosts[0]?.cpu).toEqual((JSON.parse(out) as Inspection).hosts[0]?.cpu);
  });

  it('fails by its codes where there is nothing to read', async () => {
    expect(await run(join(directory, 'none'))).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('inspect.unreadable'),
    });
    await put({ 'notes.txt': 'Hello.' });
    expect(await run(directory, '--json')).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('inspect.nothing'),
    });
    expect(await run(directory, '--capture', directory)).toMatchObject({ exitCode: 2 });
  });

  it('names in its help commands whose captures it knows', () => {
    const command = buildProgram().commands.find((one) => one.name() === 'inspect');
    let help = '';
    command
      ?.configureOutput({
        writeOut: (text) => {
          help += text;
        },
      })
      .outputHelp();
    const lines = [...help.matchAll(/^ {2}(.+?) +> (\S+)$/gm)];
    expect(lines.length).toBeGreaterThan(4);
    for (const [, typed, file] of lines) {
      const source = sources.find(({ name, extension }) => `${name}.${extension}` === file);
      const known = source?.origins.map((origin) =>
        'command' in origin ? origin.command.join(' ') : Object.values(origin).join(''),
      );
      expect(
        known?.some((text) => typed === text || typed?.endsWith(` ${text}`)),
        file,
      ).toBe(true);
    }
  });
});
