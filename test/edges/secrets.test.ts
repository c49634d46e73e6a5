import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawAgent } from '../verifier/testing/raw-agent.js';
import { VerifierProcess } from './testing/verifier-process.js';

let verifier: VerifierProcess;
beforeAll(async () => {
  verifier = await VerifierProcess.start();
});
afterAll(() => verifier.close());

const hex = (bytes: number) => randomBytes(bytes).toString('hex');
/** One secret of each kind that somebody could send, here or to the wrong place. */
const kinds = () => [
  ...['se', 'ak', 'wt', 'ws'].map((prefix) => `${prefix}_${hex(32)}`),
  `no_${hex(16)}`,
  `whsec_${randomBytes(24).toString('base64')}`,
  hex(64),
];

interface Documented {
  readonly paths: Record<string, Record<string, unknown>>;
}

it('writes no secret to its log, whatever route it was sent to, and wherever in the request it stood', async () => {
  const sent: string[] = [];
  const { paths } = (await (await fetch(`${verifier.url}/openapi.json`)).json()) as Documented;
  const hidden = [
    ['/metrics', 'get'],
    ['/v1/agent', 'get'],
    ['/v1/no-such-route', 'post'],
  ];
  const routes = [
    ...Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [path, method]),
    ),
    ...hidden,
  ];
  expect(routes.length).toBeGreaterThan(10);
  for (const [path = '', method = ''] of routes) {
    for (const secret of kinds()) {
      sent.push(secret);
      const within = path.replace(/\{[^}]+\}/g, encodeURIComponent(secret));
      const hasBody = method !== 'get' && method !== 'head' && method !== 'delete';
      const response = await fetch(`${verifier.url}${within}?token=${encodeURIComponent(secret)}`, {
        method: method.toUpperCase(),
        headers: {
          authorization: `Bearer ${secret}`,
          cookie: `session=${secret}`,
          'x-forwarded-for': secret.slice(0, 40),
          ...(hasBody && { 'content-type': 'application/json' }),
        },
        // Not quite JSON every second time: a parser quotes what it could not read.
        ...(hasBody && {
          body: sent.length % 2 ? `{"token":"${secret}"` : JSON.stringify({ [secret]: secret }),
        }),
        signal: AbortSignal.timeout(10_000),
      });
      await response.body?.cancel();
    }
  }
  // Those that really open something.
  const agent = new RawAgent(verifier.url);
  const enrolment = await agent.enrolment();
  sent.push(enrolment.nonce as string, enrolment.signature as string);
  await agent.request('POST', '/v1/devices', enrolment);
  const request = await agent.sessionRequest();
  sent.push(request.nonce as string, request.signature as string);
  const { token } = (await agent.request('POST', '/v1/sessions', request)).body as { token: string };
  sent.push(token);
  const broken = await fetch(`${verifier.url}/v1/sessions`, { method: 'POST', body: `{"a": ${token}}` });
  expect(broken.status).toBe(400);
  verifier.signal('SIGTERM');
  await verifier.exited();
  // It did log: of each route at least one answer.
  expect(verifier.said.split('"answered"').length).toBeGreaterThan(routes.length);
  for (const secret of sent) expect(verifier.said).not.toContain(secret);
});
