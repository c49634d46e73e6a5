import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { identityOf } from '../agent/identity.js';
import { TouchstoneError } from '../protocol/error.js';
import type { TranscriptHeads, WitnessStatement } from '../protocol/messages/lease.js';
import type { Receipt } from '../protocol/messages/receipt.js';
import { isSignedBy } from '../protocol/signing.js';
import { bytesOf } from '../scoring/receipt/testing/lease-keys.js';
import {
  honestStory,
  lease,
  receiptOf,
  signed,
  verifierSigner,
  withFigures,
} from '../scoring/receipt/testing/lease-receipt.js';
import type { TenantLoad } from './tenant-load.js';
import { runWitness, type WitnessedEnd } from './witness.js';

const honest = receiptOf({ ...honestStory(2, 1), witness: [] });
const identity = identityOf(bytesOf('witness'));
const tagAt = (index: number): string => honest.cards[0]?.entries[index - 1]?.tag ?? '';

/** A verifier that goes on by one answer at each poll; the last one is repeated. */
class ScriptedApi {
  readonly said: WitnessStatement[] = [];
  polls = 0;
  refuse: TouchstoneError | null = null;
  readonly #heads: readonly (TranscriptHeads | Error)[];
  readonly #receipt: (said: readonly WitnessStatement[]) => string;

  constructor(
    heads: readonly (TranscriptHeads | Error)[],
    receipt = (said: readonly WitnessStatement[]) => JSON.stringify(withWitness(honest, said)),
  ) {
    this.#heads = heads;
    this.#receipt = receipt;
  }

  async transcript(): Promise<TranscriptHeads> {
    const heads = this.#heads[Math.min(this.polls++, this.#heads.length - 1)] as TranscriptHeads | Error;
    if (heads instanceof Error) throw heads;
    return heads;
  }

  async speak(statement: WitnessStatement): Promise<void> {
    if (this.refuse) throw this.refuse;
    this.said.push(statement);
  }

  async receipt(): Promise<string> {
    return this.#receipt(this.said);
  }
}

const withWitness = (receipt: Receipt, witness: readonly WitnessStatement[]): Receipt =>
  signed(withFigures({ ...receipt, witness: [...witness] }));

const heads = (state: TranscriptHeads['state'], index: number, tag = tagAt(index)): TranscriptHeads => ({
  lease,
  state,
  cards: [{ card: 0, index, tag }],
});
const busy: TenantLoad = { idle: false, gpus: [0.7] };

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.useFakeTimers({ now: honest.startedAt ?? 0 });
});
afterEach(() => vi.useRealTimers());

async function witness(
  api: ScriptedApi,
  {
    minutes = 30,
    load = busy,
    issuer,
    signal,
  }: Partial<{ minutes: number; load: TenantLoad; issuer: string; signal: AbortSignal }> = {},
): Promise<WitnessedEnd | null> {
  const end = runWitness({
    ...{ api, identity, clock: Date, load: async () => load, tell: (line) => void lines.push(line) },
    signal: signal ?? AbortSignal.timeout(2 ** 30),
    ...(issuer && { issuer }),
  });
  end.catch(() => {});
  await vi.advanceTimersByTimeAsync(minutes * 60_000);
  return await end;
}

const wrong = (end: WitnessedEnd | null) => end?.checks.filter(({ ok }) => !ok).map(({ check }) => check);

