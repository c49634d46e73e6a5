import fc from 'fast-check';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { ComponentKind, ReportedHost } from '../../../protocol/messages/hardware.js';
import type { SourceFacts } from '../source.js';
import { captures, hostSources } from '../testing/host-sources.js';

const fits = Compile(Type.Partial(ReportedHost, { additionalProperties: false }));
const isKind = Compile(ComponentKind);

/** What an assembled report relies on. */
function check(facts: SourceFacts | null): void {
  if (facts === null) return;
  expect([...fits.Errors(facts.host ?? {})]).toEqual([]);
  for (const { kind, value } of facts.ids ?? []) {
    expect(isKind.Check(kind)).toBe(true);
    expect(value.trim().length).toBeGreaterThan(3);
  }
  expect(facts.ids?.length ?? 0).toBeLessThanOrEqual(128);
}

describe('sources of the host', () => {
  it.each(captures)('know $machine/$file by its form as by its name', ({ file, text }) => {
    const named = hostSources.filter(({ name, extension }) => `${name}.${extension}` === file);
    expect(hostSources.filter((source) => source.isOf(text))).toEqual(named);
    expect(named[0]?.parse(text)).not.toBeNull();
  });

  it.each(captures)('say of $machine/$file only what fits the messages', ({ text }) => {
    for (const source of hostSources) check(source.parse(text));
  });

  it('have names of their own', () => {
    expect(new Set(hostSources.map(({ name }) => name)).size).toBe(hostSources.length);
  });

  it('never put a value that identifies, or a name of a person or a machine, into what is sent as it is', () => {
    for (const { text } of captures) {
      const facts = hostSources.map((source) => source.parse(text));
      const sent = JSON.stringify(facts.map((one) => one?.host ?? {})).toLowerCase();
      for (const { value } of facts.flatMap((one) => one?.ids ?? []))
        expect(sent).not.toContain(value.toLowerCase());
      expect(sent).not.toMatch(/alice|farm-?-07|buildd|i-0a1b2c3d|6f0c1d2e3b4a/);
    }
  });

  it('never throw, and never say what does not fit, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const source of hostSources) {
          source.isOf(text);
          check(source.parse(text));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never throw, and never say what does not fit, of a capture that is cut, torn or mixed', () => {
    const text = fc.constantFrom(...captures.map((capture) => capture.text));
    const at = fc.double({ min: 0, max: 1, noNaN: true });
    const junk = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('\0', '\ud800', '"', '[', '}', 'null', '-1', '1e999', '9'.repeat(400), 'x'.repeat(300)),
      fc.constantFrom(
        '\n==> /sys/class/dmi/id/product_name <==\n',
        '\nprocessor : 1\n',
        ': ',
        '\\377',
        '/\n',
      ),
    );
    const edits = fc.array(fc.tuple(at, at, junk), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(text, edits, (whole, all) => {
        let torn = whole;
        for (const [from, length, piece] of all) {
          const start = Math.floor(from * torn.length);
          torn = torn.slice(0, start) + piece + torn.slice(start + Math.floor(length ** 4 * torn.length));
        }
        for (const source of hostSources) {
          source.isOf(torn);
          check(source.parse(torn));
        }
      }),
      { numRuns: 600 },
    );
  });

  it('never throw, and never say what does not fit, of tables with values of any type', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const disk = fc.record({ name: value, type: fc.constant('disk'), size: value, model: value, wwn: value });
    const anyDisk = fc.record({
      name: fc.constant('sda'),
      type: fc.constant('disk'),
      size: value,
      serial: value,
    });
    const link = fc.record({
      ifindex: value,
      ifname: value,
      link_type: fc.constant('ether'),
      address: value,
    });
    const answer = fc.dictionary(
      fc.constantFrom(
        'ComputerSystem',
        'BaseBoard',
        'Processor',
        'DiskDrive',
        'NetworkAdapter',
        'MachineGuid',
      ),
      fc.oneof(
        value,
        fc.array(fc.dictionary(fc.constantFrom('Model', 'Size', 'Name', 'NumberOfCores'), value)),
      ),
    );
    const table = fc.oneof(
      fc.array(fc.oneof(disk, anyDisk)).map((blockdevices) => ({ blockdevices })),
      fc.array(link),
      answer.map((one) => ({ ...one, ComputerSystemProduct: [{ UUID: 1 }] })),
    );
    fc.assert(
      fc.property(table, (one) => {
        for (const source of hostSources) check(source.parse(JSON.stringify(one)));
      }),
      { numRuns: 400 },
    );
  });

  it('read a text of many megabytes without waiting', () => {
    const lines = ['1 ', 'a:', '/', '==> ', '0', ' \t', '- ', '1:a:', '=', '{"blockdevices":[', '"', '\n'];
    for (const line of lines) for (const source of hostSources) check(source.parse(line.repeat(200_000)));
  });

  it('read a capture with an endless line without waiting', () => {
    const long = [' ', 'x', 'libnvidia-ml.so', '/a:', '0'].map((part) => part.repeat(400_000 / part.length));
    for (const { text } of captures)
      for (const line of long) {
        const torn = `${text.trimEnd()}${line} x\n ${line} x: y`;
        for (const source of hostSources) {
          source.isOf(torn);
          check(source.parse(torn));
        }
      }
  });

  it('say nothing of a text that is none of theirs', () => {
    for (const source of hostSources) {
      expect(source.parse('')).toBeNull();
      expect(source.parse('Hello.\n')).toBeNull();
    }
  });
});
