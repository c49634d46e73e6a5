import type { Source } from '../source.js';
import { pathsOf, preloadsOf } from './preloads.js';

/** Libraries that the linker loads into the programs of this session, the agent's own tools among them. */
export const preloadVariable: Source = {
  name: 'preload-variable',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ variables: ['LD_PRELOAD'] }],
  isOf: (text) => variable.test(text),
  parse: (text) => {
    const paths = variable.exec(text)?.[1];
    return paths === undefined ? null : { host: preloadsOf(pathsOf(paths)) };
  },
};

const variable = /^LD_PRELOAD=(.*)$/m;
