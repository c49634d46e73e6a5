import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { mergeFacts } from '../../agent/hardware/merge.js';
import { reportOf } from '../../agent/hardware/read-machine.js';
import type { RawReport } from '../../agent/hardware/report.js';
import { hardwareFindingCodes } from '../../protocol/codes/hardware.js';
import { Finding, type ReportedCard, type ReportedHost } from '../../protocol/messages/hardware.js';
import { type Case, casesOf, findingsOf } from './testing/corpus.js';

const honest = await casesOf('honest');
const liars = await casesOf('liars');
const all = [...honest, ...liars];
const codesOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ code }) => code))].sort();
const againstHost = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity !== 'note');

describe('the honest corpus', () => {
  it.each(honest)('$name is accepted, with the notes expected', ({ raw, expected }) => {
    const findings = findingsOf(raw, expected);
    expect(againstHost(findings)).toEqual([]);
    expect(codesOf(findings)).toEqual([...expected.findings].sort());
    expect(raw.cards.length).toBeGreaterThan(0);
  });

  it.each(honest)('$name is accepted with any one thing left out', (one) => {
    for (const [what, raw] of withOneThingLess(one))
      expect(againstHost(findingsOf(raw, one.expected)), `without ${what}`).toEqual([]);
  });

  it('is accepted with any things left out', () => {
    fc.assert(
      fc.property(fc.nat(honest.length - 1), fc.infiniteStream(fc.boolean()), (at, coins) => {
        const { name, raw, expected } = honest[at] as Case;
        const less = withFieldsLess(raw, () => coins.next().value === true);
        expect(againstHost(findingsOf(less, expected)), name).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the liars' corpus", () => {
  it.each(liars)('$name is found by the codes expected', ({ raw, expected }) => {
    const findings = againstHost(findingsOf(raw, expected));
    expect(expected.findings.length).toBeGreaterThan(0);
    expect(codesOf(findings)).toEqual(expect.arrayContaining([...expected.findings]));
    expect(findings.some(({ severity }) => severity === 'refusal')).toBe(expected.refused);
  });
});

describe('both', () => {
  it('have a case for every code that one report can have', () => {
    const ofFleet = ['hardware.cloned-image'];
    const shown = new Set(all.flatMap(({ raw, expected }) => codesOf(findingsOf(raw, expected))));
    expect([...shown, ...ofFleet].sort()).toEqual(Object.keys(hardwareFindingCodes).sort());
  });

  it('have evidence that is short, fits the messages and names no id', () => {
    for (const { raw, expected } of all) {
      const findings = findingsOf(raw, expected);
      const text = JSON.stringify(findings).toLowerCase();
      for (const finding of findings) expect(Value.Check(Finding, finding)).toBe(true);
      for (const { evidence } of findings) expect(JSON.stringify(evidence).length).toBeLessThan(400);
      for (const { value } of raw.ids) expect(text).not.toContain(value.toLowerCase());
    }
  });

  it('say the same of the same report, whatever is mixed into it', () => {
    const cards = all.flatMap(({ raw }) => raw.cards);
    const hosts = all.map(({ raw }) => raw.host);
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(fc.constantFrom(...cards), { maxLength: 4 }),
        fc.constantFrom(...hosts),
        ({ raw, expected }, others, host) => {
          const mixed = { ...raw, host, cards: [...raw.cards, ...others] };
          expect(findingsOf(mixed, expected)).toEqual(findingsOf(mixed, expected));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are as many as the READMEs say', () => {
    const line = `${honest.length} honest cases, none with evidence; ${liars.length} liars, each found by the code expected.`;
    expect(readFileSync(new URL('README.md', import.meta.url), 'utf8')).toContain(`\n${line}\n`);
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(line);
    expect(honest.length).toBeGreaterThanOrEqual(30);
    expect(liars.length).toBeGreaterThanOrEqual(30);
  });
});

/** A host of whom nothing is known. */
const unknownHost = mergeFacts([]).host;

/** The report without each file, each card, each field of a card and of the host, and each id. */
function* withOneThingLess({ captured, raw }: Case): Generator<[what: string, raw: RawReport]> {
  for (const left of captured?.captures ?? []) {
    const captures = (captured?.captures ?? []).filter((one) => one !== left);
    yield [left.source.name, reportOf({ captures, unread: captured?.unread ?? [] })];
  }
  for (const [at, card] of raw.cards.entries()) {
    for (const field of fieldsOf(card))
      yield [field, { ...raw, cards: raw.cards.with(at, { ...card, [field]: nothing(card[field]) }) }];
    if (card.pci) {
      const pci = { ...card.pci, subVendor: null, subDevice: null };
      yield ['the subsystem', { ...raw, cards: raw.cards.with(at, { ...card, pci }) }];
    }
  }
  for (const field of Object.keys(raw.host) as (keyof ReportedHost)[])
    yield [field, { ...raw, host: { ...raw.host, [field]: unknownHost[field] } }];
  for (const left of raw.ids) yield [left.kind, { ...raw, ids: raw.ids.filter((one) => one !== left) }];
}

function withFieldsLess(raw: RawReport, isLeftOut: () => boolean): RawReport {
  const cards = raw.cards.map((card) => {
    const less = fieldsOf(card).filter(isLeftOut);
    return { ...card, ...Object.fromEntries(less.map((field) => [field, nothing(card[field])])) };
  });
  const known = Object.entries(raw.host).filter(() => !isLeftOut());
  return {
    ...raw,
    cards,
    host: { ...unknownHost, ...Object.fromEntries(known) },
    ids: raw.ids.filter(() => !isLeftOut()),
  };
}

/** Which source describes a card is never unknown, and which claim stands for it is the agent's word. */
const fieldsOf = (card: ReportedCard) =>
  (Object.keys(card) as (keyof ReportedCard)[]).filter((field) => field !== 'source' && field !== 'claim');

/** How "not known" is written. */
const nothing = (value: unknown): unknown => (Array.isArray(value) ? [] : null);
