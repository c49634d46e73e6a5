import { accessCodes } from './access.js';
import { agentCodes } from './agent.js';
import { decisionCodes } from './decision.js';
import { deviceReasonCodes } from './device.js';
import {
  examErrorCodes,
  examReasonCodes,
  memoryCodes,
  networkCodes,
  proofCodes,
  rateCodes,
  unlistedCodes,
} from './exam.js';
import { feedCodes } from './feed.js';
import {
  attestationCodes,
  disputeCodes,
  hardwareErrorCodes,
  hardwareFindingCodes,
  inspectCodes,
} from './hardware.js';
import { homeCodes } from './home.js';
import { identityCodes } from './identity.js';
import { leaseErrorCodes, leaseReasonCodes, receiptErrorCodes } from './lease.js';
import { maintenanceCodes } from './maintenance.js';
import { offlineErrorCodes, offlineReasonCodes } from './offline.js';
import { probeErrorCodes, probeReasonCodes } from './probe.js';
import { requestCodes } from './request.js';
import { serviceCodes } from './service.js';
import { socketCodes } from './socket.js';
import { storageCodes } from './storage.js';
import { sweepCodes, sweepFindingCodes } from './sweep.js';

/** Every stable error and reason code. `docs/reason-codes.md` is generated from this table. */
export const codeTable = {
  ...requestCodes,
  ...identityCodes,
  ...accessCodes,
  ...homeCodes,
  ...socketCodes,
  ...examErrorCodes,
  ...examReasonCodes,
  ...proofCodes,
  ...rateCodes,
  ...unlistedCodes,
  ...memoryCodes,
  ...networkCodes,
  ...probeErrorCodes,
  ...probeReasonCodes,
  ...offlineErrorCodes,
  ...offlineReasonCodes,
  ...leaseErrorCodes,
  ...leaseReasonCodes,
  ...receiptErrorCodes,
  ...sweepCodes,
  ...sweepFindingCodes,
  ...maintenanceCodes,
  ...feedCodes,
  ...deviceReasonCodes,
  ...decisionCodes,
  ...hardwareFindingCodes,
  ...hardwareErrorCodes,
  ...disputeCodes,
  ...attestationCodes,
  ...inspectCodes,
  ...agentCodes,
  ...storageCodes,
  ...serviceCodes,
};

export type Code = keyof typeof codeTable;
export type ExamErrorCode = keyof typeof examErrorCodes;
export type ProbeReasonCode = keyof typeof probeReasonCodes;
/** What can be found in what a host says of itself. */
export type HardwareFindingCode = keyof typeof hardwareFindingCodes;
export type OfflineReasonCode = keyof typeof offlineReasonCodes;
export type ExamReasonCode = keyof typeof examReasonCodes;
/** What is wrong with a proof of either part. */
export type ProofCode = keyof typeof proofCodes | 'proof.wrong-walk';

/** True where `value` is a code of the table. */
export function isCode(value: string): value is Code {
  return Object.hasOwn(codeTable, value);
}
