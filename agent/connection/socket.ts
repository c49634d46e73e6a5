import { Compile } from 'typebox/compile';
import WebSocket from 'ws';
import { codeTable, isCode } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import { limits } from '../../protocol/limits.js';
import { type AgentMessage, VerifierMessage } from '../../protocol/messages/wire.js';
import { NetworkDesk } from './network-desk.js';
import { networkLine } from './network-line.js';
import { refusal } from './problem.js';
import { Silence } from './silence.js';

const verifierMessage = Compile(VerifierMessage);

/** Longest time for the connection to be made. */
const handshakeMs = 15_000;
/** A line that is silent this long, though pinged, is dead: a router forgot it, a laptop slept. */
const pingMs = 20_000;
/** A line that is silent this long may be down. The verifier pings every ten seconds. */
const silenceMs = 15_000;

export interface AgentSocketOptions {
  readonly url: URL;
  readonly token: string;
  readonly onOpen: () => void;
  /** All but the network exam's, which the connection answers by itself. */
  readonly onMessage: (message: VerifierMessage) => void;
  /** A frame that is no message known to this version; `what` names it, because a later version's may hold a secret. */
  readonly onUnknown: (what: string) => void;
  /** Called with true when the open line has been silent for a while, with false when something comes over it again. */
  readonly onSilence?: (silent: boolean) => void;
  /** Closes the connection. */
  readonly signal: AbortSignal;
}

/** One connection, from its making to its end. */
export interface AgentSocket {
  /** Sends, between the frames of an upload, or drops the message where the connection is not open. */
  send(message: AgentMessage): void;
  /** For so long nothing has come over it; 0 before it was open. */
  readonly silentMs: number;
  /**
   * Resolves with what ended the connection; with undefined when `signal` did. Never rejects. Codes: what the verifier
   * said last with a closing error, what it refused the connection with, or `agent.verifier-unreachable`.
   */
  readonly ended: Promise<TouchstoneError | undefined>;
}

/** Connects an agent's WebSocket. What comes in is checked against the schema before anybody sees it. */
export function openSocket(options: AgentSocketOptions): AgentSocket {
  const socket = new WebSocket(options.url, {
    headers: { authorization: `Bearer ${options.token}` },
    handshakeTimeout: handshakeMs,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
  });
  const network = new NetworkDesk(networkLine(socket));
  let farewell: TouchstoneError | undefined;
  let heardAt: number | null = null;
  for (const event of ['open', 'message', 'ping', 'pong'] as const)
    socket.on(event, () => {
      heardAt = performance.now();
    });
  if (options.onSilence) watchSilence(socket, options.onSilence);
  socket.on('message', (data, binary) => {
    if (binary) {
      if (!network.frame(data as Buffer)) options.onUnknown('a binary frame');
      return;
    }
    const message = read(data.toString());
    if (message === undefined) return options.onUnknown(typeOf(data.toString()));
    if (message.type === 'network.download' || message.type === 'network.upload') {
      return network.handle(message);
    }
    if (message.type === 'error') farewell = closing(message.code, message.detail) ?? farewell;
    options.onMessage(message);
  });
  socket.on('open', options.onOpen);
  socket.on('close', () => network.close());
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    get silentMs() {
      return heardAt === null ? 0 : performance.now() - heardAt;
    },
    ended: end(socket, options.signal, () => farewell),
  };
}

function typeOf(text: string): string {
  return /"type":\s*"([a-z.-]{1,40})"/.exec(text)?.[1] ?? 'a frame without a type';
}

function read(text: string): VerifierMessage | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return verifierMessage.Check(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function end(
  socket: WebSocket,
  signal: AbortSignal,
  farewell: () => TouchstoneError | undefined,
): Promise<TouchstoneError | undefined> {
  return new Promise((resolve) => {
    let failure: TouchstoneError | undefined;
    const stop = (): void => {
      // Before the handshake is over there is nothing to close politely.
      if (socket.readyState === WebSocket.OPEN) socket.close(1000);
      else socket.terminate();
    };
    const stopPings = keepAlive(socket);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    socket.on('unexpected-response', (_request, reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('close', () => {
        const body = Buffer.concat(chunks).toString();
        failure = refusal(reply.statusCode ?? 0, body, reply.headers['retry-after'] ?? null);
        socket.terminate();
      });
    });
    socket.on('error', (error) => {
      failure ??= new TouchstoneError('agent.verifier-unreachable', `Connection failed: ${error.message}`);
    });
    socket.on('close', (_code, reason) => {
      stopPings();
      signal.removeEventListener('abort', stop);
      resolve(signal.aborted ? undefined : (failure ?? farewell() ?? closed(reason.toString())));
    });
  });
}

/** The verifier may give its code as the reason of the closing frame, too. */
function closed(reason: string): TouchstoneError {
  if (isCode(reason)) return new TouchstoneError(reason);
  return new TouchstoneError('agent.verifier-unreachable', 'The connection was closed.');
}

function keepAlive(socket: WebSocket): () => void {
  let heard = true;
  const hear = (): void => {
    heard = true;
  };
  for (const event of ['open', 'message', 'ping', 'pong'] as const) socket.on(event, hear);
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!heard) return socket.terminate();
    heard = false;
    socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}

/** Hears what comes before anybody acts on it. */
function watchSilence(socket: WebSocket, tell: (silent: boolean) => void): void {
  let silence: Silence | undefined;
  for (const event of ['message', 'ping', 'pong'] as const) socket.on(event, () => silence?.hear());
  socket.on('open', () => {
    silence = new Silence(silenceMs, () => socket.ping(), tell);
  });
  socket.on('close', () => silence?.end());
}

/** Only an error that closes says why the connection ended; the others refused one message. */
function closing(code: string, detail: string): TouchstoneError | undefined {
  return isCode(code) && codeTable[code].closes ? new TouchstoneError(code, detail) : undefined;
}
