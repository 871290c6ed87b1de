"""What Valkey runs for a read: one script, so that version, rank and rows are of one moment.

All answer {state, sequence, version, at, total, start, above, rows, appearances, owner}: `state` is `ready`,
`unchanged` (since the version that was named), `pending`, `absent` (nobody has earned points in the period, and the
board is whole) or `missing` (the ambassador has no row). `start` counts from 0, `above` how many have more than the
first row, `rows` alternates members and scores, `appearances` says of each row how that person has chosen to appear
(nothing, when nobody in the period has chosen), `owner` by which subject the person asked for may be found under a
pseudonym. Loops are bounded by the logarithm of the board and by the page. AMONG answers rows of {member, score, place,
above, below} instead, of people who need not be neighbours, and the owner of each.
"""

from libs.storage.resp import Script

# KEYS: scores, arrivals, version, definition, appearances, owners
KEYS = 6
_STATE = """
local call = redis.call
local known = call('HMGET', KEYS[3], 'ready', 'sequence', 'version', 'at')
local function answer(state, total, start, above, rows, appearances, owner)
  return {
    state, known[2] or '0', known[3] or '0', known[4] or '', total, start, above, rows, appearances, owner or false
  }
end
if known[1] ~= '1' then
  local whole = call('HGET', KEYS[4], 'ready') == '1' and call('EXISTS', KEYS[3]) == 0
  return answer(whole and 'absent' or 'pending', 0, 0, 0, {}, {})
end
"""
_MEMBER = """
local function member_of(who)
  local arrival = call('HGET', KEYS[2], who)
  if not arrival then return false end
  local a, b, c, d, e, f, g, h = string.byte(arrival, 1, 8)
  return string.char(255 - a, 255 - b, 255 - c, 255 - d, 255 - e, 255 - f, 255 - g, 255 - h) .. who
end
"""
_ROWS = """
local total = call('ZCARD', KEYS[1])
local function of_each(key, found, width)
  local who = {}
  for i = 1, #found, width do who[#who + 1] = string.sub(found[i], 9) end
  return #who > 0 and call('HMGET', key, unpack(who)) or {}
end
local function more(score) return call('ZCOUNT', KEYS[1], '(' .. score, '+inf') end
local function rows(start, size, owner)
  local found = call('ZREVRANGE', KEYS[1], start, start + size - 1, 'WITHSCORES')
  local above = start > 0 and found[2] and more(found[2]) or 0
  local appearances = call('EXISTS', KEYS[5]) == 1 and of_each(KEYS[5], found, 2) or {}
  return answer('ready', total, start, above, found, appearances, owner)
end
"""

# ARGV: the version that is known (sequence, version and time, with blanks between; or nothing), size, then score and
# the bytes of the arrival before the page, or two empty texts for the first page
PAGE = Script(
    _STATE
    + """
if known[2] and table.concat({known[2], known[3], known[4] or ''}, ' ') == ARGV[1] then
  return answer('unchanged', 0, 0, 0, {}, {})
end
"""
    + _ROWS
    + """
local function stands_before_or_at(a, b)  -- by bytes: Lua's own comparison follows the server's locale
  for i = 1, #b do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x ~= nil and x > y end
  end
  return true
end
local start = 0
if ARGV[4] ~= '' then
  start = more(ARGV[3])
  local stop = start + call('ZCOUNT', KEYS[1], ARGV[3], ARGV[3])
  while start < stop do
    local middle = math.floor((start + stop) / 2)
    if stands_before_or_at(call('ZREVRANGE', KEYS[1], middle, middle)[1], ARGV[4]) then
      start = middle + 1
    else
      stop = middle
    end
  end
end
return rows(start, tonumber(ARGV[2]))
""",
    keys=KEYS,
)

# ARGV: size, ambassador
AROUND = Script(
    _STATE
    + _MEMBER
    + _ROWS
    + """
local member = member_of(ARGV[2])
local place = member and call('ZREVRANK', KEYS[1], member)
if not place then return answer('missing', total, 0, 0, {}, {}) end
local size = tonumber(ARGV[1])
local owner = call('HGET', KEYS[6], ARGV[2])
return rows(math.max(0, math.min(place - math.floor(size / 2), total - size)), size, owner)
""",
    keys=KEYS,
)

# ARGV: ambassador; `rows` is {score, place, above, below}
RANK = Script(
    _STATE
    + _MEMBER
    + """
local total = call('ZCARD', KEYS[1])
local member = member_of(ARGV[1])
local found = member and call('ZREVRANK', KEYS[1], member, 'WITHSCORE')
if not found then return answer('missing', total, 0, 0, {}, {}) end
local score = found[2]
local above = call('ZCOUNT', KEYS[1], '(' .. score, '+inf')
local below = call('ZCOUNT', KEYS[1], '-inf', '(' .. score)
return answer('ready', total, 0, 0, {score, found[1], above, below}, {call('HGET', KEYS[5], ARGV[1])},
  call('HGET', KEYS[6], ARGV[1]))
""",
    keys=KEYS,
)

# ARGV: ambassadors, each of whom is left out who has no row
AMONG = Script(
    _STATE
    + _MEMBER
    + _ROWS
    + """
local found = {}
for i = 1, #ARGV do
  local member = member_of(ARGV[i])
  local place = member and call('ZREVRANK', KEYS[1], member)
  if place then
    local score = call('ZSCORE', KEYS[1], member)
    local below = call('ZCOUNT', KEYS[1], '-inf', '(' .. score)
    for _, value in ipairs({member, score, place, more(score), below}) do found[#found + 1] = value end
  end
end
return answer('ready', total, 0, 0, found, of_each(KEYS[5], found, 5), of_each(KEYS[6], found, 5))
""",
    keys=KEYS,
)
