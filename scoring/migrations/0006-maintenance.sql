-- Windows of maintenance and quiet: in which minutes a device, or nobody's device (64 zeros: all of them), is not held to
-- be there. `time_window` is the id of the fact that declared it. A window that was taken back or ended early has a second row:
-- the earliest end counts, so rows that come twice or in another order say the same.
-- Minutes since 1970 UTC, `first` inclusive and `until` exclusive.
CREATE TABLE IF NOT EXISTS maintenance (
  id FixedString(35) CODEC(ZSTD(1)),
  time_window FixedString(35) CODEC(ZSTD(1)),
  device FixedString(64) CODEC(ZSTD(1)),
  kind LowCardinality(String),
  at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  recorded DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(DoubleDelta, ZSTD(1)),
  position UInt32 CODEC(ZSTD(1)),
  first UInt32,
  until UInt32,
  reason String CODEC(ZSTD(1)),
  declared_by String CODEC(ZSTD(1))
) ENGINE = MergeTree
ORDER BY (device, time_window, at, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
