import type { RecomputePages } from '../../challenges/engines/engine.js';
import type { RandomInt } from '../../challenges/proofs/draw.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { type Code, codeTable } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Check } from '../../protocol/status.js';

/** What a self-test draws on. */
export interface SelfTestTools {
  readonly random: RandomBytes;
  readonly randomInt: RandomInt;
  readonly clock: Clock;
  readonly recompute: RecomputePages;
  /** Told what the card does and how much of it is done, 0 to 1. */
  readonly onProgress?: (share: number, what: string) => void;
}

/** How right a proof is, as a check. */
export function proofCheck(
  check: string,
  unit: string,
  asked: number,
  { right, code }: { readonly right: number; readonly code: Code },
): Check {
  return {
    check,
    measured: right,
    required: asked,
    relation: 'exactly',
    unit,
    verdict: right === asked ? 'pass' : 'fail',
    code,
    fix: codeTable[code].fix,
  };
}

/** A rate as it was measured: what a class reaches is known to the verifier alone. */
export function shownRate(check: string, measured: number, unit: string, code: Code): Check {
  return {
    check,
    measured,
    required: null,
    relation: 'at least',
    unit,
    verdict: 'not judged',
    code,
    fix: codeTable[code].detail,
  };
}

/** Nothing could be measured. */
export const unmeasured = (check: string, verdict: Check['verdict'], code: Code, fix: string): Check => ({
  check,
  measured: null,
  required: null,
  relation: 'exactly',
  unit: '',
  verdict,
  code,
  fix,
});

/** The checks of a part; where it breaks, one that says how. */
export async function unlessBroken(check: string, part: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await part();
  } catch (error) {
    const code = error instanceof TouchstoneError ? error.code : 'engine.failed';
    const message = error instanceof Error ? error.message : String(error);
    return [unmeasured(check, 'fail', code, `${message} ${codeTable[code].fix}`)];
  }
}
