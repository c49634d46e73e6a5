import { expect, test } from 'vitest';
import { procNvidiaVersion } from './proc-nvidia-version.js';

test.each([
  [
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\nGCC version:  gcc version 11.4.0',
    '535.129.03',
  ],
  [
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  565.57.01  Release Build  (builder@host)  Thu Oct 10 12:05:50 UTC 2024',
    '565.57.01',
  ],
  ['NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  580.95.05  Release Build', '580.95.05'],
  ['NVRM version: NVIDIA UNIX x86_64 Kernel Module  390.157  Wed Oct 12 09:19:07 UTC 2022', '390.157'],
  ['NVRM version: something else', null],
])('the version of the module in %j', (text, version) => {
  expect(procNvidiaVersion.parse(text)).toEqual({ host: { kernelDriver: version } });
});

test('a text without the line is none of this', () => {
  expect(procNvidiaVersion.parse('GCC version:  gcc version 11.4.0')).toBeNull();
});
