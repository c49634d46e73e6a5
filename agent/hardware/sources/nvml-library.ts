import type { Source } from '../source.js';
import { textOf } from './values.js';

/** Where the linker looks first: folders of a variable, then its cache, then where WSL2 mounts Windows' own. */
const script = [
  'PATH="$PATH:/sbin:/usr/sbin"',
  'n=libnvidia-ml.so.1',
  `for f in $(echo "$LD_LIBRARY_PATH" | tr ':' '\\n' | sed "s:\\$:/$n:") $(ldconfig -p 2>/dev/null | sed -n "s:^.*$n (.*\\(x86-64\\|AArch64\\).*=> ::p") "/usr/lib/wsl/lib/$n" "/usr/lib/x86_64-linux-gnu/$n" "/usr/lib/aarch64-linux-gnu/$n" "/usr/lib64/$n"; do if [ -f "$f" ]; then sha256sum "$(readlink -f "$f")"; exit; fi; done`,
].join('; ');

/** The library that answers for the driver: which one programs load, and its bytes. */
export const nvmlLibrary: Source = {
  name: 'nvml-library',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ command: ['sh', '-c', script] }],
  isOf: (text) => line.test(text),
  parse: (text) => {
    const [, sha256, path] = line.exec(text) ?? [];
    if (sha256 === undefined || path === undefined) return null;
    return { host: { nvml: { version: textOf(/\.so\.(\d+\.\d+(?:\.\d+)*)$/.exec(path)?.[1]), sha256 } } };
  },
};

/** As sha256sum prints it. */
const line = /^([0-9a-f]{64}) [ *](\/\S{0,512}?libnvidia-ml\.so[\d.]{0,64})$/m;
