import { Type } from 'typebox';
import { FactId } from '../../protocol/ids.js';

/** What every fact has. */
export const base = { id: FactId, at: Type.Integer({ description: 'Milliseconds since 1970 UTC' }) };
