import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The directory that holds the key of this device.
 *
 * @param option what the command line says, if anything; wins over `TOUCHSTONE_HOME`, which wins over `~/.touchstone`
 * @returns an absolute path; the directory need not exist
 */
export function homeDirectory(option?: string, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(option || env.TOUCHSTONE_HOME || join(homedir(), '.touchstone'));
}
