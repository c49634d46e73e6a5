/** What takes more than one command of Redis, as scripts: each runs whole or not at all, with nothing in between. */

const putIfAbsent = `
local there = redis.call('GET', KEYS[1])
if there then return there end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

/** ARGV: 1 where a value is expected, that value, 1 where a value is to stand, that value, its time to live. */
const replace = `
local there = redis.call('GET', KEYS[1])
if ARGV[1] == '1' then
  if there ~= ARGV[2] then return 0 end
elseif there then
  return 0
end
if ARGV[3] == '1' then
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
else
  redis.call('DEL', KEYS[1])
end
return 1`;

const putField = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

/**
 * `spendStep` of `gcra.ts`, in whole microseconds of Redis's own clock, so that clocks of verifiers that differ change nothing.
 * ARGV: burst, microseconds in which one comes back, cost.
 */
export const spendScript = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst, every, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local whole = burst * every
local before = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or now), now), now + whole)
local after = before + cost * every
local allowed = after - now <= whole
local kept = allowed and after or before
if kept > now then
  redis.call('SET', KEYS[1], string.format('%.0f', kept), 'PX', math.ceil((kept - now) / 1000))
end
local left = math.floor((whole - (kept - now)) / every)
return { allowed and 1 or 0, left, allowed and 0 or math.ceil((after - now - whole) / 1000) }`;

/** A number that another state can't have: it is drawn where there is none. */
const generation = `
local there = redis.call('GET', KEYS[1])
if there then return there end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]`;

export const scripts = {
  hotPutIfAbsent: { lua: putIfAbsent, numberOfKeys: 1 },
  hotReplace: { lua: replace, numberOfKeys: 1 },
  hotPutField: { lua: putField, numberOfKeys: 1 },
  hotSpend: { lua: spendScript, numberOfKeys: 1 },
  hotGeneration: { lua: generation, numberOfKeys: 1 },
};

/** The scripts as commands of a connection that was made with them. */
export interface ScriptCommands {
  hotPutIfAbsent(key: string, value: string, ttlMs: number): Promise<string>;
  hotReplace(
    key: string,
    expects: 0 | 1,
    expected: string,
    puts: 0 | 1,
    value: string,
    ttlMs: number,
  ): Promise<number>;
  hotPutField(key: string, field: string, value: string, ttlMs: number): Promise<null>;
  hotSpend(key: string, burst: number, everyUs: number, cost: number): Promise<[number, number, number]>;
  hotGeneration(key: string, drawn: string): Promise<string>;
}
