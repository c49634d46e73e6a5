-- Probes, typed. `id` is the fact's, here and below. `root`, `tag` and what is needed to check it again stand in its event.
CREATE TABLE IF NOT EXISTS probe_results (
  id FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  card UInt8,
  probe FixedString(35) CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  transcript LowCardinality(String),
  entry UInt32 CODEC(Delta, ZSTD(1)),
  tag FixedString(64) CODEC(ZSTD(1)),
  purpose LowCardinality(String),
  rounds UInt16,
  outcome LowCardinality(String),
  code LowCardinality(String),
  walkers_opened UInt16,
  walkers_right UInt16,
  elapsed_ms Nullable(Float64),
  round_trip_ms Nullable(Float64),
  lag_ms Nullable(Float64),
  deadline_ms Float64,
  baseline_ms Nullable(Float64),
  load Nullable(Float64)
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (device, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- What a card was credited for an outage: one row for each card that was shown. `transcript` is empty, `entry` 0 and `tag`
-- zeros where no transcript has an entry of it. `outage_from` and `outage_to` are milliseconds since 1970 UTC.
CREATE TABLE IF NOT EXISTS offline_results (
  id FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  card UInt8,
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  outage_from UInt64 CODEC(DoubleDelta, ZSTD(1)),
  outage_to UInt64 CODEC(DoubleDelta, ZSTD(1)),
  links UInt32,
  squarings UInt64,
  squarings_per_second Float64,
  credited_ms UInt64,
  code LowCardinality(String),
  walkers_opened UInt16,
  walkers_right UInt16,
  transcript LowCardinality(String),
  entry UInt32,
  tag FixedString(64) CODEC(ZSTD(1))
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (device, at, position, card)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Where to find what was said of a lease: its moves, and what its witness stated. Events are sorted by device, and a lease is
-- asked for by its own id.
CREATE TABLE IF NOT EXISTS lease_events (
  id FixedString(35) CODEC(ZSTD(1)),
  lease FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  kind LowCardinality(String),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  marketplace LowCardinality(String),
  reference String CODEC(ZSTD(1)),
  state LowCardinality(String)
) ENGINE = MergeTree
ORDER BY (lease, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
