import WebSocket from 'ws';
import type { NetworkReceived } from '../../protocol/messages/network.js';

/** What a network exam uses of the agent's connection. */
export interface NetworkLine {
  report(message: NetworkReceived): void;
  /** Sends one binary frame. Resolves when the operating system has taken it all; false when the connection is over. */
  sendBytes(bytes: Uint8Array): Promise<boolean>;
  /** Calls back when the verifier has read all that was sent before this call; never, where the connection ends first. */
  whenRead(then: () => void): void;
}

/** Payload of our pings that ask how far a transfer is; the life signs have none. */
const mark = 'transfer/';

/** The line of an open WebSocket. The verifier answers a ping when it has read what was sent before: that tells how far it is. */
export function networkLine(socket: WebSocket): NetworkLine {
  const waiting = new Map<string, () => void>();
  let count = 0;
  socket.on('pong', (data) => {
    const key = data.toString();
    waiting.get(key)?.();
    waiting.delete(key);
  });
  return {
    report(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    sendBytes(bytes) {
      if (socket.readyState !== WebSocket.OPEN) return Promise.resolve(false);
      return new Promise((resolve) => socket.send(bytes, (error) => resolve(!error)));
    },
    whenRead(then) {
      if (socket.readyState !== WebSocket.OPEN) return;
      const key = `${mark}${++count}`;
      waiting.set(key, then);
      socket.ping(key);
    },
  };
}
