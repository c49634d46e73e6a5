/** A kernel that may be better than the plain one. */
export interface Candidate<K> {
  readonly name: string;
  /** Whether the card offers what it needs. */
  readonly offered: boolean;
  /** @throws any error where it does not compile */
  compile(): Promise<K>;
}

/** How candidates are held against the plain kernel. */
export interface Trial<K> {
  /** What a kernel computes of a small random problem. */
  bits(kernel: K): Promise<Uint8Array>;
  /** Milliseconds that it takes for a larger one, the same for all. */
  milliseconds(kernel: K): Promise<number>;
}

/** The kernel to use. */
export interface Chosen<K> {
  readonly name: string;
  readonly kernel: K;
  /** Why each other candidate was not chosen, by its name. */
  readonly refused: Readonly<Record<string, Refusal>>;
}

/** Why a kernel is not used. */
export type Refusal = 'not offered' | 'does not compile' | 'fails' | 'other bits' | 'slower';

/**
 * The fastest of a plain kernel and its rivals. A rival is used only where the card offers what it needs, it compiles, it
 * gives the very bits of the plain kernel, and it is faster. Whatever goes wrong with a rival, the plain kernel is there.
 * @throws only what the plain kernel throws
 */
export async function chooseKernel<K>(
  plain: { readonly name: string; readonly kernel: K },
  candidates: readonly Candidate<K>[],
  trial: Trial<K>,
): Promise<Chosen<K>> {
  const refused: Record<string, Refusal> = {};
  let best = plain;
  let expected: { readonly bits: Uint8Array; milliseconds: number } | null = null;
  for (const candidate of candidates) {
    const { name } = candidate;
    if (!candidate.offered) {
      refused[name] = 'not offered';
      continue;
    }
    const kernel = await candidate.compile().catch(() => null);
    if (kernel === null) {
      refused[name] = 'does not compile';
      continue;
    }
    expected ??= {
      bits: await trial.bits(plain.kernel),
      milliseconds: await trial.milliseconds(plain.kernel),
    };
    const result = await tryKernel(kernel, expected.bits, trial).catch(() => 'fails' as const);
    if (typeof result === 'string') refused[name] = result;
    else if (result >= expected.milliseconds) refused[name] = 'slower';
    else {
      refused[best.name] = 'slower';
      best = { name, kernel };
      expected.milliseconds = result;
    }
  }
  return { ...best, refused };
}

async function tryKernel<K>(kernel: K, expected: Uint8Array, trial: Trial<K>): Promise<number | Refusal> {
  const bits = await trial.bits(kernel);
  const same = bits.length === expected.length && bits.every((byte, at) => byte === expected[at]);
  return same ? trial.milliseconds(kernel) : 'other bits';
}
