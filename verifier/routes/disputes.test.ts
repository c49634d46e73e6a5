import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertFacts } from '../../scoring/queries/insert-facts.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { disputeMoved, showed } from '../../scoring/testing/dispute-facts.js';
import { deviceId, nextId } from '../../scoring/testing/facts.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { installProblems } from '../edge/problem.js';
import { disputeRoutes } from './disputes.js';

const record = await openTestRecord();
await migrate(record.client);
const app = Fastify();
installProblems(app);
disputeRoutes(app, { clickhouse: record.client });
afterAll(async () => {
  await app.close();
  await record.close();
});

const [first, later] = [deviceId('first'), deviceId('later')];
const [one, two] = [nextId('di'), nextId('di')];
const start = Date.now() - 3600_000;
const get = async (path: string) => {
  const answer = await app.inject(path);
  return { status: answer.statusCode, body: answer.json() };
};

beforeAll(async () => {
  const sweep = nextId('sw');
  const trials = [{ sweep, at: start, asked: [first, later], went: [first, later], passed: [first] }];
  const facts = [
    disputeMoved(one, start, [first, later]),
    disputeMoved(two, start + 1000, [first, later], { componentKind: 'gpu-pdi' }),
    disputeMoved(one, start + 2000, [first, later], { trials }),
    ...[first, later].map((device) => showed(device, start, { host: [['machine-id', 'image']] })),
  ];
  await insertFacts(record.client, facts, 'facts');
});

describe('disputes', () => {
  it('are listed as they stand, those that moved last first', async () => {
    const { body } = await get('/v1/disputes');
    expect(body.disputes.map(({ id }: { id: string }) => id)).toEqual([one, two]);
    expect(body.disputes[0]).toMatchObject({
      state: 'open',
      claimants: [
        { device: first, held: false },
        { device: later, held: true },
      ],
      reasons: [{ code: 'dispute.open' }],
    });
    const { body: rest } = await get(`/v1/disputes?before=${start + 2000}`);
    expect(rest.disputes.map(({ id }: { id: string }) => id)).toEqual([two]);
  });

  it('are told with their joint exams and what would settle them', async () => {
    const { body } = await get(`/v1/disputes/${one}`);
    expect(body.trials).toMatchObject([{ passed: [first] }]);
    expect(body.open).toMatchObject([{ devices: [first, later], joint: 1 }]);
    expect(body.moves).toHaveLength(2);
    expect(await get(`/v1/disputes/${nextId('di')}`)).toMatchObject({
      status: 404,
      body: { code: 'dispute.unknown' },
    });
  });
});

describe('devices that share values', () => {
  it('are listed in pairs, with what they share', async () => {
    const { body } = await get('/v1/collisions');
    expect(body.pairs).toMatchObject([{ shared: [{ kind: 'machine-id', values: 1, rarest: 2 }] }]);
    expect(body.pairs[0].devices.toSorted()).toEqual([first, later].toSorted());
    expect(body.common).toEqual([]);
  });
});
