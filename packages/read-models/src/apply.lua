#!lua
-- Applies one batch to one unit, once: writes absolute values, says what has changed, moves the checkpoint.
-- An application may come in several pieces, each a call of this script: the first leaves the checkpoint
-- torn, which the others go on from, and only the last one moves it.
--
-- KEYS  1: the checkpoint; 2: the channel; the others: whatever the writes name by their number.
-- ARGV  1: the application that the checkpoint must be at
--       2: this application
--       3, 4: position and event that this application reaches
--       5: '1' where the head of the log is reached, else ''
--       6: the message to publish, '' for none
--       7: the number of this piece of the application, from 1; 8: '1' where it is the last one, else ''
--       9...: the writes, one after another, each a word and what it takes:
--         hash <key> <ranks> <r> <n> <field> <value>...
--           n fields and values, at most 7000; the first r fields are ranked too, by the number with which
--           the value begins
--         cut <ranks> <below>
--           drops members below a score
--         entry <key> <id> <from> <bookings> <at> <body>
--           one entry of a feed, see read.lua
--         trim <key> <over> <old> <before>
--           drops a feed's entries from its front as long as they end at or below booking `over`, or at or
--           below booking `old` and all before the instant `before`; not all of them where they are many
--         drop <key>
--           drops a feed with all its entries
-- Returns { 'applied', <ranks>, <lowest score>... } with the ranks that were trimmed; also where this very
--         application, or piece, was applied already.
--         { 'stale' | 'gap' | 'torn' | 'lost', position, application } where the checkpoint is not the one
--         expected: beyond this application's position, before it, broken, or gone. Nothing was touched.
-- An error after the first write, which only a defect can cause, leaves the checkpoint torn.

local RANKED = 1000 -- members that count
local SLACK = 250 -- members kept beyond them, so that trimming is rare
local TRIMMED = { entries = 120, bookings = 2000 } -- that leave a feed at once, more than came meanwhile
local CHUNK = 7000 -- unpack fails at 8000
local FIRST = 9

local function is_before(a, b) -- of two places: decimal digits
  if #a ~= #b then return #a < #b end
  return a < b
end

local types = { hash = 'hash', cut = 'zset', entry = 'stream', trim = 'stream', drop = 'stream' }
local sizes = { cut = 3, entry = 7, trim = 5, drop = 2 } -- words of a write, where it has no count of its own
local scores = {} -- by the place of a write: score, member, ...

local function is_a(number, type) -- whether the key of this number can be written to as such
  local key = KEYS[tonumber(number)]
  if not key then return false end
  local is = redis.call('TYPE', key).ok
  return is == 'none' or is == type
end

local function scores_of(first, r)
  local found = {}
  for i = 0, 2 * (r - 1), 2 do
    local score = ARGV[first + i + 1]:match('^%d+')
    if not score then return nil end
    found[i + 1] = score
    found[i + 2] = ARGV[first + i]
  end
  return found
end

-- The number of words of the write at i, or nil where it is malformed.
local function size_of(i)
  local word = ARGV[i]
  if not types[word] or not is_a(ARGV[i + 1], types[word]) then return nil end
  local size = sizes[word]
  if word == 'hash' then
    local r, n = tonumber(ARGV[i + 3]) or 0, tonumber(ARGV[i + 4]) or 0
    size = 5 + n
    if r > 0 then
      if 2 * r > n or not is_a(ARGV[i + 2], 'zset') then return nil end
      scores[i] = scores_of(i + 5, r)
      if not scores[i] then return nil end
    end
  end
  if i + size - 1 > #ARGV then return nil end
  return size
end

-- Brings those k of the members to the front who reached their score last, in any order: quickselect.
local function bring_last(members, places, k)
  local first, last = 1, #members
  while first < last do
    local pivot = places[members[math.floor((first + last) / 2)]]
    local i, j = first, last
    while i <= j do
      while is_before(pivot, places[members[i]]) do i = i + 1 end
      while is_before(places[members[j]], pivot) do j = j - 1 end
      if i <= j then
        members[i], members[j] = members[j], members[i]
        i, j = i + 1, j - 1
      end
    end
    if k <= j then last = j elseif k >= i then first = i else return end
  end
end

