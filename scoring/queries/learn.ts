import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { type Catalogue, expectation } from '../catalogue/catalogue.js';
import { figuredExpectation } from '../catalogue/figured.js';
import { type FleetSample, isLearnable } from '../catalogue/learn.js';
import { statement } from '../storage/statements.js';

/** A GPU has shown its memory in so many exams at least: one that came once says little. */
const fewestExams = 3;

const Count = Type.Integer({ minimum: 0 });
const Names = Type.Array(Type.String());
const Rates = Type.Array(Type.Number());

// Read from within, each line is one thing: every exam once, by its id, its later end; then one row for each card and engine;
// then only cards that were one GPU all the time, and GPUs that were in one place; then the quantiles over GPUs.
//
// An exam counts where all was right but its rate: passed, or failed for the rate alone, which leaves the memory that it showed.
// So what is learned does not choose by itself of whom it is learned, however long a learned floor has failed a card. The first step reads in the order of the table, device by device, and whatever grows larger than
// its share of memory goes to disk.
const fleet = statement({
  sql: `
    WITH
      indexOf({keys:Array(String)}, concat(claimed, '/', engine)) AS named,
      if(named > 0, named, indexOf({keys:Array(String)}, concat(claimed, '/*'))) AS place,
      {floors:Array(Float64)}[place] AS floor,
      {own:Array(UInt8)}[place] = 1 AS isOwn
    SELECT
      claimed AS class,
      engine,
      sum(counted) AS cards,
      countIf(counted > 0) AS owners,
      max(counted) AS largestOwner,
      quantileExactMerge(0.02)(low) AS q02,
      quantileExactMerge(0.5)(middle) AS q50,
      quantileExactMerge(0.02)(seen) AS seenQ02
    FROM (
      SELECT
        claimed, engine, owner,
        countIf(rate >= floor) AS counted,
        quantileExactStateIf(0.02)(rate, rate >= floor) AS low,
        quantileExactStateIf(0.5)(rate, rate >= floor) AS middle,
        quantileExactStateIf(0.02)(rate, rate >= floor OR NOT isOwn) AS seen
      FROM (
        SELECT claimed, told.1 AS engine, told.2 AS rate, if(wallet = '', toString(device), wallet) AS owner
        FROM (
          SELECT any(slot.1) AS device, any(slot.2) AS claimed, any(slot.3) AS engines
          FROM (
            SELECT
              any(gpu) AS oneGpu,
              (device, any(claimed), groupArrayIf((engine, rate), shown >= {exams:UInt32})) AS slot
            FROM (
              SELECT
                device, card, claimed, gpu, engine,
                quantileExactIf(0.5)(gflops, isRated) AS rate,
                countIf(isShown) AS shown
              FROM (
                SELECT
                  device,
                  last.1 AS card,
                  last.2 AS claimed,
                  last.3 AS engine,
                  if(empty(last.4), concat(device, '/', toString(last.1)), last.4) AS gpu,
                  ifNull(last.7, 0) AS gflops,
                  gflops > 0 AND (last.5 = 'passed' OR (last.5 = 'failed' AND last.6 = ['rate.below-class'])) AS isRated,
                  isRated AND ifNull(last.8, 0) >= {lows:Array(Float64)}[indexOf({classes:Array(String)}, last.2)] AS isShown
                FROM (
                  SELECT
                    device, id,
                    argMax(
                      (card, toString(claimed_class), toString(ifNull(exam_results.engine, '')), ifNull(hardware, ''),
                       toString(outcome), arrayMap(reason -> toString(reason), reasons), exam_results.gflops, bandwidth_gbps),
                      (at, recorded, position)
                    ) AS last
                  FROM exam_results
                  WHERE at >= fromUnixTimestamp64Milli({from:Int64})
                    AND at < fromUnixTimestamp64Milli({to:Int64})
                    AND card_kind = 'gpu'
                  GROUP BY device, id
                )
              )
              GROUP BY device, card, claimed, gpu, engine
            )
            GROUP BY device, card
            HAVING uniqExact(claimed, gpu) = 1
          )
          GROUP BY oneGpu
          HAVING count() = 1
        )
        ARRAY JOIN engines AS told
        LEFT JOIN (
          SELECT device, argMax(JSONExtractString(body, 'wallet'), (at, recorded, position)) AS wallet
          FROM events
          WHERE kind = 'device.enrolled'
          GROUP BY device
        ) AS enrolled USING (device)
        WHERE has({classes:Array(String)}, claimed)
      )
      GROUP BY claimed, engine, owner
    )
    GROUP BY claimed, engine
    HAVING cards > 0
    ORDER BY class, engine
    SETTINGS optimize_aggregation_in_order = 1, max_bytes_before_external_group_by = 268435456`,
  params: Type.Object({
    from: Type.Integer(),
    to: Type.Integer(),
    exams: Count,
    /** Classes that can be learned, and the lowest bandwidth that shows their memory, place by place. */
    classes: Names,
    lows: Rates,
    /** `class/engine`, and the published floor under it; `class/*` stands for every engine that is not named. */
    keys: Names,
    floors: Rates,
    /** 1 where that floor is the engine's own. */
    own: Type.Array(Count),
  }),
  row: Type.Object({
    class: Type.String(),
    engine: Type.String(),
    cards: Count,
    owners: Count,
    largestOwner: Count,
    q02: Type.Number(),
    q50: Type.Number(),
    seenQ02: Type.Number(),
  }),
});

/**
 * What GPUs of each class do on each engine, one rate of each: of those that showed the class's memory in at least three exams
 * between two times, with nothing wrong but perhaps the rate, and were the same GPU in the same place all the while (ADR 12).
 *
 * @param published the catalogue without anything learned
 * @param from milliseconds since 1970, as is `to`, which is not in it
 */
export function fleetSamples(
  client: ClickHouseClient,
  published: Catalogue,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<FleetSample[]> {
  const learnable = published.classes.filter(
    (one) => isLearnable(one) && figuredExpectation(one, '*') !== null,
  );
  const floors = learnable.flatMap((one) =>
    [...new Set([...Object.keys(one.expectations), '*'])].map((engine) => ({
      key: `${one.id}/${engine}`,
      floor: figuredExpectation(one, engine)?.lowGflops ?? Number.MAX_VALUE,
      own: expectation(one, engine).basis === 'prior' ? 0 : 1,
    })),
  );
  return fleet(client, {
    from,
    to,
    exams: fewestExams,
    classes: learnable.map(({ id }) => id),
    lows: learnable.map(({ memory }) => memory?.lowGBps ?? Number.MAX_VALUE),
    keys: floors.map(({ key }) => key),
    floors: floors.map(({ floor }) => floor),
    own: floors.map(({ own }) => own),
  });
}
