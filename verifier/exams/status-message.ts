import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { DeviceState } from '../devices/devices.js';

const dayMs = 24 * 3600_000;

/**
 * What an agent is told of its status.
 *
 * @param delay milliseconds until the next exam, null where none is planned. Of a device that has passed, only the
 *   longest possible wait is told: the moment of a routine exam must not be known beforehand.
 */
export function statusMessage(
  { status, reasons, enrolment }: DeviceState,
  delay: number | null,
): VerifierMessage {
  const examinable = enrolment.cards.some(({ engine }) => engine !== null);
  const routine = status === 'verified' || status === 'suspended';
  return {
    type: 'status',
    status,
    reasons: examinable ? [...reasons] : [...reasons, 'card.not-examinable'],
    nextExamInMs: delay === null ? null : routine ? dayMs : Math.min(dayMs, Math.ceil(delay)),
  };
}