-- Leaves exactly the first RANKED by score, and of equals those who reached it first.
-- Returns whether any left.
local function trim_ranks(ranks, totals)
  local leaving = redis.call('ZCARD', ranks) - RANKED
  if leaving <= SLACK then return false end
  local cut = redis.call('ZRANGE', ranks, leaving - 1, leaving - 1, 'WITHSCORES')[2]
  leaving = leaving - redis.call('ZREMRANGEBYSCORE', ranks, '-inf', '(' .. cut)
  local tied = redis.call('ZRANGE', ranks, cut, cut, 'BYSCORE')
  if #tied > leaving then
    local places = {}
    for first = 1, #tied, CHUNK do
      local found = redis.call('HMGET', totals, unpack(tied, first, math.min(first + CHUNK - 1, #tied)))
      for i = 1, #found do places[tied[first + i - 1]] = found[i]:match('%d+$') end
    end
    bring_last(tied, places, leaving)
  end
  for first = 1, leaving, CHUNK do
    redis.call('ZREM', ranks, unpack(tied, first, math.min(first + CHUNK - 1, leaving)))
  end
  return true
end

local function trim_feed(key, over, old, before)
  local leaving, bookings, from = {}, 0, '-'
  while #leaving < TRIMMED.entries and bookings < TRIMMED.bookings do
    local entry = redis.call('XRANGE', key, from, '+', 'COUNT', 1)[1]
    if not entry then break end
    local upto = tonumber(entry[1]:match('-(%d+)$'))
    local leaves = upto <= over or (upto <= old and tonumber(entry[2][6]) < before)
    if not leaves then break end
    leaving[#leaving + 1] = entry[1]
    bookings = bookings + tonumber(entry[2][4])
    from = '(' .. entry[1]
  end
  if #leaving > 0 then redis.call('XDEL', key, unpack(leaving)) end
end

local checkpoint = KEYS[1]
local now = redis.call('HMGET', checkpoint, 'position', 'application', 'torn')
local position, application, torn = now[1], now[2], now[3]
if not application then return { 'lost' } end
local piece, is_last = tonumber(ARGV[7]), ARGV[8] == '1'
local applied = 0 -- pieces of this application
if torn and torn:sub(1, #ARGV[2] + 1) == ARGV[2] .. ' ' then applied = tonumber(torn:sub(#ARGV[2] + 2)) end
if applied >= piece then return { 'applied' } end
if torn and applied == 0 then return { 'torn', position, application } end
if application == ARGV[2] then return { 'applied' } end
if application ~= ARGV[1] then
  local ahead = position and not is_before(position, ARGV[3])
  return { ahead and 'stale' or 'gap', position, application }
end
if applied ~= piece - 1 then return { 'gap', position, application } end

local i = FIRST
while i <= #ARGV do
  local size = size_of(i)
  if not size then return redis.error_reply('ERR malformed write: ' .. tostring(ARGV[i]) .. ' at ' .. i) end
  i = i + size
end

redis.call('HSET', checkpoint, 'torn', ARGV[2])
local reply, trimmed = { 'applied' }, {}
i = FIRST
while i <= #ARGV do
  local word, key = ARGV[i], KEYS[tonumber(ARGV[i + 1])]
  if word == 'hash' then
    local n = tonumber(ARGV[i + 4])
    redis.call('HSET', key, unpack(ARGV, i + 5, i + 4 + n))
    if scores[i] then
      local ranks = KEYS[tonumber(ARGV[i + 2])]
      redis.call('ZADD', ranks, unpack(scores[i]))
      if trim_ranks(ranks, key) then trimmed[ARGV[i + 2]] = ranks end
    end
    i = i + 5 + n
  elseif word == 'cut' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. ARGV[i + 2])
    i = i + 3
  elseif word == 'entry' then
    local from, n, at, body = unpack(ARGV, i + 3, i + 6)
    redis.call('XADD', key, ARGV[i + 2], 'from', from, 'n', n, 'at', at, 'body', body)
    i = i + 7
  elseif word == 'drop' then
    redis.call('UNLINK', key)
    i = i + 2
  else
    trim_feed(key, tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4]))
    i = i + 5
  end
end
-- Not before all is written: what came after a trim may lie below what was lowest then.
for number, ranks in pairs(trimmed) do
  reply[#reply + 1] = number
  reply[#reply + 1] = redis.call('ZRANGE', ranks, 0, 0, 'WITHSCORES')[2]
end
if not is_last then
  redis.call('HSET', checkpoint, 'torn', ARGV[2] .. ' ' .. piece)
  return reply
end
if ARGV[6] ~= '' then redis.call('SPUBLISH', KEYS[2], ARGV[6]) end
redis.call('HSET', checkpoint, 'position', ARGV[3], 'event', ARGV[4], 'application', ARGV[2])
if ARGV[5] == '1' then redis.call('HSET', checkpoint, 'complete', '1') end
redis.call('HDEL', checkpoint, 'torn')
return reply
