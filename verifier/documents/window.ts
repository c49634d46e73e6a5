import type { TimeWindow } from '../../scoring/queries/maintenance.js';
import { timeOf } from './reason.js';
import type { WindowDocument } from './schemas.js';

/** A window as everybody sees it: who it was has no place there. */
export function windowDocument({ id, from, to, reason, by, declaredAt }: TimeWindow): WindowDocument {
  const [role = ''] = by.split('/');
  return { id, from: timeOf(from), to: timeOf(to), reason, by: role, declaredAt: timeOf(declaredAt) };
}
