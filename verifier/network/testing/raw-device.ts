import { createHash } from 'node:crypto';
import WebSocket from 'ws';
import { stream } from '../../../challenges/stream.js';
import { fromHex } from '../../../protocol/bytes.js';
import type { NetworkDownload, NetworkUpload } from '../../../protocol/messages/network.js';
import type { VerifierMessage } from '../../../protocol/messages/wire.js';
import { exam, type Lines } from './lines.js';

/** What a device does where it differs from an honest one. */
export interface Manners {
  readonly download?: (device: RawDevice, message: NetworkDownload) => void;
  /** A frame of the download. */
  readonly frame?: (device: RawDevice, frame: Buffer) => void;
  readonly upload?: (device: RawDevice, message: NetworkUpload) => void;
  /** False: it answers no ping. */
  readonly autoPong?: boolean;
}

/** A device that speaks for itself, to say what the agent never says. Honest where a test does not make it otherwise. */
export class RawDevice {
  readonly socket: WebSocket;
  readonly refusals: string[] = [];
  readonly #manners: Manners;
  #download: NetworkDownload | null = null;
  #hash = createHash('sha256');
  #bytes = 0;

  private constructor(socket: WebSocket, manners: Manners) {
    this.socket = socket;
    this.#manners = manners;
    socket.on('error', () => {});
    socket.on('message', (data, binary) => {
      if (binary) this.#frame(data as Buffer);
      else this.#take(JSON.parse(String(data)) as VerifierMessage);
    });
  }

  static async connect(lines: Lines, name: string, manners: Manners = {}): Promise<RawDevice> {
    const socket = new WebSocket(lines.url(name), { autoPong: manners.autoPong ?? true });
    const device = new RawDevice(socket, manners);
    await new Promise((resolve) => socket.once('open', resolve));
    await lines.until(() => lines.hub.get(name) !== undefined);
    return device;
  }

  report(bytes: number, sha256: string): void {
    this.socket.send(JSON.stringify({ type: 'network.received', exam, bytes, sha256 }));
  }

  /** The bytes that `message` asks for, in frames; `wrongAt` is turned over. */
  upload({ seed, bytes }: Pick<NetworkUpload, 'seed' | 'bytes'>, wrongAt = -1, frameBytes = 50_000): void {
    for (let at = 0; at < bytes; at += frameBytes) {
      const frame = stream(fromHex(seed), 'upload', at, Math.min(frameBytes, bytes - at));
      const wrong = frame[wrongAt - at];
      if (wrong !== undefined) frame[wrongAt - at] = wrong ^ 1;
      this.socket.send(frame);
    }
  }

  untilClosed(): Promise<string> {
    return new Promise((resolve) => this.socket.once('close', (_code, reason) => resolve(String(reason))));
  }

  #take(message: VerifierMessage): void {
    if (message.type === 'error') this.refusals.push(message.code);
    if (message.type === 'network.download') {
      this.#download = message;
      this.#manners.download?.(this, message);
    }
    if (message.type === 'network.upload') {
      if (this.#manners.upload) this.#manners.upload(this, message);
      else this.upload(message);
    }
  }

  #frame(frame: Buffer): void {
    if (this.#manners.frame) return this.#manners.frame(this, frame);
    this.#hash.update(frame);
    this.#bytes += frame.length;
    const { bytes = 0, reportBytes = 1 } = this.#download ?? {};
    if (this.#bytes % reportBytes !== 0 && this.#bytes !== bytes) return;
    this.report(this.#bytes, this.#hash.copy().digest('hex'));
  }
}
