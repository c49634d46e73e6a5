import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNvidiaGpus } from '../agent/cards/nvidia-smi.js';
import { loadOrMakeIdentity } from '../agent/key-file.js';
import { workerFile } from '../challenges/engines/worker-file.js';
import { scaledCatalogue } from '../simulator/scaled-catalogue.js';
import { Household } from './children.js';
import { castWithout, demoFleet, type Member } from './fleet.js';
import { Leases } from './leases.js';
import { type Screen, screenOn } from './screen.js';
import { rowOf, standingOf } from './standing.js';
import type { SuppliersOrder, SuppliersReply } from './suppliers-process.js';
import { type DemoAnswer, isWrong, isWrongLease, judge } from './verdict.js';
import { cohortSeconds, startVerifier, verifierData } from './verifier-process.js';
import { Watch } from './watch.js';

export interface DemoOptions {
  /** Stop when every device has its verdict. */
  readonly once: boolean;
  /** Print the answer as one line of JSON at the end. */
  readonly json: boolean;
  /** Longest wait for the verdicts. */
  readonly seconds: number;
}

/** A device of the demo, by its key. */
interface Participant extends Member {
  readonly device: string;
  readonly claims: string;
}

/** Ends with the first SIGINT, SIGTERM or SIGHUP; a second one ends the process. */
function endOfDemo(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (end.signal.aborted) process.exit(1);
      end.abort();
    });
  }
  return end.signal;
}

/**
 * Plays the demo: a verifier, this machine and a simulated fleet, each in a process of its own. This process alone
 * knows which of them are fake; what it says of verdicts it has from the verifier's public API.
 *
 * @returns the verdicts against the truth
 * @throws Error where one of the processes ends by itself
 */
