#!lua flags=no-writes
-- Reads numbers of one unit together with what they are as of, in one step.
--
-- KEYS  1: the checkpoint; the others: whatever the questions name by their number.
-- ARGV  the questions, one after another, each a word and what it takes:
--         fields <key> <n> <field>...   how many fields the table has, and the values of these
--         table  <key>                  all fields and values
--         top    <ranks> <table> <n>    the best n and all who tie with the last of them
--         floor  <ranks>                how many are ranked, and the lowest score among them
--         feed   <key> <after> <n>      entries with n bookings after a place, or the newest n where it is ''
-- Returns { checkpoint, answer... }; the checkpoint is { position, event, application, torn, complete }.
-- Answers of `top` are { id, value, ... }; of `feed` { before, from, body... }: how many bookings lie before
-- the first one held, the place of that one, and the entries found, newest first where `after` is ''.

local CHUNK = 7000 -- unpack fails at 8000
local FEED_STEP = 8 -- entries read at once

local function values(key, fields)
  local found = {}
  for first = 1, #fields, CHUNK do
    local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
    for i = 1, #part do found[#found + 1] = part[i] end
  end
  return found
end

local function top(ranks, totals, n)
  local best = redis.call('ZRANGE', ranks, 0, n - 1, 'REV', 'WITHSCORES')
  local ids = {}
  if #best == 2 * n then
    ids = redis.call('ZRANGE', ranks, '+inf', best[#best], 'BYSCORE', 'REV')
  else
    for i = 1, #best, 2 do ids[#ids + 1] = best[i] end
  end
  local found = values(totals, ids)
  local answer = {}
  for i = 1, #ids do
    answer[2 * i - 1] = ids[i]
    answer[2 * i] = found[i]
  end
  return answer
end

-- An entry's id is `<place of its last booking>-<bookings of the feed up to its end>`, its fields are
-- from <place of its first booking>, n <its bookings>, at <the latest time of one>, body <JSON>.
local function feed(key, after, n)
  local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  if not first then return { '0', '0' } end
  local answer = { tostring(tonumber(first[1]:match('-(%d+)$')) - tonumber(first[2][4])), first[2][2] }
  local newest = after == ''
  local from = newest and '+' or ('(' .. after .. '-18446744073709551615')
  local found = 0
  while found < n do
    local entries
    if newest then
      entries = redis.call('XREVRANGE', key, from, '-', 'COUNT', FEED_STEP)
    else
      entries = redis.call('XRANGE', key, from, '+', 'COUNT', FEED_STEP)
    end
    for i = 1, #entries do
      if found < n then
        answer[#answer + 1] = entries[i][2][8]
        found = found + tonumber(entries[i][2][4])
      end
    end
    if #entries < FEED_STEP then break end
    from = '(' .. entries[#entries][1]
  end
  return answer
end

local reply = { redis.call('HMGET', KEYS[1], 'position', 'event', 'application', 'torn', 'complete') }
local i = 1
while i <= #ARGV do
  local question, key = ARGV[i], KEYS[tonumber(ARGV[i + 1])]
  local answer
  if question == 'fields' then
    local n = tonumber(ARGV[i + 2])
    local fields = {}
    for f = 1, n do fields[f] = ARGV[i + 2 + f] end
    answer = { redis.call('HLEN', key), values(key, fields) }
    i = i + 3 + n
  elseif question == 'table' then
    answer = redis.call('HGETALL', key)
    i = i + 2
  elseif question == 'top' then
    answer = top(key, KEYS[tonumber(ARGV[i + 2])], tonumber(ARGV[i + 3]))
    i = i + 4
  elseif question == 'floor' then
    local lowest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    answer = { redis.call('ZCARD', key), lowest[2] or '0' }
    i = i + 2
  elseif question == 'feed' then
    answer = feed(key, ARGV[i + 2], tonumber(ARGV[i + 3]))
    i = i + 4
  else
    return redis.error_reply('ERR no such question: ' .. tostring(question))
  end
  reply[#reply + 1] = answer
end
return reply
