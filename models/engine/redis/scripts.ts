import { hash } from 'node:crypto';

/** A Lua script that touches one key, so that it runs on a cluster as it does elsewhere. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

function script(source: string): Script {
  return { source, sha: hash('sha1', source) };
}

/**
 * Compare and set. ARGV: the expected text, empty for none; the new text, empty to delete; when it expires in
 * milliseconds since 1970, empty for never. Answers nil when done, else what is there instead, empty for nothing.
 */
export const SWAP = script(`
local found = redis.call('GET', KEYS[1]) or ''
if found ~= ARGV[1] then return found end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
elseif ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3]) end
return nil`);

/** Moves a key's expiry out, never in. ARGV: milliseconds since 1970, empty for never. */
const KEEP_UNTIL = `
local function keep_until(key, at)
  if at == '' then redis.call('PERSIST', key) return end
  local left = redis.call('PTTL', key)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if left >= 0 and now + left < tonumber(at) then redis.call('PEXPIREAT', key, at) end
end`;

export const PROLONG = script(`${KEEP_UNTIL}
keep_until(KEYS[1], ARGV[1])
return nil`);

/**
 * Adds a member to an index, or notes that it was added again. Its score is the time in seconds by the server's
 * clock, which is one for all processes. ARGV: the member; when it expires, empty for never.
 */
export const ADD_MEMBER = script(`${KEEP_UNTIL}
local is_new = redis.call('EXISTS', KEYS[1]) == 0
redis.call('ZADD', KEYS[1], redis.call('TIME')[1], ARGV[1])
if is_new and ARGV[2] ~= '' then redis.call('PEXPIREAT', KEYS[1], ARGV[2])
else keep_until(KEYS[1], ARGV[2]) end
return nil`);

/** Takes members out that were last added so many seconds ago or more. ARGV: the seconds; the members. */
export const DROP_MEMBERS = script(`
local latest = redis.call('TIME')[1] - ARGV[1]
for i = 2, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score and tonumber(score) <= latest then redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return nil`);