export async function runDemo(options: DemoOptions): Promise<DemoAnswer> {
  const over = new AbortController();
  const end = AbortSignal.any([endOfDemo(), over.signal]);
  // With --json, stdout belongs to the answer.
  const screen = screenOn(options.json ? process.stderr : process.stdout);
  const household = new Household();
  try {
    const answer = await Promise.race([play(options, household, screen, end), household.lost]);
    if (options.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
    return answer;
  } finally {
    over.abort();
    await household.close();
  }
}

async function play(
  options: DemoOptions,
  household: Household,
  screen: Screen,
  end: AbortSignal,
): Promise<DemoAnswer> {
  screen.say('Starting a verifier, this machine as a supplier, and simulated suppliers.');
  const cast = castWithout((await findNvidiaGpus()).map(({ model }) => model));
  const world = scaledCatalogue(Object.values(cast));
  const catalogueFile = join(household.directory, 'catalogue.json');
  writeFileSync(catalogueFile, JSON.stringify(world.catalogue));
  const verifier = await startVerifier(household, catalogueFile);
  screen.say(`Verifier: ${verifier.href}`);

  const fleet = demoFleet(cast, world);
  const later = fleet.members.filter((member) => member.later).map(({ name }) => name);
  const order: SuppliersOrder = { verifier: verifier.href, plan: fleet.plan, later };
  const machine = await thisMachine(household, verifier);
  const { simulated, startLater } = await startFleet(household, order, fleet.members);
  const participants = [machine.participant, ...simulated];

  const watch = new Watch(
    verifier,
    participants.map(({ device }) => device),
  );
  const leased = simulated.flatMap(({ name, device, lease }) =>
    lease ? [{ name, device, truth: lease }] : [],
  );
  const leases: Leases = new Leases({
    verifier,
    dataDir: verifierData(household),
    devices: leased,
    say: (line) => screen.say(line),
    ended: () => look(),
    signal: end,
  });
  const answerNow = (): DemoAnswer =>
    judge(
      participants.map((participant) => withVerdict(participant, watch)),
      leases.judged,
    );
  const allDecided = new AbortController();
  let told = false;
  const look = (): void => {
    screen.show(participants.map((participant) => latestRow(participant, watch)));
    if (simulated.every(({ device, later }) => later || watch.seen.get(device)?.status === 'examining'))
      startLater();
    if (simulated.some(({ device }) => watch.verdicts.get(device)?.status === 'verified')) machine.start();
    if (leased.every(({ device }) => watch.verdicts.get(device)?.status === 'verified')) leases.start();
    if (!watch.decided || !leases.done || told) return;
    told = true;
    for (const line of verdictLines(participants, answerNow())) screen.say(line);
    if (options.once) allDecided.abort();
    else screen.say(`The verifier goes on at ${verifier.href} until Ctrl-C.`);
  };
  const limits = [
    end,
    allDecided.signal,
    ...(options.once ? [AbortSignal.timeout(options.seconds * 1000)] : []),
  ];
  await watch.follow(look, AbortSignal.any(limits));
  const answer = answerNow();
  if (!told) for (const line of verdictLines(participants, answer)) screen.say(line);
  return answer;
}

/**
 * This machine, by the real agent in a process of its own. It comes when the first simulated card is verified: the honest
 * ones have computed by then, and nobody times how long tables are built. Its engines take every core they find; a
 * compute part, timed to some hundredths, would share them. A walk has more than twice the time that it needs.
 *
 * @returns `start` starts the agent, the first time it is called
 */
async function thisMachine(
  household: Household,
  verifier: URL,
): Promise<{ participant: Participant; start: () => void }> {
  const home = join(household.directory, 'agent');
  const { device } = await loadOrMakeIdentity(home);
  const name = 'this-machine';
  return {
    participant: { name, device, truth: 'honest', is: 'this machine', claims: 'its own cards' },
    start: onlyOnce(() => {
      household.start('The agent', workerFile(import.meta.url, '../cli/touchstone'), [
        ...['agent', '--verifier', verifier.href, '--home', home, '--name', name, '--allow-software'],
      ]);
    }),
  };
}

/** Does its work the first time that it is called. */
function onlyOnce(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}

async function startFleet(
  household: Household,
  order: SuppliersOrder,
  members: readonly Member[],
): Promise<{ simulated: Participant[]; startLater: () => void }> {
  const child = household.start('The simulated suppliers', workerFile(import.meta.url, 'suppliers-process'));
  child.send(order);
  const [{ devices }] = (await once(child, 'message')) as [SuppliersReply];
  const simulated = members.map((member) => {
    const found = devices.find(({ name }) => name === member.name);
    if (!found) throw new Error(`${member.name} was not started`);
    return { ...member, ...found };
  });
  const startLater = onlyOnce(() => {
    // The first cohort is gathered by then.
    setTimeout(() => child.connected && child.send('later'), cohortSeconds * 1000).unref();
  });
  return { simulated, startLater };
}

function latestRow({ name, claims, device }: Participant, watch: Watch) {
  const document = watch.seen.get(device);
  if (document) return rowOf(document);
  return {
    name,
    claims,
    status: 'starting',
    class: null,
    rate: null,
    bandwidth: null,
    reasons: [],
  } as const;
}

function withVerdict({ name, truth, device }: Participant, watch: Watch) {
  const document = watch.verdicts.get(device);
  return { name, truth, verdict: document ? standingOf(document) : null };
}

function verdictLines(participants: readonly Participant[], answer: DemoAnswer): string[] {
  const lines = answer.devices.map((device, i) => {
    const mark = isWrong(device) ? 'WRONG' : 'right';
    const { is, claims } = participants[i] as Participant;
    const reasons = device.reasons.join(' ');
    return `${mark}: ${device.name} is ${is}, claims ${claims}: ${device.status ?? 'no verdict'}. ${reasons}`;
  });
  const leases = answer.leases.map((lease) => {
    const { name, truth, verdict, confidence, reasons } = lease;
    const mark = isWrongLease(lease) ? 'WRONG' : 'right';
    const said =
      verdict === null ? 'no verdict' : `${verdict}, confidence ${(100 * confidence).toFixed(1)} %`;
    return `${mark}: the lease of ${name} was ${truth}: ${said}. ${reasons.join(' ')}`;
  });
  const count = lines.length + leases.length;
  return ['', 'Verdicts against the truth', ...lines, ...leases, `${answer.wrong} of ${count} wrong.`, ''];
}
