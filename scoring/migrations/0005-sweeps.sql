-- Which sweep an exam was part of, and what tells two GPUs apart. Null in the rows of before; `hardware` is the SHA-256 of the
-- hardware id that the card claims, empty where it claims none.
ALTER TABLE exam_results
  ADD COLUMN IF NOT EXISTS sweep Nullable(String) CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS card_kind LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS hardware Nullable(String) CODEC(ZSTD(1));

-- Sweeps, typed: one row for each preimage that was taken, and one for each part of a sweep that is over. `id` is the fact's.
-- Chains, preimages and what else is needed to check a sweep stand in its events. Columns that a reservation has not are null.
CREATE TABLE IF NOT EXISTS sweeps (
  id FixedString(35) CODEC(ZSTD(1)),
  sweep FixedString(35) CODEC(ZSTD(1)),
  kind LowCardinality(String),
  sweep_kind LowCardinality(String),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  chain FixedString(64) CODEC(ZSTD(1)),
  place UInt32,
  part Nullable(UInt16),
  started_at Nullable(DateTime64(3, 'UTC')),
  cards Nullable(UInt32),
  compute_p99_ms Nullable(Float64),
  memory_p99_ms Nullable(Float64)
) ENGINE = MergeTree
ORDER BY (sweep, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Cards that were asked in a sweep: when each was let go, milliseconds after the first of its part; null where it was not.
CREATE TABLE IF NOT EXISTS sweep_members (
  id FixedString(35) CODEC(ZSTD(1)),
  sweep FixedString(35) CODEC(ZSTD(1)),
  sweep_kind LowCardinality(String),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  card UInt8,
  exam FixedString(35) CODEC(ZSTD(1)),
  compute_go_ms Nullable(Float64),
  memory_go_ms Nullable(Float64)
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (sweep, device, card)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
