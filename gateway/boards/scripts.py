"""What Valkey runs for a read: one script, so that version, rank and rows are of one moment.

All answer {state, sequence, version, at, total, start, above, rows, appearances, owners}: `state` is `ready`,
`pending`, `absent` (nobody has earned points in the period, and the board is whole) or `missing` (the ambassador has no
row). `start` counts from 0, `above` how many have more than the first row, `rows` alternates members and scores,
`appearances` says of each row how that person has chosen to appear, `owners` by which subject the person asked for may
be found under a pseudonym. Loops are bounded by the logarithm of the board and by the page. AMONG answers rows of
{member, score, place, above, below} instead, of people who need not be neighbours.
"""

# KEYS: scores, arrivals, version, definition, appearances, owners
_STATE = """
local known = redis.call('HMGET', KEYS[3], 'ready', 'sequence', 'version', 'at')
local function answer(state, total, start, above, rows, appearances, owners)
  return {
    state, known[2] or '0', known[3] or '0', known[4] or '', total, start, above, rows, appearances, owners or {}
  }
end
if known[1] ~= '1' then
  local whole = redis.call('HGET', KEYS[4], 'ready') == '1' and redis.call('EXISTS', KEYS[3]) == 0
  return answer(whole and 'absent' or 'pending', 0, 0, 0, {}, {})
end
local total = redis.call('ZCARD', KEYS[1])
local function of_each(key, found, width)
  local who = {}
  for i = 1, #found, width do who[#who + 1] = string.sub(found[i], 9) end
  return #who > 0 and redis.call('HMGET', key, unpack(who)) or {}
end
local function more(score) return redis.call('ZCOUNT', KEYS[1], '(' .. score, '+inf') end
local function rows(start, size, owners)
  local found = redis.call('ZREVRANGE', KEYS[1], start, start + size - 1, 'WITHSCORES')
  local above = found[2] and more(found[2]) or 0
  return answer('ready', total, start, above, found, of_each(KEYS[5], found, 2), owners)
end
local function member_of(who)
  local arrival = redis.call('HGET', KEYS[2], who)
  if not arrival then return false end
  local complement = {}
  for i = 1, #arrival do complement[i] = string.char(255 - string.byte(arrival, i)) end
  return table.concat(complement) .. who
end
"""

# ARGV: size, then score and the bytes of the arrival before the page, or two empty texts for the first page
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
  start = more(ARGV[2])
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
local member = member_of(ARGV[2])
local place = member and redis.call('ZREVRANK', KEYS[1], member)
if not place then return answer('missing', total, 0, 0, {}, {}) end
local size = tonumber(ARGV[1])
local owners = redis.call('HMGET', KEYS[6], ARGV[2])
return rows(math.max(0, math.min(place - math.floor(size / 2), total - size)), size, owners)
"""
)

# ARGV: ambassadors, each of whom is left out who has no row
AMONG = (
    _STATE
    + """
local found = {}
for i = 1, #ARGV do
  local member = member_of(ARGV[i])
  local place = member and redis.call('ZREVRANK', KEYS[1], member)
  if place then
    local score = redis.call('ZSCORE', KEYS[1], member)
    local below = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. score)
    for _, value in ipairs({member, score, place, more(score), below}) do found[#found + 1] = value end
  end
end
return answer('ready', total, 0, 0, found, of_each(KEYS[5], found, 5), of_each(KEYS[6], found, 5))
"""
)
