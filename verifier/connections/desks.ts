import type { Code } from '../../protocol/codes/table.js';
import type { CardMessage } from '../../protocol/messages/exam.js';
import type { OfflineMessage } from '../../protocol/messages/offline.js';
import type { ProbeMessage } from '../../protocol/messages/probe.js';
import type { TableMessage } from '../../protocol/messages/table.js';
import type { Desk, DeskMessage } from './desk.js';

export interface DeskOptions {
  readonly exams: Desk<CardMessage>;
  readonly tables: Desk<TableMessage>;
  readonly probes: Desk<ProbeMessage>;
  readonly offline: Desk<OfflineMessage>;
}

/** Takes what happens on the connections to whoever it concerns. */
export class Desks implements Desk<DeskMessage> {
  readonly #options: DeskOptions;
  readonly #all: readonly Desk<never>[];

  constructor(options: DeskOptions) {
    this.#options = options;
    const { exams, tables, probes, offline } = options;
    this.#all = [exams, tables, probes, offline];
  }

  connected(device: string): void {
    for (const desk of this.#all) desk.connected(device);
  }

  disconnected(device: string): void {
    for (const desk of this.#all) desk.disconnected(device);
  }

  receive(device: string, message: DeskMessage, at: number): Code | null {
    const { exams, tables, probes, offline } = this.#options;
    switch (message.type) {
      case 'exam.ready':
      case 'exam.decline':
      case 'exam.commit':
      case 'exam.reveal':
        return exams.receive(device, message, at);
      case 'table.ready':
      case 'table.decline':
        return tables.receive(device, message, at);
      case 'probe.commit':
      case 'probe.reveal':
      case 'probe.decline':
        return probes.receive(device, message, at);
      case 'offline.solved':
      case 'offline.report':
      case 'offline.reveal':
        return offline.receive(device, message, at);
    }
  }

  close(): void {
    for (const desk of this.#all) desk.close();
  }
}
