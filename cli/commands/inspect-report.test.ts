import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCaptures } from '../../agent/hardware/captures.js';
import { type Capture, reportOf } from '../../agent/hardware/read-machine.js';
import { sources } from '../../agent/hardware/sources.js';
import { Finding, ReportedCard, ReportedHost } from '../../protocol/messages/hardware.js';
import { loadKnownHardware } from '../../scoring/hardware/read-known.js';
import { inspectionLines } from './inspect-lines.js';
import { type Inspection, inspect, inspectionKey } from './inspect-report.js';

const known = loadKnownHardware();
const [card, host, finding] = [Compile(ReportedCard), Compile(ReportedHost), Compile(Finding)];

const inspected = (captures: readonly Capture[]): Inspection =>
  inspect([{ name: '.', files: [], captures, unread: [] }], inspectionKey, known);

/** Captures of all kinds, as the tests of the sources have them. */
let samples: Capture[] = [];
beforeAll(async () => {
  for (const folder of ['gpu-captures', 'host-captures']) {
    const path = fileURLToPath(new URL(`../../agent/hardware/testing/${folder}`, import.meta.url));
    samples.push(...(await readCaptures(path)).flatMap(({ captures }) => captures));
  }
  samples = samples.filter(({ text }) => text.length < 50_000);
});

describe('an inspection', () => {
  it('holds no raw id of any report that is known here', () => {
    expect(samples.length).toBeGreaterThan(20);
    let ids = 0;
    for (const sample of samples) {
      const inspection = inspected([sample]);
      const shown = (JSON.stringify(inspection) + inspectionLines(inspection).join('\n')).toLowerCase();
      for (const { value } of reportOf({ captures: [sample], unread: [] }).ids) {
        expect(shown, sample.source.name).not.toContain(value.toLowerCase());
        ids += 1;
      }
    }
    expect(ids).toBeGreaterThan(20);
  });

  it('comes out of whatever captures say, whole and in its form', () => {
    const mutated = fc
      .tuple(
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(200), fc.string({ unit: 'binary', maxLength: 20 })), {
          maxLength: 5,
        }),
      )
      .map(([which, cuts]): Capture => {
        const { source, text } = samples[which % samples.length] as Capture;
        const changed = cuts.reduce((all, [at, drop, put]) => {
          const from = at % (all.length + 1);
          return all.slice(0, from) + put + all.slice(from + drop);
        }, text);
        return { source, text: changed };
      });
    const odd = fc.record({ source: fc.constantFrom(...sources), text: fc.string({ unit: 'binary' }) });
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: mutated }, odd), { maxLength: 6 }),
        (captures) => {
          const inspection = inspected(captures);
          for (const { host: _, card: __, ...one } of inspection.cards) expect(card.Check(one)).toBe(true);
          for (const { host: _, files: __, unread: ___, ...one } of inspection.hosts)
            expect([...host.Errors(one)]).toEqual([]);
          for (const { host: _, ...one } of inspection.findings) expect([...finding.Errors(one)]).toEqual([]);
          expect(inspectionLines(inspection).join('')).not.toMatch(/\p{Cc}/u);
          expect(inspected(captures)).toEqual(inspection);
        },
      ),
      { numRuns: 300 },
    );
  });
});
