import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../protocol/messages/receipt.js';
import { hexOf, signerOf } from './testing/lease-keys.js';
import {
  honestStory,
  type LeaseStory,
  receiptOf,
  signed,
  signedTag,
  verifierSigner,
  withFigures,
} from './testing/lease-receipt.js';
import { verifyReceipt } from './verify.js';

const honest = receiptOf(honestStory());
const failed = (receipt: unknown, issuer?: string): string[] =>
  verifyReceipt(receipt, issuer === undefined ? {} : { issuer })
    .checks.filter(({ ok }) => !ok)
    .map(({ check }) => check);

/** The receipt with a change that its verifier has signed: it lies, or has a fault. */
function lie(change: (receipt: Receipt) => void, story?: LeaseStory): string[] {
  const receipt = structuredClone(story ? receiptOf(story) : honest);
  change(receipt);
  return failed(signed(receipt));
}

/** The same with all figures as they follow from the change. */
function consistentLie(change: (receipt: Receipt) => void): string[] {
  const receipt = structuredClone(honest);
  change(receipt);
  return failed(signed(withFigures(receipt)));
}

const first = ({ cards }: Receipt) => cards[0] as Receipt['cards'][number];
const entry = (receipt: Receipt, index: number) =>
  first(receipt).entries[index - 1] as Receipt['cards'][number]['entries'][number];

describe('the receipt of an honest lease', () => {
  it('is right in all that can be checked', () => {
    const { ok, checks, receipt } = verifyReceipt(honest, { issuer: verifierSigner.key });
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(ok).toBe(true);
    expect(receipt?.verdict.outcome).toBe('whole');
    expect(checks.map(({ check }) => check)).toEqual([
      ...['form', 'signature', 'issuer', 'course', 'key', 'tags', 'seeds', 'entries', 'device', 'witness'],
      ...['gaps', 'figures', 'verdict'],
    ]);
  });

  it('is right through JSON, in whatever order its fields come', () => {
    const turned = JSON.parse(JSON.stringify(honest), (_, value) =>
      value && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(failed(turned)).toEqual([]);
  });

  it('is right with outages, faults of either side, and codes of all kinds', () => {
    const codes = [
      ...['probe.late', 'probe.missed', 'probe.no-table', 'probe.wrong-walk', 'probe.wrong-reveal'],
      ...['probe.wrong-signature', 'probe.unanswered', 'probe.slow-line', 'probe.ours'],
    ];
    const events = codes.map((code, at) => ({ minute: 5 * at + 3, code }));
    const receipt = receiptOf({
      hours: 3,
      cards: [
        [
          { minute: 1 },
          ...events,
          { minute: 110, outage: { minutes: 40, creditedMinutes: 40 } },
          { minute: 130, outage: { minutes: 10, creditedMinutes: 0 } },
        ],
      ],
      ours: [{ from: 60, to: 64 }],
      returned: null,
    });
    expect(failed(receipt)).toEqual([]);
    expect(receipt.verdict.outcome).toBe('absent');
  });

  it('is right while the lease goes on: then its key is not shown', () => {
    const going = { ...honest, state: 'active' as const, endedAt: null, key: null };
    expect(failed(signed(withFigures(going)))).toEqual([]);
  });

  it('is right where the hand-over failed', () => {
    const never = structuredClone(honest);
    const cards = never.cards.map((card) => ({
      ...{ ...card, entries: [], table: null, baselineMs: null, return: null, deviceSigned: null },
      handOver: card.handOver && {
        ...card.handOver,
        outcome: 'failed' as const,
        reasons: ['rate.below-class'],
      },
    }));
    const fields = {
      ...never,
      cards,
      state: 'refused' as const,
      startedAt: null,
      endedAt: null,
      witness: [],
    };
    const receipt = signed(withFigures(fields));
    expect(failed(receipt)).toEqual([]);
    expect(receipt.verdict.outcome).toBe('not-whole');
  });
});

describe('a receipt that was changed by somebody else', () => {
  it('is found out by any single field, whatever takes its place', () => {
    const places = leaves(honest);
    expect(places.length).toBeGreaterThan(500);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.nat(), fc.jsonValue(), (path, seed, json) => {
        const changed = structuredClone(honest);
        const value = another(path, seed, json);
        if (JSON.stringify(value) === JSON.stringify(valueAt(honest, path))) return;
        put(changed, path, value);
        expect(failed(changed).length, `${path.join('.')} = ${JSON.stringify(value)}`).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is found out where anything is left out, doubled or added', () => {
    for (const [name, value] of Object.entries(honest)) {
      const { [name as keyof Receipt]: _, ...rest } = honest;
      expect(failed(rest), name).toEqual(['form']);
      if (!Array.isArray(value) || value.length === 0) continue;
      expect(failed({ ...honest, [name]: value.slice(1) }), name).toContain('signature');
      expect(failed({ ...honest, [name]: [...value, value[0]] }), name).toContain('signature');
    }
    expect(failed({ ...honest, note: 'paid' })).toEqual(['form']);
    const card = { ...first(honest), note: 'paid' };
    expect(failed({ ...honest, cards: [card, ...honest.cards.slice(1)] })).toContain('signature');
  });

  it('is found out where it was signed anew by a key of its own, if one knows whose it should be', () => {
    const forger = signerOf('forger');
    const better = structuredClone(honest);
    better.reference = 'order 8';
    const forged = signed({ ...better, verifier: forger.key }, forger);
    expect(failed(forged)).toEqual([]);
    expect(failed(forged, verifierSigner.key)).toEqual(['issuer']);
    expect(failed({ ...forged, verifier: verifierSigner.key }, verifierSigner.key)).toEqual(['signature']);
  });

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.anything(), (anything) => !verifyReceipt(anything).ok));
    let deep: unknown = 0;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const card = { ...first(honest), note: deep };
    expect(failed({ ...honest, cards: [card] })).toContain('signature');
  });
});

