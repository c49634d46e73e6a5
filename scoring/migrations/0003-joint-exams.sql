-- The memory part of an exam, beside the compute part. All columns are null where it was not asked, and in the rows of
-- before there was one; `table_bytes`, `walked_bytes` and `walkers_opened` say what was asked. Bandwidth in 10^9 bytes a second.
ALTER TABLE exam_results
  ADD COLUMN IF NOT EXISTS memory_engine LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS memory_attempts Nullable(UInt8),
  ADD COLUMN IF NOT EXISTS table_bytes Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS walked_bytes Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS walkers_opened Nullable(UInt16),
  ADD COLUMN IF NOT EXISTS walkers_right Nullable(UInt16),
  ADD COLUMN IF NOT EXISTS build_ms Nullable(Float64),
  ADD COLUMN IF NOT EXISTS memory_elapsed_ms Nullable(Float64),
  ADD COLUMN IF NOT EXISTS bandwidth_gbps Nullable(Float64);

-- Measurements of the line of a device, typed. `id` is the fact's. Rates are null where nothing was proven to come through.
CREATE TABLE IF NOT EXISTS network_results (
  id FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  exam FixedString(35) CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  round_trips UInt16,
  round_trip_min_ms Nullable(Float64),
  round_trip_median_ms Nullable(Float64),
  download_bytes UInt64,
  download_mbps Nullable(Float64),
  upload_bytes UInt64,
  upload_mbps Nullable(Float64)
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (device, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
