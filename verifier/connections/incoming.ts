import { Compile } from 'typebox/compile';
import type { Code } from '../../protocol/codes/table.js';
import { limits } from '../../protocol/limits.js';
import { ExamCommit, ExamDecline, ExamReady, ExamReveal } from '../../protocol/messages/exam.js';
import { NetworkReceived } from '../../protocol/messages/network.js';
import { OfflineReport, OfflineReveal, OfflineSolved } from '../../protocol/messages/offline.js';
import { ProbeCommit, ProbeDecline, ProbeReveal } from '../../protocol/messages/probe.js';
import { TableDecline, TableReady } from '../../protocol/messages/table.js';
import type { AgentMessage, AgentMessageType } from '../../protocol/messages/wire.js';

// One validator a type instead of one for the union: the error can then say "unknown type" or "this type, but wrong".
const validators: Record<AgentMessageType, { Check(value: unknown): boolean }> = {
  'exam.ready': Compile(ExamReady),
  'exam.decline': Compile(ExamDecline),
  'exam.commit': Compile(ExamCommit),
  'exam.reveal': Compile(ExamReveal),
  'network.received': Compile(NetworkReceived),
  'table.ready': Compile(TableReady),
  'table.decline': Compile(TableDecline),
  'probe.commit': Compile(ProbeCommit),
  'probe.reveal': Compile(ProbeReveal),
  'probe.decline': Compile(ProbeDecline),
  'offline.solved': Compile(OfflineSolved),
  'offline.report': Compile(OfflineReport),
  'offline.reveal': Compile(OfflineReveal),
};

export type Parsed = { readonly message: AgentMessage } | { readonly refused: Code };

const [listBegin, listEnd, objectBegin, objectEnd] = Buffer.from('[]{}');

/** A look without parsing: half a megabyte of brackets costs the parser sixty milliseconds. Brackets in texts count too. */
function isDeep(data: Buffer): boolean {
  let depth = 0;
  for (const byte of data) {
    if (byte === listBegin || byte === objectBegin) depth += 1;
    else if (byte === listEnd || byte === objectEnd) depth -= 1;
    if (depth > limits.messageDepth) return true;
  }
  return false;
}

/** Reads one frame. Never throws; anything but a valid message comes back as the code to refuse it with. */
export function parseFrame(data: Buffer, isBinary: boolean): Parsed {
  if (isBinary || isDeep(data)) return { refused: 'message.malformed' };
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return { refused: 'message.malformed' };
  }
  if (typeof value !== 'object' || value === null) return { refused: 'message.malformed' };
  const type = (value as { type?: unknown }).type;
  if (typeof type !== 'string' || !Object.hasOwn(validators, type)) return { refused: 'message.unknown' };
  if (!validators[type as AgentMessageType].Check(value)) return { refused: 'message.invalid' };
  return { message: value as AgentMessage };
}
