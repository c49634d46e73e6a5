import { describe, expect, it } from 'vitest';
import { accessCodes } from './access.js';
import { agentCodes } from './agent.js';
import type { CodeEntry } from './code.js';
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
import { codeTable, isCode } from './table.js';

const parts = [
  accessCodes,
  feedCodes,
  homeCodes,
  maintenanceCodes,
  sweepCodes,
  sweepFindingCodes,
  agentCodes,
  deviceReasonCodes,
  decisionCodes,
  hardwareErrorCodes,
  hardwareFindingCodes,
  disputeCodes,
  attestationCodes,
  inspectCodes,
  examErrorCodes,
  examReasonCodes,
  proofCodes,
  rateCodes,
  unlistedCodes,
  memoryCodes,
  networkCodes,
  probeErrorCodes,
  probeReasonCodes,
  offlineErrorCodes,
  offlineReasonCodes,
  leaseErrorCodes,
  leaseReasonCodes,
  receiptErrorCodes,
  identityCodes,
  requestCodes,
  serviceCodes,
  socketCodes,
  storageCodes,
];
const entries = Object.entries<CodeEntry>(codeTable);

describe('the table of codes', () => {
  it('has every code of every part, none of them twice', () => {
    const codes = parts.flatMap((part) => Object.keys(part));
    expect(Object.keys(codeTable).sort()).toEqual(codes.sort());
  });

  it.each(entries)(
    'says of %s what happened and what to do, in sentences',
    (code, { title, detail, fix }) => {
      expect(code).toMatch(/^[a-z]+\.[a-z-]+$/);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(detail).toMatch(/^[A-Z].*\.$/);
      expect(fix).toMatch(/^[A-Z].*\.$/);
    },
  );

  it('quarantines by reasons only, and closes connections by errors only', () => {
    for (const [code, { kind, hard, closes }] of entries) {
      if (hard) expect(kind, code).toBe('reason');
      if (closes) expect(kind, code).toBe('error');
    }
  });

  it('knows its own codes and no name that every object has', () => {
    expect(isCode('exam.passed')).toBe(true);
    for (const other of ['exam.won', 'toString', '__proto__', '']) expect(isCode(other)).toBe(false);
  });
});
