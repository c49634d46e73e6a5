import { type Code, codeTable, type ProofCode } from '../../protocol/codes/table.js';
import type { Check } from '../../protocol/status.js';

/** A code as a check holds it, with what to do. */
export const named = (code: Code): Pick<Check, 'code' | 'fix'> => ({ code, fix: codeTable[code].fix });

/** What was found of a proof: how many of the opened pages or walkers were right. */
export interface ProofFound {
  readonly right: number;
  readonly opened: number;
  readonly code: ProofCode | 'proof.complete';
}

/** Whether a proof shows what it should, all of it. */
export const isComplete = ({ right, opened, code }: ProofFound): boolean =>
  code === 'proof.complete' && opened > 0 && right === opened;

/**
 * The code of a proof that is not complete. "Complete" with some missing is a contradiction of ours; the mildest that fits is
 * that they were not those asked.
 */
export const faultOf = ({ code }: ProofFound): ProofCode =>
  code === 'proof.complete' ? 'proof.wrong-openings' : code;

/** The check of a proof; `code` is `proof.complete`, or the fault. */
export function proofCheck(
  check: string,
  unit: string,
  { right, opened }: ProofFound,
  code: ProofFound['code'],
): Check {
  return {
    check,
    measured: right,
    required: opened,
    relation: 'exactly',
    unit,
    verdict: code === 'proof.complete' ? 'pass' : 'fail',
    ...named(code),
  };
}

/** The check of a measured rate against a bound; `codes` are for a rate that fits, and for one that does not. */
export function rateCheck(
  check: string,
  unit: string,
  measured: number,
  relation: 'at least' | 'at most',
  required: number,
  codes: { readonly fits: Code; readonly otherwise: Code },
): Check {
  const fits = relation === 'at least' ? measured >= required : measured <= required;
  return {
    check,
    measured,
    required,
    relation,
    unit,
    verdict: fits ? 'pass' : 'fail',
    ...named(fits ? codes.fits : codes.otherwise),
  };
}
