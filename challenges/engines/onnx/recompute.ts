import type { RecomputePages } from '../engine.js';
import { openPageSession } from './forms.js';
import type { OnnxOptions, PageSession } from './session.js';

/** A verifier's product and the sessions behind it. */
export interface OnnxRecompute {
  readonly recompute: RecomputePages;
  close(): Promise<void>;
}

/**
 * The verifier's batched product on ONNX Runtime. Sessions are kept by `(n, layers)`, the `keep` last used ones.
 * One call at a time: a call blocks its thread anyway.
 */
export function createOnnxRecompute(options: OnnxOptions, keep = 4): OnnxRecompute {
  const sessions = new Map<string, PageSession>();

  async function sessionFor(n: number, layers: number): Promise<PageSession> {
    const key = `${n} ${layers}`;
    const session =
      sessions.get(key) ?? (await openPageSession(options, { n, layers, start: 'pages', output: 'pages' }));
    // A Map keeps insertion order: putting it in again makes it the last used.
    sessions.delete(key);
    sessions.set(key, session);
    const [oldest] = sessions;
    if (sessions.size > keep && oldest !== undefined) {
      sessions.delete(oldest[0]);
      await oldest[1].close();
    }
    return session;
  }

  return {
    async recompute(network) {
      const session = await sessionFor(network.n, network.layers);
      session.load(network);
      return (starts, count) => session.pages({ starts: starts.subarray(0, count * network.n) });
    },
    async close() {
      for (const session of sessions.values()) await session.close();
      sessions.clear();
    },
  };
}
