-- Every fact that someone may ask about one by one: enrolments, transitions, exams. Append-only.
-- Presence and heartbeats have tables of their own (0002): they come every minute and only their minutes matter.
--
-- `device` is the hexadecimal id, so that rows can be read and joined as they are; sorted and compressed its 64 bytes cost next to nothing.
-- `position` is the place in its batch: two transitions of one device in the same millisecond keep their order.
-- `non_replicated_deduplication_window` makes a batch that is sent again under its token count once.
CREATE TABLE IF NOT EXISTS events (
  id FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  kind LowCardinality(String),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  body String CODEC(ZSTD(3))
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (device, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Exams again, typed: what formulas and class statistics read. `id` is the fact's.
CREATE TABLE IF NOT EXISTS exam_results (
  id FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  exam FixedString(35) CODEC(ZSTD(1)),
  card UInt8,
  kind LowCardinality(String),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  attempts UInt8,
  outcome LowCardinality(String),
  reasons Array(LowCardinality(String)),
  claimed_class LowCardinality(String),
  class LowCardinality(Nullable(String)),
  engine LowCardinality(Nullable(String)),
  n UInt16,
  layers UInt16,
  pages UInt32,
  rounds UInt16,
  pages_opened UInt16,
  pages_right UInt16,
  elapsed_ms Nullable(Float64),
  round_trip_ms Nullable(Float64),
  gflops Nullable(Float64)
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (device, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