describe('a verifier that lies', () => {
  it('cannot turn a failed probe into a passed one: the device did not sign it, and its root is missing', () => {
    const story = honestStory();
    const [card = [], ...rest] = story.cards;
    const last = card.length - 1;
    const missed = card.map((event, at) => (at === last ? { ...event, code: 'probe.missed' } : event));
    const turned = lie(
      (receipt) => {
        Object.assign(entry(receipt, last + 1), {
          ...{ outcome: 'passed', code: 'probe.passed', root: hexOf('made up') },
          ...{ opened: 4, right: 4, elapsedMs: 100 },
        });
      },
      { ...story, cards: [missed, ...rest] },
    );
    expect(turned).toEqual(expect.arrayContaining(['tags', 'device']));
  });

  it('cannot leave out, reorder or insert an entry', () => {
    expect(consistentLie((receipt) => void first(receipt).entries.splice(4, 1))).toContain('tags');
    expect(consistentLie((receipt) => void first(receipt).entries.reverse())).toContain('tags');
    expect(
      consistentLie((receipt) => void first(receipt).entries.splice(4, 0, { ...entry(receipt, 5) })),
    ).toContain('tags');
  });

  it('cannot leave out the last entries where the device or the witness has spoken of them', () => {
    const cut = (receipt: Receipt) => void first(receipt).entries.splice(0);
    expect(consistentLie(cut)).toEqual(expect.arrayContaining(['device', 'witness']));
    expect(consistentLie((receipt) => void first(receipt).entries.pop())).toEqual(['device']);
  });

  it('cannot choose a seed, by key or beacon, after it has committed to the key', () => {
    expect(lie((receipt) => void Object.assign(receipt, { key: hexOf('another') }))).toEqual(
      expect.arrayContaining(['key', 'seeds']),
    );
    expect(lie((receipt) => void Object.assign(entry(receipt, 3), { seed: hexOf('easy') }))).toEqual([
      'seeds',
    ]);
    expect(lie((receipt) => void Object.assign(entry(receipt, 4), { beacon: null }))).toEqual(['seeds']);
    expect(lie((receipt) => void Object.assign(receipt, { key: null }))).toEqual(['key']);
  });

  it('cannot say other figures, gaps or another verdict than follow', () => {
    expect(lie((receipt) => void Object.assign(receipt.figures, { provenShare: 0.99 }))).toEqual(['figures']);
    expect(lie((receipt) => void Object.assign(first(receipt).figures, { longestGapMs: 1 }))).toEqual([
      'figures',
    ]);
    expect(lie((receipt) => void Object.assign(receipt.verdict, { confidence: 0.5 }))).toEqual(['verdict']);
    expect(lie((receipt) => void Object.assign(receipt.verdict, { outcome: 'absent' }))).toEqual(['verdict']);
    const gap = { from: honest.openedAt, to: honest.issuedAt, code: 'probe.missed' };
    expect(lie((receipt) => void first(receipt).gaps.push(gap))).toEqual(['gaps']);
  });

  it('cannot speak for the device or the witness', () => {
    const { index, tag } = first(honest).deviceSigned ?? { index: 0, tag: '' };
    const statement = { ...honest.witness[0], load: 1 } as Receipt['witness'][number];
    expect(consistentLie((receipt) => void Object.assign(receipt, { witness: [statement] }))).toEqual([
      'witness',
    ]);
    expect(
      lie((receipt) => {
        first(receipt).deviceSigned = { ...signedTag(1, index, tag) };
      }),
    ).toEqual(['device']);
    expect(
      lie((receipt) => {
        first(receipt).deviceSigned = null;
      }),
    ).toEqual(['device']);
  });

  it('cannot say what makes no sense', () => {
    const odd: [string, (receipt: Receipt) => void][] = [
      ['course', (receipt) => void Object.assign(receipt, { openedAt: honest.issuedAt })],
      ['course', (receipt) => void Object.assign(receipt, { state: 'active' })],
      ['course', (receipt) => void receipt.cards.reverse()],
      ['course', (receipt) => void Object.assign(first(receipt), { handOver: null })],
      ['entries', (receipt) => void Object.assign(entry(receipt, 2), { outcome: 'ours' })],
      ['entries', (receipt) => void Object.assign(entry(receipt, 2), { right: 3 })],
      ['entries', (receipt) => void Object.assign(entry(receipt, 2), { seed: null })],
      ['entries', (receipt) => void Object.assign(entry(receipt, 2), { at: honest.issuedAt + 3600_000 })],
      ['entries', (receipt) => void Object.assign(entry(receipt, 9), { at: entry(receipt, 2).at })],
    ];
    for (const [check, change] of odd) expect(consistentLie(change), check).toContain(check);
  });
});

type Path = readonly (string | number)[];

/** The paths of all values in it that are neither list nor object. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);

function put(value: unknown, path: Path, leaf: unknown): void {
  const holder = valueAt(value, path.slice(0, -1)) as Record<string, unknown>;
  holder[String(path.at(-1))] = leaf;
}

/** A value for a place: one of the same kind, or anything. */
function another(path: Path, seed: number, json: unknown): unknown {
  const value = valueAt(honest, path);
  if (seed % 4 === 0) return json;
  if (typeof value === 'number') return value + (seed % 2 === 0 ? 1 : 1e-6);
  if (typeof value === 'string' && value.length > 0) {
    const at = seed % value.length;
    return `${value.slice(0, at)}${value[at] === '0' ? '1' : '0'}${value.slice(at + 1)}`;
  }
  return 0;
}
