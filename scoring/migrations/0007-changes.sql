-- Where a fact stands in the journal that it came by: `journal` is the journal's own name, and `place` grows from fact to fact
-- of it. A fact that came by two journals (a verifier died, another told what it had acknowledged) has a row for each.
ALTER TABLE events
  ADD COLUMN IF NOT EXISTS journal LowCardinality(String) DEFAULT '' CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS place UInt64 DEFAULT 0 CODEC(Delta, ZSTD(1));

-- What the feed of changes shows, in the order in which each journal gave it to the record. The record says nothing of the
-- order between journals: its clock is read when an insert begins, and a slow insert is seen after a later one. But a journal
-- sends a batch only after the one before has been stored, so within one journal nothing appears behind what was seen.
-- Written after all else of its batch; not in parts by time: a batch must appear whole. What happened stands in its event.
CREATE TABLE IF NOT EXISTS changes (
  journal LowCardinality(String) CODEC(ZSTD(1)),
  place UInt64 CODEC(Delta, ZSTD(1)),
  id FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  kind LowCardinality(String),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
) ENGINE = MergeTree
ORDER BY (journal, place)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The last place of each journal. Written after `changes`: all up to it can be read.
CREATE TABLE IF NOT EXISTS change_ends (
  journal LowCardinality(String),
  place SimpleAggregateFunction(max, UInt64)
) ENGINE = AggregatingMergeTree
ORDER BY journal
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- What happened before there was a feed, as if it were a journal of its own. The same numbers when it runs twice.
INSERT INTO changes (journal, place, id, device, kind, at)
SELECT 'before', row_number() OVER (ORDER BY recorded, position, id), id, device, kind, at
FROM (
  SELECT recorded, position, id, device, kind, at
  FROM events
  WHERE journal = ''
    AND (
      kind IN ('device.enrolled', 'device.transition', 'exam.finished', 'network.measured', 'offline.shown', 'lease.moved')
      OR (kind = 'probe.finished' AND JSONExtractString(body, 'outcome') != 'passed')
    )
  ORDER BY recorded, position
  LIMIT 1 BY id
);

INSERT INTO change_ends (journal, place)
SELECT journal, max(place)
FROM changes
WHERE journal = 'before'
GROUP BY journal;
