import { type Code, codeTable } from '../../protocol/codes/table.js';
import type { Check } from '../../protocol/status.js';

/** A code as a check holds it, with what to do. */
export const named = (code: Code): Pick<Check, 'code' | 'fix'> => ({ code, fix: codeTable[code].fix });
