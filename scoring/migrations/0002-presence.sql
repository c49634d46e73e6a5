-- One row per card and minute in which the device's connection lived. `minute` counts from 1970 UTC. A device that was
-- there without any card has one row of card 255.
-- By day, so that the TTL drops whole parts instead of rewriting them.
CREATE TABLE IF NOT EXISTS presence (
  device FixedString(64) CODEC(ZSTD(1)),
  card UInt8 CODEC(ZSTD(1)),
  minute UInt32 CODEC(DoubleDelta, ZSTD(1))
) ENGINE = MergeTree
PARTITION BY intDiv(minute, 1440)
ORDER BY (device, card, minute)
TTL toDateTime(minute * 60, 'UTC') + INTERVAL 14 DAY
SETTINGS ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The minutes of each hour as a set: sent three times they count once, and so for 13 months.
-- The window is set here too: with it on the source alone, an aggregate that counts would count retries again.
CREATE TABLE IF NOT EXISTS presence_hours (
  device FixedString(64) CODEC(ZSTD(1)),
  card UInt8 CODEC(ZSTD(1)),
  hour UInt32 CODEC(DoubleDelta, ZSTD(1)),
  minutes AggregateFunction(groupBitmap, UInt32) CODEC(ZSTD(1))
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(toDateTime(hour * 3600, 'UTC'))
ORDER BY (device, card, hour)
TTL toDateTime(hour * 3600, 'UTC') + INTERVAL 13 MONTH
SETTINGS ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS presence_to_hours TO presence_hours AS
SELECT device, card, intDiv(minute, 60) AS hour, groupBitmapState(minute) AS minutes
FROM presence
GROUP BY device, card, hour;

-- Minutes in which a verifier was in service. A minute without any is unknown for everybody, and down for nobody.
CREATE TABLE IF NOT EXISTS heartbeats (
  verifier LowCardinality(String),
  minute UInt32 CODEC(DoubleDelta, ZSTD(1))
) ENGINE = MergeTree
PARTITION BY toYYYYMM(toDateTime(minute * 60, 'UTC'))
ORDER BY (minute, verifier)
TTL toDateTime(minute * 60, 'UTC') + INTERVAL 13 MONTH
SETTINGS ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
