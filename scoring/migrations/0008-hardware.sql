-- What hosts said about themselves. A report is on record where it differs from the one before: the latest of a device stands.
-- `codes` and `severities` are of what was found in it, place by place. All else stands in its event.
CREATE TABLE IF NOT EXISTS hardware_reports (
  id FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  cards UInt8,
  codes Array(LowCardinality(String)),
  severities Array(LowCardinality(String))
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (device, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Identifying values of a report, hashed twice. `card` is the place in the report, `claim` the index of the enrolled card that
-- it stands for; both null for the host's own values. Sorted for the one question that is asked: who else shows this value.
CREATE TABLE IF NOT EXISTS hardware_components (
  kind LowCardinality(String),
  hash FixedString(64) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  report FixedString(35) CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  card Nullable(UInt8),
  claim Nullable(UInt8)
) ENGINE = MergeTree
ORDER BY (kind, hash, device, at)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- One GPU that several devices claim, each move of it. `id` is the fact's; trials and reasons stand in its event.
CREATE TABLE IF NOT EXISTS disputes (
  id FixedString(35) CODEC(ZSTD(1)),
  dispute FixedString(35) CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  kind LowCardinality(String),
  hash FixedString(64) CODEC(ZSTD(1)),
  state LowCardinality(String),
  claimants Array(FixedString(64)),
  keeper Nullable(String) CODEC(ZSTD(1)),
  losers Array(FixedString(64)),
  trials UInt16
) ENGINE = MergeTree
ORDER BY (dispute, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
