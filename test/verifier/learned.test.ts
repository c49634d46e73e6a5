import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nobody } from '../../scoring/facts/base.js';
import type { CatalogueLearnedFact } from '../../scoring/facts/hardware.js';
import { insertFacts } from '../../scoring/queries/insert-facts.js';
import { openClickHouse } from '../../scoring/storage/clickhouse.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { nextId } from '../../scoring/testing/facts.js';
import { beginOf, epochOf } from '../../verifier/catalogue/epoch.js';
import { HonestSteps, HonestTable, slowCatalogue, toyClaim } from './testing/honest.js';
import { RawAgent } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-learned-'));
const epoch = epochOf(Date.now());
/** Far below what plain loops do, and four times what is published. */
const learned: CatalogueLearnedFact = {
  kind: 'catalogue.learned',
  id: nextId('fa'),
  at: beginOf(epoch - 1),
  device: nobody,
  epoch,
  from: beginOf(epoch - 337),
  to: beginOf(epoch - 1),
  figures: [
    { class: 'toy', engine: 'onnx-cpu', gflops: 0.02, lowGflops: 0.00004, cards: 44, q02: 0.02, q50: 0.02 },
  ],
};

let verifier: Awaited<ReturnType<typeof openVerifier>>;
let agent: RawAgent;
beforeAll(async () => {
  const clickhouse = await openClickHouse({ dataDir: join(dataDir, 'clickhouse') });
  await migrate(clickhouse, undefined, null);
  await insertFacts(clickhouse, [learned], 'learned before');
  await clickhouse.close();
  verifier = await openVerifier({ dataDir, catalogue: slowCatalogue, revealMs: 60_000 });
  agent = new RawAgent(verifier.url);
});
afterAll(async () => {
  await verifier.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Classes {
  readonly learned: { readonly now: unknown; readonly next: unknown };
  readonly classes: readonly {
    readonly id: string;
    readonly members: readonly string[];
    readonly engines: readonly { readonly engine: string; readonly basis: string; readonly source: string }[];
  }[];
}

describe('a verifier that starts with what the fleet taught', () => {
  it('says by what it judges, where each figure is from, and since when', async () => {
    const { body } = await agent.request('GET', '/v1/classes');
    const { learned: since, classes } = body as unknown as Classes;
    expect(since).toEqual({
      now: { epoch, from: new Date(beginOf(epoch)).toISOString(), figures: 1, fact: learned.id },
      next: null,
    });
    const toy = classes.find(({ id }) => id === 'toy');
    expect(toy?.members).toEqual(['Toy']);
    expect(toy?.engines).toMatchObject([
      { engine: '*', basis: 'given' },
      { engine: 'onnx-cpu', basis: 'fleet', lowGflops: 0.00004 },
    ]);
    expect(toy?.engines[1]?.source).toContain('44 cards');
  });

  it('judges exams by it', async () => {
    await agent.enrol([toyClaim]);
    const socket = await agent.connect();
    await new HonestSteps(socket).whole();
    const table = await new HonestTable(socket).whole();
    const { checks, class: proven } = await table.verdict();
    expect(proven).toBe('toy');
    expect(checks.find(({ check }) => check === 'compute.rate')?.required).toBe(0.00004);
    socket.socket.terminate();
  });
});
