// How far apart the releases of a sweep are on this machine: `npx tsx bench/sweep.ts [agents] [verifiers] [sweeps]`. Real rooms,
// cohorts, sockets and record; verifiers in one process over one Redis, devices in others, over loopback. What is stated is what
// each sweep's public file says (when `go` was given to its socket), what of the processor's time lay between, which other work on
// the machine does not change much, and when the devices had it.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { type Spread, spreadOf } from '../challenges/sweep/spread.js';
import { verifySweep } from '../challenges/sweep/verify.js';
import { systemClock } from '../protocol/clock.js';
import type { CardMessage } from '../protocol/messages/exam.js';
import { migrate } from '../scoring/storage/migrate.js';
import { openTestRecord } from '../scoring/testing/record.js';
import { AgentSocket } from '../verifier/connections/agent-socket.js';
import { RedisState } from '../verifier/state/redis.js';
import { RedisServer } from '../verifier/state/testing/redis-server.js';
import { PublishedSweeps } from '../verifier/sweeps/published.js';
import { SweepVerifier } from '../verifier/sweeps/testing/sweep-hall.js';
import { print } from './markdown.js';

const [agents = 2_000, verifiers = 1, sweeps = 3] = process.argv.slice(2).map(Number);
const processes = 2;

const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 50));
};

const record = await openTestRecord();
await migrate(record.client);
const redis = await RedisServer.start();
const published = new PublishedSweeps({ clickhouse: record.client, clock: systemClock });
const sockets = new Map<string, AgentSocket>();
const fleet: SweepVerifier[] = [];
/** Processor time of this process between the first `go` of a sweep and those of 99 in a hundred, milliseconds. */
const used = { compute: { sent: 0, from: 0, ms: 0 }, memory: { sent: 0, from: 0, ms: 0 } };
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const states = Array.from({ length: verifiers }, () => new RedisState(redis.url, () => {}));
for (const [i, state] of states.entries()) {
  const verifier = new SweepVerifier(record.client, state, fleet, i + 1, {
    prepare: (device, message) => {
      const send = sockets.get(device)?.prepare(message) ?? (() => false);
      if (message.type !== 'exam.go') return send;
      const stretch = used[message.cards[0]?.part ?? 'compute'];
      return () => {
        stretch.sent += 1;
        // The question costs as much as a `go`: it is asked twice in a sweep.
        if (stretch.sent === 1) stretch.from = processorMs();
        if (stretch.sent === Math.ceil(agents * 0.99)) stretch.ms = processorMs() - stretch.from;
        return send();
      };
    },
  });
  await verifier.sweeps.start();
}

const http = createServer();
const server = new WebSocketServer({ server: http });
server.on('connection', (socket, request) => {
  const device = (request.url ?? '').slice(1);
  const verifier = fleet[sockets.size % verifiers] as SweepVerifier;
  sockets.set(
    device,
    new AgentSocket({
      device,
      socket,
      clock: systemClock,
      pingMs: 10_000,
      receive: (message) => {
        verifier.receive(device, message as CardMessage);
        return null;
      },
      closed: () => verifier.disconnect(device),
      refused: () => {},
    }),
  );
  verifier.connect(device);
});
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
const devices = Array.from({ length: agents }, (_, i) => createHash('sha256').update(`${i}`).digest('hex'));
const script = fileURLToPath(new URL('./sweep/devices-process.ts', import.meta.url));
const children = Array.from({ length: processes }, (_, i) =>
  fork(script, [url, ...devices.filter((_, at) => at % processes === i)], { execArgv: ['--import', 'tsx'] }),
);
await until(() => sockets.size === agents);

const text = (spread: Spread | null) =>
  spread === null
    ? '-'
    : `${spread.medianMs.toFixed(1)} / ${spread.p99Ms.toFixed(1)} / ${spread.maxMs.toFixed(1)} of ${spread.count}`;
const rows = [];
for (let i = 0; i < sweeps; i++) {
  const sweep = await (fleet[0] as SweepVerifier).sweeps.suspects(devices, 'bench');
  await until(() =>
    published.document(sweep).then(
      ({ members }) => members.every((one) => one.outcome),
      () => false,
    ),
  );
  for (const stretch of Object.values(used)) stretch.sent = 0;
  const document = await published.document(sweep);
  const { ok, findings } = verifySweep(document);
  rows.push({
    sweep: `${i + 1}`,
    'compute: median / p99 / max ms': text(document.spread.compute),
    'memory: median / p99 / max ms': text(document.spread.memory),
    'of the processor, p99: compute / memory ms': `${used.compute.ms.toFixed(1)} / ${used.memory.ms.toFixed(1)}`,
    'clocks off by at most, ms': Math.max(...document.clocks.map(({ errorMs }) => errorMs)).toFixed(2),
    'proven together': `${document.proven}`,
    'verify-sweep': ok ? 'all follows' : findings.map(({ code }) => code).join(', '),
  });
  await until(() => fleet.every(({ examining }) => examining === 0));
}
print(rows);

const heard: { compute: number[]; memory: number[] } = { compute: [], memory: [] };
for (const child of children) {
  const answer = new Promise<typeof heard>((resolve) =>
    child.once('message', (message) => resolve(message as typeof heard)),
  );
  child.send('end');
  const { compute, memory } = await answer;
  heard.compute.push(...compute);
  heard.memory.push(...memory);
}
print(
  (['compute', 'memory'] as const).flatMap((part) => {
    const times = heard[part].sort((a, b) => a - b);
    return Array.from({ length: sweeps }, (_, i) => {
      const of = times.slice(i * agents, (i + 1) * agents);
      return {
        'at the devices': `${part} ${i + 1}`,
        'median / p99 / max ms': text(spreadOf(of.map((at) => at - (of[0] ?? 0)))),
      };
    });
  }),
);
for (const verifier of fleet) await verifier.sweeps.close();
for (const verifier of fleet) verifier.close();
for (const state of states) await state.close();
server.close();
http.close();
await redis.stop();
await record.close();
process.exit(0);
