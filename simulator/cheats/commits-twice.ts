import { setTimeout as sleep } from 'node:timers/promises';
import { VerifierApi } from '../../agent/connection/api.js';
import { openSocket } from '../../agent/connection/socket.js';
import type { SupplierOptions } from '../../agent/connection/supplier.js';
import { ExamRunner, type RunnerMessage } from '../../agent/exam/runner.js';
import { toHex } from '../../protocol/bytes.js';
import type { RandomBytes } from '../../protocol/clock.js';
import type { CardMessage, ExamPart } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import { enrolAndOpen } from './session.js';

const pauseMs = 1000;

type Arm = Extract<VerifierMessage, { type: 'exam.arm' }>;
type Go = Extract<VerifierMessage, { type: 'exam.go' }>;

/**
 * An agent that lies about its clock on the wire: it commits to junk the moment it is asked, so that the verifier's
 * clock stops, and sends the commit to what it really computed when it has it.
 *
 * @param part in which it does so; in the other one it is honest
 */
export async function runCommittingTwice(
  options: SupplierOptions,
  random: RandomBytes,
  part: ExamPart = 'compute',
): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    // A busy verifier, a lost line: it only has to try again.
    await converse(options, random, part).catch(() => {});
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Enrols, connects, and takes part in exams until the connection ends. */
async function converse(options: SupplierOptions, random: RandomBytes, part: ExamPart): Promise<void> {
  const { cards, signal, events, identity } = options;
  const api = new VerifierApi(options.verifier);
  const token = await enrolAndOpen(api, options);
  const rounds = new Map<number, number>();
  const send = (message: RunnerMessage): void => socket.send(message);
  const runner = new ExamRunner({ provers: cards.map(({ prover }) => prover), send, events, identity });
  const socket = openSocket({
    url: api.socketUrl,
    token,
    signal,
    onOpen: () => {},
    onUnknown: () => {},
    onMessage: (message) => {
      if (message.type === 'exam.arm') noteRounds(message, rounds);
      if (message.type === 'exam.go') {
        for (const junk of earlyCommits(message, part, rounds, random)) send(junk);
      }
      runner.handle(message);
    },
  });
  await socket.ended;
}

function noteRounds({ cards }: Arm, rounds: Map<number, number>): void {
  for (const { card, shape } of cards) rounds.set(card, shape.rounds);
}

function earlyCommits(
  { exam, cards }: Go,
  part: ExamPart,
  rounds: Map<number, number>,
  random: RandomBytes,
): CardMessage[] {
  const asked = cards.filter((one) => one.part === part);
  return asked.map(({ card, seed }) => ({
    type: 'exam.commit',
    exam,
    card,
    part,
    seed,
    roots: Array.from({ length: rounds.get(card) ?? 1 }, () => toHex(random(32))),
  }));
}