describe('a witness', () => {
  it('signs what it sees and its load, and finds the receipt right at the end', async () => {
    const api = new ScriptedApi([heads('active', 1), heads('active', 2), heads('ended', 39)]);
    const end = await witness(api, { issuer: verifierSigner.key });
    expect(wrong(end)).toEqual([]);
    expect(end?.ok).toBe(true);
    expect(api.said.map(({ index, tag, load }) => ({ index, tag, load }))).toEqual([
      { index: 1, tag: tagAt(1), load: 0.7 },
      { index: 2, tag: tagAt(2), load: 0.7 },
    ]);
    for (const { signature, ...fields } of api.said)
      expect(isSignedBy(identity.device, 'witness', fields, signature)).toBe(true);
    expect(JSON.parse(end?.text ?? '')).toEqual(end?.receipt);
  });

  it('says the same again only every four minutes, and at once when the tenant stops or begins', async () => {
    const same = Array.from({ length: 9 }, () => heads('active', 1));
    const api = new ScriptedApi([...same, heads('ended', 39)]);
    await witness(api);
    expect(api.said.map(({ at }) => (at - (honest.startedAt ?? 0)) / 60_000)).toEqual([0, 4, 8]);
    const changing = new ScriptedApi([...same, heads('ended', 39)]);
    let polls = 0;
    const loads = [busy, busy, { idle: true, gpus: [0] }, { idle: true, gpus: [0] }, busy];
    const end = runWitness({
      ...{ api: changing, identity, clock: Date, signal: AbortSignal.timeout(2 ** 30), tell: () => {} },
      load: async () => loads[Math.min(polls++, loads.length - 1)] as TenantLoad,
    });
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    await end;
    expect(changing.said.map(({ load }) => load)).toEqual([0.7, 0, 0.7, 0.7]);
  });

  it('says nothing before the hand-over, and nothing where the hand-over failed', async () => {
    const api = new ScriptedApi([
      heads('handing-over', 0, '0'.repeat(64)),
      heads('refused', 0, '0'.repeat(64)),
    ]);
    const end = await witness(api);
    expect(api.said).toEqual([]);
    expect(end).not.toBe(null);
  });

  it('waits for a line that is away, and for a verifier that is busy', async () => {
    const away = new TouchstoneError('agent.verifier-unreachable');
    const api = new ScriptedApi([
      away,
      heads('active', 1),
      away,
      new TouchstoneError('request.too-many'),
      heads('ended', 39),
    ]);
    const end = await witness(api);
    expect(end?.ok).toBe(true);
    expect(lines.join('\n')).toContain('It is tried again.');
  });

  it('ends where it is refused for good', async () => {
    const denied = new TouchstoneError('access.denied');
    await expect(witness(new ScriptedApi([denied]))).rejects.toBe(denied);
  });

  it('goes on watching where it may not speak, and says so once', async () => {
    const second = new ScriptedApi([heads('active', 1), heads('active', 2), heads('ended', 39)]);
    second.refuse = new TouchstoneError('witness.invalid', 'Another key spoke before.');
    expect((await witness(second))?.ok).toBe(true);
    expect(lines.filter((line) => line.includes('Another key spoke before.'))).toHaveLength(1);
  });

  it('ends without a receipt when it is stopped', async () => {
    const stop = new AbortController();
    const api = new ScriptedApi([heads('active', 1)]);
    const end = witness(api, { signal: stop.signal, minutes: 3 });
    await vi.advanceTimersByTimeAsync(0);
    stop.abort();
    expect(await end).toBe(null);
    expect(api.polls).toBeLessThan(6);
  });

  it('says it where the card works and no process of the tenant has it open', async () => {
    const api = new ScriptedApi([heads('active', 1), heads('ended', 39)]);
    await witness(api, { load: { idle: true, gpus: [0.95] } });
    expect(api.said[0]?.load).toBe(0);
    expect(lines.join('\n')).toContain('card 0 is 95 % busy, and no process of this container has it open');
  });
});

describe('a verifier that lies to a witness', () => {
  it('is found out where the receipt holds another transcript than was seen', async () => {
    const api = new ScriptedApi([heads('active', 5, 'ab'.repeat(32)), heads('ended', 39)], () =>
      JSON.stringify(honest),
    );
    expect(wrong(await witness(api))).toEqual(['seen']);
  });

  it('is found out where it takes back what it has told', async () => {
    for (const second of [heads('active', 4), heads('active', 5, 'ab'.repeat(32))]) {
      const api = new ScriptedApi([heads('active', 5), second, heads('ended', 39)]);
      const end = await witness(api);
      expect(wrong(end)).toContain('seen');
      expect(lines.join('\n')).toContain('took back');
    }
  });

  it('is found out where it leaves out the witness, or signs with another key', async () => {
    const api = new ScriptedApi([heads('active', 5), heads('ended', 39)], () => JSON.stringify(honest));
    expect(wrong(await witness(api))).toEqual(['seen']);
    const other = new ScriptedApi([heads('ended', 39)]);
    expect(wrong(await witness(other, { issuer: 'ab'.repeat(32) }))).toEqual(['issuer']);
  });

  it('is found out where it sends no receipt', async () => {
    const api = new ScriptedApi([heads('ended', 39)], () => '<html>');
    expect(await witness(api)).toMatchObject({ ok: false, receipt: null });
  });
});
