import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import { nobody } from '../facts/base.js';
import type { WebhookDeliveredFact, WebhookSetFact } from '../facts/webhook.js';
import { statement } from '../storage/statements.js';
import { readFact } from './fact-body.js';

// `device` is the first column that events are sorted by: facts about nobody lie together.
const latest = statement({
  sql: `
    SELECT argMax(body, (at, recorded, position)) AS fact
    FROM events
    WHERE device = {nobody:String} AND kind IN ('webhook.set', 'webhook.delivered')
    GROUP BY kind, JSONExtractString(body, 'webhook') AS webhook
    ORDER BY kind DESC, webhook`,
  params: Type.Object({ nobody: DeviceId }),
  row: Type.Object({ fact: Type.String() }),
});

/** The last that was said of each webhook that there ever was: how it is set, and after all of those how far each was delivered. */
export async function loadWebhooks(
  client: ClickHouseClient,
): Promise<(WebhookSetFact | WebhookDeliveredFact)[]> {
  const facts = (await latest(client, { nobody })).map(({ fact }) => readFact(fact));
  return facts.filter((fact) => fact.kind === 'webhook.set' || fact.kind === 'webhook.delivered');
}
