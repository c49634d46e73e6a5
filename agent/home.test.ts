import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeDirectory } from './home.js';

describe("the agent's home", () => {
  it('is what the command line says, else TOUCHSTONE_HOME, else a directory of the user', () => {
    const env = { TOUCHSTONE_HOME: '/from/env' };
    expect(homeDirectory('/from/option', env)).toBe(resolve('/from/option'));
    expect(homeDirectory(undefined, env)).toBe(resolve('/from/env'));
    expect(homeDirectory(undefined, {})).toBe(join(homedir(), '.touchstone'));
  });

  it('is the default where the variable is set to nothing', () => {
    expect(homeDirectory(undefined, { TOUCHSTONE_HOME: '' })).toBe(join(homedir(), '.touchstone'));
  });
});
