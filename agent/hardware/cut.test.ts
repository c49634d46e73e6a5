import fc from 'fast-check';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { HardwareReport, PciIds, ReportedHost } from '../../protocol/messages/hardware.js';
import { FreeText } from '../../protocol/text.js';
import { cutTo, fieldsThatFit } from './cut.js';

const Text = FreeText(limits.textLength);

describe('a value cut to a schema', () => {
  it('is a text without what would act on a terminal, and no longer than it may be', () => {
    expect(cutTo(Text, ' a\u0000\u001b[2Jb\nc\u2028 ')).toBe('a [2Jb c');
    expect(cutTo(Text, 'x'.repeat(129))).toBe('x'.repeat(128));
    expect(cutTo(Text, `${'x'.repeat(127)}\u{1f680}`)).toBe('x'.repeat(127));
    expect(cutTo(Text, 'a\ud800b')).toBe('a b');
    expect(cutTo(Text, ' \u0007 ')).toBeUndefined();
    expect(cutTo(Text, 7)).toBeUndefined();
  });

  it('is a number within its bounds, or none', () => {
    const Count = Type.Integer({ minimum: 0, maximum: 10 });
    expect([2.6, 10.4, -0, 10.6, -1, Number.NaN, Infinity, '3'].map((value) => cutTo(Count, value))).toEqual([
      3,
      10,
      0,
      ...Array(5).fill(undefined),
    ]);
  });

  it('has what does not fit as if it were not known, and nothing that the schema does not know', () => {
    const host = cutTo(ReportedHost, {
      os: 'plan9',
      kernel: '6.1',
      wsl: 'yes',
      disks: [1, { model: 'SSD', more: 1 }],
      more: 1,
    });
    expect(host).toMatchObject({
      os: null,
      kernel: '6.1',
      wsl: false,
      disks: [{ model: 'SSD', gigabytes: null }],
    });
    expect(host).not.toHaveProperty('more');
    expect(cutTo(PciIds, { vendor: '10de' })).toBeUndefined();
    expect(cutTo(ReportedHost, null)).toBeUndefined();
  });

  it('has no more items than it may have', () => {
    expect(cutTo(HardwareReport.properties.unread, Array(100).fill('a'))).toHaveLength(64);
  });

  it('fits, if it is one, whatever was given, and is the same when it is cut again', () => {
    const valid = Compile(ReportedHost);
    const odd = fc.object({
      key: fc.constantFrom(...Object.keys(ReportedHost.properties), 'model', 'version'),
      maxDepth: 2,
    });
    const long = fc.string({ unit: 'binary', minLength: 100, maxLength: 300 });
    fc.assert(
      fc.property(odd, long, (value, kernel) => {
        const host = cutTo(ReportedHost, { ...value, kernel });
        expect([...valid.Errors(host)]).toEqual([]);
        expect(cutTo(ReportedHost, host)).toEqual(host);
      }),
    );
  });
});

describe('the fields of an object that fit', () => {
  it('are no others than were given', () => {
    expect(fieldsThatFit(ReportedHost, { os: 'linux', kernel: null, memoryMiB: 'much', more: 1 })).toEqual({
      os: 'linux',
    });
  });
});
