"""What Valkey runs for a read: one script, so that version, rank and rows are of one moment.

All answer {state, sequence, version, at, total, items}: `state` is `ready`, `unchanged` (since the version that was
named), `pending`, or `absent` (nobody has earned points in the period, and the board is whole), and only a ready board
has items. RANKS and AROUND take any number of people, and there is an item for each: nothing for whom has no row. What
a call costs whatever is asked is most of a small read, so whoever asks in the same moment shares one.

A row's appearance says how that person has chosen to appear (nothing, when nobody in the period has chosen), the owner
by which subject a person asked for may be found under a pseudonym. Loops are bounded by the logarithm of the board, by
the page, and by how many are asked for.
"""

from libs.storage.resp import Script

# KEYS: scores, arrivals, version, definition, appearances, owners; ARGV[1]: the board's rule for equals, as its reader
# knows it; what follows is each script's own
KEYS = 6
_STATE = """
local call = redis.call
local known = call('HMGET', KEYS[3], 'ready', 'sequence', 'version', 'at')
local function answer(state, total, items)
  return {state, known[2] or '0', known[3] or '0', known[4] or '', total, items}
end
if known[1] ~= '1' then
  local whole = call('HGET', KEYS[4], 'ready') == '1' and call('EXISTS', KEYS[3]) == 0
  return answer(whole and 'absent' or 'pending', 0, {})
end
"""
_READY = """
local total = call('ZCARD', KEYS[1])
local chosen, owned = call('EXISTS', KEYS[5]) == 1, call('EXISTS', KEYS[6]) == 1
local function more(score) return call('ZCOUNT', KEYS[1], '(' .. score, '+inf') end
"""
_MEMBER = """
local function member_of(who)
  local arrival = call('HGET', KEYS[2], who)
  if not arrival or #arrival ~= 8 then return false end
  local a, b, c, d, e, f, g, h = string.byte(arrival, 1, 8)
  return string.char(255 - a, 255 - b, 255 - c, 255 - d, 255 - e, 255 - f, 255 - g, 255 - h) .. who
end
"""
# an item with consecutive rows is {start, above, number, rows, appearances, owner}: `start` counts from 0, `above` how
# many have more than the first row where ranks are shared, `rows` alternates members and scores, and `number` says
# which of them is the row of the person asked for, from 0
_ROWS = """
local shared = ARGV[1] == 'shared'
local function appearances_of(found)
  local who = {}
  for i = 1, #found, 2 do who[#who + 1] = string.sub(found[i], 9) end
  return #who > 0 and call('HMGET', KEYS[5], unpack(who)) or {}
end
local function rows(start, size, number, owner)
  local found = call('ZREVRANGE', KEYS[1], start, start + size - 1, 'WITHSCORES')
  local above = shared and start > 0 and found[2] and more(found[2]) or 0
  return {start, above, number, found, chosen and appearances_of(found) or {}, owner}
end
"""

# ARGV[2..]: the version that is known (sequence, version and time, with blanks between; or nothing), size, then score
# and the bytes of the arrival before the page, or two empty texts for the first page
PAGE = Script(
    _STATE
    + """
if known[2] and table.concat({known[2], known[3], known[4] or ''}, ' ') == ARGV[2] then
  return answer('unchanged', 0, {})
end
"""
    + _READY
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
if ARGV[5] ~= '' then
  start = more(ARGV[4])
  local stop = start + call('ZCOUNT', KEYS[1], ARGV[4], ARGV[4])
  while start < stop do
    local middle = math.floor((start + stop) / 2)
    if stands_before_or_at(call('ZREVRANGE', KEYS[1], middle, middle)[1], ARGV[5]) then
      start = middle + 1
    else
      stop = middle
    end
  end
end
return answer('ready', total, {rows(start, tonumber(ARGV[3]), 0, false)})
""",
    keys=KEYS,
)

# ARGV[2..]: size and ambassador, of each
AROUND = Script(
    _STATE
    + _READY
    + _MEMBER
    + _ROWS
    + """
local items = {}
for i = 2, #ARGV, 2 do
  local size, who = tonumber(ARGV[i]), ARGV[i + 1]
  local member = member_of(who)
  local place = member and call('ZREVRANK', KEYS[1], member)
  local item = false
  if place then
    local start = math.max(0, math.min(place - math.floor(size / 2), total - size))
    item = rows(start, size, place - start, owned and call('HGET', KEYS[6], who))
  end
  items[#items + 1] = item
end
return answer('ready', total, items)
""",
    keys=KEYS,
)

# ARGV[2..]: ambassadors; the items are {score, place, above, below, appearance, owner}: `place` counts from 0, `above`
# have more, `below` have less
RANKS = Script(
    _STATE
    + _READY
    + _MEMBER
    + """
local items = {}
for i = 2, #ARGV do
  local who = ARGV[i]
  local member = member_of(who)
  local found = member and call('ZREVRANK', KEYS[1], member, 'WITHSCORE')
  items[i - 1] = found and {
    found[2], found[1], more(found[2]), call('ZCOUNT', KEYS[1], '-inf', '(' .. found[2]),
    chosen and call('HGET', KEYS[5], who), owned and call('HGET', KEYS[6], who)
  }
end
return answer('ready', total, items)
""",
    keys=KEYS,
)
