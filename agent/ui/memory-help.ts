import { codeTable } from '../../protocol/codes/table.js';
import { type FailedEngine, triedEngines } from '../cards/start.js';

/** What a supplier can do about a card on which no engine holds a table. @param failed those that were tried */
export function memoryHelp(failed: readonly FailedEngine[]): string {
  const { detail, fix } = codeTable['memory.not-examined'];
  return failed.length > 0 ? `${detail} ${triedEngines(failed)}. ${fix}` : `${detail} ${fix}`;
}
