import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../../protocol/clock.js';
import { learnedFigures } from '../../scoring/queries/learned.js';
import type { VerifierOptions } from '../options.js';
import { Learner, type LearnerOptions } from './learner.js';
import { LiveCatalogue } from './live-catalogue.js';

/** The catalogue as it holds now, with all that the fleet has taught so far. @throws the record's errors */
export async function openCatalogue(parts: {
  readonly options: Pick<VerifierOptions, 'catalogue' | 'learnCards'>;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Pick<Clock, 'now'>;
}): Promise<LiveCatalogue> {
  const { options, clickhouse, clock } = parts;
  const live = new LiveCatalogue({ published: options.catalogue, clock, learns: options.learnCards > 0 });
  for (const fact of await learnedFigures(clickhouse)) live.apply(fact);
  return live;
}

/** Learning, begun. */
export function openLearning(
  parts: Omit<LearnerOptions, 'learnCards'> & { readonly options: Pick<VerifierOptions, 'learnCards'> },
): Learner {
  const learner = new Learner({ ...parts, learnCards: parts.options.learnCards });
  learner.start();
  return learner;
}
