import { expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { meminfo } from './meminfo.js';

it('memory is counted in MiB, and none is not known', () => {
  expect(read('bare-metal', meminfo)).toEqual({ host: { memoryMiB: 773864 } });
  expect(meminfo.parse('MemTotal: 0 kB\n')).toEqual({ host: { memoryMiB: null } });
});
