import fc from 'fast-check';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { limits } from '../../../protocol/limits.js';
import { ComponentKind, ReportedCard, ReportedHost } from '../../../protocol/messages/hardware.js';
import { FreeText } from '../../../protocol/text.js';
import type { Source } from '../source.js';
import { gpuCapture, gpuCaptureNames } from '../testing/gpu-capture.js';
import { lspci } from './lspci.js';
import { nvidiaSmi } from './nvidia-smi.js';
import { migDevicesOf, nvidiaSmiList } from './nvidia-smi-list.js';
import { procNvidia } from './proc-nvidia.js';
import { procNvidiaVersion } from './proc-nvidia-version.js';
import { rocmSmi } from './rocm-smi.js';
import { systemProfiler } from './system-profiler.js';

const sources: readonly Source[] = [
  nvidiaSmi,
  nvidiaSmiList,
  procNvidia,
  procNvidiaVersion,
  lspci,
  rocmSmi,
  systemProfiler,
];

const strict = { additionalProperties: false };
const { source, claim, ...fields } = ReportedCard.properties;
const RawId = Type.Object({ kind: ComponentKind, value: FreeText(limits.textLength) }, strict);
const ids = Type.Array(RawId);
const facts = Compile(
  Type.Object(
    {
      cards: Type.Optional(
        Type.Array(Type.Object({ ...Type.Partial(Type.Object(fields)).properties, ids }, strict), {
          maxItems: limits.cards,
        }),
      ),
      host: Type.Optional(Type.Partial(ReportedHost, strict)),
      ids: Type.Optional(ids),
    },
    strict,
  ),
);

/** Every source reads every text: none may throw, and what comes out fits the messages. */
function readAll(text: string): void {
  for (const one of sources) {
    const read = one.isOf(text) || one.parse(text) !== null ? one.parse(text) : null;
    if (read !== null && !facts.Check(read)) {
      expect.fail(`${one.name}: ${JSON.stringify([facts.Errors(read)[0], text.slice(0, 500)])}`);
    }
  }
  migDevicesOf(text);
}

const captures = gpuCaptureNames().map(gpuCapture);

test('each capture is one source’s only, which reads it', () => {
  for (const text of captures) {
    const own = sources.filter((one) => one.isOf(text));
    expect(own).toHaveLength(1);
    const read = own[0]?.parse(text);
    expect(facts.Check(read), JSON.stringify(facts.Errors(read))).toBe(true);
  }
});

test('a source that could show a wrong card would be found here', () => {
  expect(facts.Check({ cards: [{ name: '', ids: [] }] })).toBe(false);
  expect(facts.Check({ cards: [{ memoryMiB: -1, ids: [] }] })).toBe(false);
  expect(facts.Check({ cards: [{ colour: 'red', ids: [] }] })).toBe(false);
  expect(facts.Check({ cards: [{ name: 'a\u0007', ids: [] }] })).toBe(false);
});

test('no text of any kind makes a source throw', () => {
  const parts = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<nvidia_smi_log>',
        '<gpu id="',
        '</gpu>',
        '<pci>',
        '">',
        '==> ',
        ' <==\n',
        '{"card0":{',
      ),
      fc.constantFrom(
        'GPU 0: x (UUID: ',
        ')\n',
        '  MIG 1g.5gb Device 0: (UUID: ',
        'Slot:\t',
        'Class:\t',
        '[0300]\n',
      ),
      fc.constantFrom(
        '"SPDisplaysDataType":[',
        '[{',
        '}]',
        '"asic":',
        'NVRM version:',
        'Model: ',
        '\n\n',
        '&amp;',
      ),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(parts, (pieces) => readAll(pieces.join(''))),
    { numRuns: 1500 },
  );
});

/** Ways in which a capture is bent. */
const bends: readonly ((text: string, at: number, other: number, junk: string) => string)[] = [
  // Cut anywhere, from either side.
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(at),
  // Something else in between, or two places swapped.
  (text, at, other, junk) => text.slice(0, Math.min(at, other)) + junk + text.slice(Math.max(at, other)),
  (text, at, _, junk) => text.slice(0, at) + junk + text.slice(at),
  (text, at, other) => {
    const [from, to] = [Math.min(at, other), Math.max(at, other)];
    return (
      text.slice(0, from) +
      text.charAt(to) +
      text.slice(from + 1, to) +
      text.charAt(from) +
      text.slice(to + 1)
    );
  },
  // A line or a tag twice, or gone.
  (text, at) => {
    const lines = text.split('\n');
    const line = at % lines.length;
    return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
  },
  (text, at) =>
    text
      .split('\n')
      .toSpliced(at % text.split('\n').length, 1)
      .join('\n'),
  (text, at) => {
    const tag = [...text.matchAll(/<[^>]*>/g)][at % 64]?.[0];
    return tag === undefined ? text : text.replace(tag, at % 2 === 0 ? '' : tag + tag);
  },
  // All values of one kind replaced.
  (text, _at, _other, junk) => text.replace(/\d+(?:\.\d+)?/g, () => junk),
  (text) => text.replace(/\d+(?:\.\d+)?/g, '9'.repeat(400)),
  (text) => text.replace(/\d+(?:\.\d+)?/g, '-1e308'),
  (text, _at, _other, junk) => text.replace(/(?<=[>:"]\s*)[A-Za-z][^<"\n]*/g, () => junk),
  (text, at, other) => text + text.slice(Math.min(at, other), Math.max(at, other)).repeat(20),
];

test('no capture, however bent, makes a source throw or say what does not fit', () => {
  const junk = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(
      '',
      '0',
      'null',
      '[]',
      '{}',
      '\u0000',
      '\ud800',
      '\u202e',
      'x'.repeat(1000),
      '1e400',
      '<',
      '&',
    ),
    fc.bigInt().map(String),
  );
  const bend = fc.record({ how: fc.nat(bends.length - 1), at: fc.nat(6000), other: fc.nat(6000), junk });
  fc.assert(
    fc.property(
      fc.constantFrom(...captures),
      fc.array(bend, { minLength: 1, maxLength: 3 }),
      (capture, steps) => {
        const bent = steps.reduce(
          (text, { how, at, other, junk: piece }) =>
            bends[how]?.(text, at % (text.length + 1), other % (text.length + 1), piece) ?? text,
          capture,
        );
        readAll(bent.slice(0, 200_000));
      },
    ),
    { numRuns: 2000 },
  );
}, 120_000);

test('JSON of any shape makes no source throw', () => {
  const key = fc.constantFrom(
    'card0',
    'card1',
    'system',
    'asic',
    'gpu_data',
    'vram',
    'size',
    'value',
    'limit',
  );
  const keys = fc.oneof(
    key,
    fc.constantFrom('SPDisplaysDataType', 'SPHardwareDataType', 'sppci_model', '__proto__'),
  );
  const value = fc.anything({
    key: keys,
    maxDepth: 5,
    values: [fc.string(), fc.integer(), fc.double(), fc.constant(null)],
  });
  fc.assert(
    fc.property(value, (any) => readAll(JSON.stringify(any) ?? '')),
    { numRuns: 1500 },
  );
});
