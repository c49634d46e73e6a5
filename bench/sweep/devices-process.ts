// Devices of bench/sweep.ts, in a process of their own: each answers every message at once, and the first byte of each `go` is
// timed where it arrives.
import WebSocket from 'ws';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import { answersTo } from '../../verifier/sweeps/testing/sweep-hall.js';

const [url = '', ...devices] = process.argv.slice(2);
const arrived: Record<string, number[]> = { compute: [], memory: [] };

for (const device of devices) {
  const socket = new WebSocket(`${url}/${device}`);
  socket.on('message', (data) => {
    const at = performance.timeOrigin + performance.now();
    const message = JSON.parse(String(data)) as VerifierMessage;
    if (message.type === 'exam.go') for (const { part } of message.cards) arrived[part]?.push(at);
    for (const said of answersTo(message)) socket.send(JSON.stringify(said));
  });
}
process.once('message', () => process.send?.(arrived, () => process.exit(0)));
