import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { RawAgent } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

const upgrade = [
  'GET /v1/agent HTTP/1.1',
  'Host: verifier',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Authorization: Bearer nobody',
  '\r\n',
].join('\r\n');

/** Stops this process' event loop again and again, until the verifier in it has called itself busy. */
async function standStill(url: string): Promise<void> {
  for (;;) {
    const end = performance.now() + 60;
    while (performance.now() < end);
    // A probe that does not wait for the busy loop would never be answered.
    if ((await fetch(`${url}/v1/devices/${'0'.repeat(64)}`)).status === 503) return;
  }
}

describe('an upgrade that is refused', () => {
  it('leaves no socket behind, even where the verifier is too busy to look at it', async () => {
    const verifier = await openVerifier({ busyAfterMs: 1 });
    await standStill(verifier.url);
    // Busy is not dead.
    expect((await fetch(`${verifier.url}/healthz`)).status).toBe(200);
    const socket = connect(Number(new URL(verifier.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += String(data);
    });
    socket.write(upgrade);
    // Ended by the verifier: we would keep it open for ever.
    await once(socket, 'end');
    expect(answer).toContain('service.busy');
    socket.destroy();
    await verifier.close();
  });
});

describe('a verifier that is told to stop', () => {
  it('does not wait for an agent that hangs', { timeout: 20_000 }, async () => {
    const verifier = await openVerifier();
    const agent = new RawAgent(verifier.url);
    await agent.enrol();
    const { socket } = await agent.connect();
    socket.pause();
    await verifier.close();
    socket.terminate();
  });
});
