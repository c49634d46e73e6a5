import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { readStatus, statusJson } from './status.js';
import { documentLines } from './ui/document.js';

const id = 'ab'.repeat(32);
const bodies: Record<string, string> = {
  [`/v1/devices/${id}`]: `{"id":"${id}","reputation":0.10000000000000000001,"cards":[{"model":"A"},{"model":"B"}]}`,
  [`/v1/devices/${id}/explain`]: '{"rules":[]}',
};
const server = createServer((request, reply) => {
  const body = bodies[request.url ?? ''];
  reply.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
  reply.end(body ?? '{"code":"device.unknown","detail":"Nobody."}');
});
afterEach(() => server.close());

const listen = async (): Promise<URL> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
};

it('prints what the verifier sent, digit for digit', async () => {
  const url = await listen();
  const report = await readStatus(url, id);
  expect(statusJson(report)).toBe(
    `{"device":${bodies[`/v1/devices/${id}`]},"explain":${bodies[`/v1/devices/${id}/explain`]}}`,
  );
  expect(documentLines(JSON.parse(report.device)).join('\n')).toBe(
    `id: ${id}\nreputation: 0.1\ncards:\n  - model: A\n  - model: B`,
  );
  await expect(readStatus(url, 'cd'.repeat(32))).rejects.toMatchObject({
    code: 'device.unknown',
    message: 'Nobody.',
  });
});
