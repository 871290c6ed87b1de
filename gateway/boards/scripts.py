"""What Valkey runs for a read: one script, so that version, rank and rows are of one moment.

Both answer {state, sequence, version, at, total, start, rows}: `state` is `ready`, `pending`, `absent` (nobody has
earned points in the period, and the board is whole) or `missing` (the ambassador has no row); `start` counts from 0,
`rows` alternates members and scores. Loops are bounded by the logarithm of the board and by the page.
"""

# KEYS: scores, arrivals, version, definition
_STATE = """
local known = redis.call('HMGET', KEYS[3], 'ready', 'sequence', 'version', 'at')
local function answer(state, total, start, rows)
  return {state, known[2] or '0', known[3] or '0', known[4] or '', total, start, rows}
end
if known[1] ~= '1' then
  local whole = redis.call('HGET', KEYS[4], 'ready') == '1' and redis.call('EXISTS', KEYS[3]) == 0
  return answer(whole and 'absent' or 'pending', 0, 0, {})
end
local total = redis.call('ZCARD', KEYS[1])
local function rows(start, size)
  return answer('ready', total, start, redis.call('ZREVRANGE', KEYS[1], start, start + size - 1, 'WITHSCORES'))
end
"""

# ARGV: size, then score and member of the row before the page, or two empty texts for the first page
PAGE = (
    _STATE
    + """
local function stands_before_or_at(a, b)  -- by bytes: Lua's own comparison follows the server's locale
  for i = 1, #b do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x ~= nil and x > y end
  end
  return true
end
local start = 0
if ARGV[3] ~= '' then
  start = redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[2], '+inf')
  local stop = start + redis.call('ZCOUNT', KEYS[1], ARGV[2], ARGV[2])
  while start < stop do
    local middle = math.floor((start + stop) / 2)
    if stands_before_or_at(redis.call('ZREVRANGE', KEYS[1], middle, middle)[1], ARGV[3]) then
      start = middle + 1
    else
      stop = middle
    end
  end
end
return rows(start, tonumber(ARGV[1]))
"""
)

# ARGV: size, ambassador
AROUND = (
    _STATE
    + """
local arrival = redis.call('HGET', KEYS[2], ARGV[2])
local rank = false
if arrival then
  local complement = {}
  for i = 1, #arrival do complement[i] = string.char(255 - string.byte(arrival, i)) end
  rank = redis.call('ZREVRANK', KEYS[1], table.concat(complement) .. ARGV[2])
end
if not rank then return answer('missing', total, 0, {}) end
local size = tonumber(ARGV[1])
return rows(math.max(0, math.min(rank - math.floor(size / 2), total - size)), size)
"""
)
