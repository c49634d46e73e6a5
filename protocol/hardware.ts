import { createHash } from 'node:crypto';
import type { CardClaim } from './messages/cards.js';

/** SHA-256 of the hardware id that a card claims, 64 hexadecimal digits: tells two GPUs apart and names none. Empty without one. */
export const hardwareOf = ({ hardwareId }: Pick<CardClaim, 'hardwareId'>): string =>
  hardwareId === undefined ? '' : createHash('sha256').update(hardwareId).digest('hex');
