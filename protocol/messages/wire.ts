import { type Static, Type } from 'typebox';
import { CardMessage, ErrorMessage, ExamArm, ExamGo, ExamOpen, ExamVerdict, StatusMessage } from './exam.js';
import { NetworkDownload, NetworkReceived, NetworkUpload } from './network.js';
import { SessionNotice, VersionNotice } from './notice.js';
import { OfflineChain, OfflineMessage, OfflineOpen, OfflineTrial, OfflineVerdict } from './offline.js';
import { ProbeMessage, ProbeOpen, ProbeVerdict, ProbeWalk } from './probe.js';
import { TableBuild, TableDrop, TableMessage } from './table.js';

/** All that a verifier says to an agent. */
export const VerifierMessage = Type.Union([
  ExamArm,
  ExamGo,
  ExamOpen,
  ExamVerdict,
  NetworkDownload,
  NetworkUpload,
  TableBuild,
  TableDrop,
  ProbeWalk,
  ProbeOpen,
  ProbeVerdict,
  OfflineTrial,
  OfflineChain,
  OfflineOpen,
  OfflineVerdict,
  StatusMessage,
  VersionNotice,
  SessionNotice,
  ErrorMessage,
]);
export type VerifierMessage = Static<typeof VerifierMessage>;

/** All that an agent says to a verifier. */
export const AgentMessage = Type.Union([
  CardMessage,
  NetworkReceived,
  TableMessage,
  ProbeMessage,
  OfflineMessage,
]);
export type AgentMessage = Static<typeof AgentMessage>;
export type AgentMessageType = AgentMessage['type'];
