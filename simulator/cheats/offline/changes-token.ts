import { OfflineRunner } from '../../../agent/offline/runner.js';
import type { OutageParts, OutageSide } from './agent.js';

/** Writes another time into its chain's token, fewer squarings, another device, and keeps our signature, or has none. */
export function changesToken(parts: OutageParts): OutageSide {
  return new OfflineRunner({
    ...parts,
    send(message) {
      if (message.type !== 'offline.report') return parts.send(message);
      for (const token of changed(message.token)) parts.send({ ...message, token });
    },
  });
}

function changed(token: string): string[] {
  const [body = '', mac = ''] = token.split('.');
  const text = Buffer.from(body, 'base64url').toString();
  const others = [
    text.replace(/"issuedAt":\d+/, '"issuedAt":1'),
    text.replace(/"squarings":\d+/, '"squarings":1000000000'),
    text.replace(/"device":"[0-9a-f]+"/, `"device":"${'ab'.repeat(32)}"`),
  ];
  return [
    ...others.map((other) => `${Buffer.from(other).toString('base64url')}.${mac}`),
    `${body}.`,
    body,
    `${body}.${mac}.x`,
  ];
}
