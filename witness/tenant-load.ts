import { execFile } from 'node:child_process';
import { readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** How busy a tenant keeps the GPUs of its container. */
export interface TenantLoad {
  /** No process of the container has a GPU open: whatever runs on the cards is not the tenant's. */
  readonly idle: boolean;
  /** What the driver says of each GPU that the container sees, 0 to 1, whoever it works for; null where it does not know. */
  readonly gpus: readonly (number | null)[];
}

/** Where it lies when it is not on the path: WSL2 mounts the host's. */
const programs = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'];

/** The load now; of no GPU where there is no NVIDIA driver, or it says nothing within 20 s. */
export async function tenantLoad(processes = '/proc'): Promise<TenantLoad> {
  // First, or the driver's own tool would be seen with a GPU open.
  const open = await gpuIsOpen(processes);
  const gpus = await utilization();
  return { idle: open === false && gpus.length > 0, gpus };
}

/**
 * The load of one card. The driver counts foreign work too, so its figure says at most how busy the tenant is: that is why
 * nothing is ever acquitted by a card that is busy.
 *
 * @param at place of the card among the `cards` of the lease
 * @returns null where the container's GPUs can't be told to be the lease's cards
 */
export function loadOfCard({ idle, gpus }: TenantLoad, at: number, cards: number): number | null {
  if (idle) return 0;
  return gpus.length === cards ? (gpus[at] ?? null) : null;
}

async function utilization(): Promise<(number | null)[]> {
  const args = ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits'];
  for (const program of programs) {
    try {
      const { stdout } = await promisify(execFile)(program, args, { timeout: 20_000, windowsHide: true });
      return parseUtilization(stdout);
    } catch {
      // The next one.
    }
  }
  return [];
}

/**
 * Loads in what `nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits` prints: one line for each GPU, per
 * cent, or a text in brackets where the driver does not know. Any other line is a message of the tool.
 */
export function parseUtilization(text: string): (number | null)[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const value = line.trim();
    if (/^\[.*\]$/.test(value)) return [null];
    return /^\d{1,3}$/.test(value) ? [Math.min(Number(value), 100) / 100] : [];
  });
}

/**
 * Whether a process that can be seen from here has a GPU open.
 * @param processes such as `/proc`: a container sees its own processes there, and no others
 * @returns null where that can't be told: not all processes may be looked into
 */
export async function gpuIsOpen(processes: string): Promise<boolean | null> {
  const names = await readdir(processes).catch(() => null);
  if (names === null) return null;
  const found = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((pid) => hasGpuOpen(`${processes}/${pid}/fd`)),
  );
  if (found.includes(true)) return true;
  return found.includes(null) ? null : false;
}

async function hasGpuOpen(handles: string): Promise<boolean | null> {
  try {
    for (const handle of await readdir(handles)) {
      const target = await readlink(`${handles}/${handle}`).catch(() => '');
      if (/^\/dev\/(nvidia\d+|dxg)$/.test(target)) return true;
    }
    return false;
  } catch (error) {
    // A process that has ended meanwhile has nothing open.
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ESRCH' ? false : null;
  }
}
