#!lua flags=no-writes
-- Compares bookings of one feed between two generations, inside Redis, as far as they are the same: their
-- JSON is, however they were cut into entries.
--
-- KEYS     1: the checkpoint of the live generation; 2: its feed; 3: the rebuilt one's feed.
-- ARGV     1: the place of a booking of both to begin with, '' for the first that both hold; 2: about how
--          many bookings to look at.
-- Returns  { 1 where the live generation is there and whole, else 0, place, 1 where there may be more }: the
--          last booking up to which both are the same, '' where nothing can be told.

local STEP = 8 -- entries read at once

local function is_before(a, b) -- of two places: decimal digits
  if #a ~= #b then return #a < #b end
  return a < b
end

local function first_of(key)
  local entry = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  return entry and entry[2][2]
end

-- The JSON of some bookings from a place on, without brackets, and the place of the last; see read.lua for
-- what an entry is. Nil where the feed does not hold the first.
local function text_from(key, place, n)
  local bodies, from, last, found = {}, place .. '-0', nil, 0
  repeat
    local entries = redis.call('XRANGE', key, from, '+', 'COUNT', STEP)
    for i = 1, #entries do
      local id, fields = entries[i][1], entries[i][2]
      bodies[#bodies + 1] = fields[8]:sub(2, -2)
      found = found + tonumber(fields[4])
      last, from = id:match('^%d+'), '(' .. id
    end
  until found >= n or #entries < STEP
  local text = table.concat(bodies, ',')
  -- Within a string of JSON the quotes would be escaped.
  local at = text:find('{"position":"' .. place .. '"', 1, true)
  if at then return text:sub(at), last end
end

if redis.call('HEXISTS', KEYS[1], 'application') == 0 or redis.call('HEXISTS', KEYS[1], 'torn') == 1 then
  return { 0, '', 0 }
end
local begin = ARGV[1]
if begin == '' then
  local live, rebuilt = first_of(KEYS[2]), first_of(KEYS[3])
  if not live or not rebuilt then return { 1, '', 0 } end
  begin = is_before(live, rebuilt) and rebuilt or live
end
local live, last_live = text_from(KEYS[2], begin, tonumber(ARGV[2]))
local rebuilt, last_rebuilt = text_from(KEYS[3], begin, tonumber(ARGV[2]))
if not live or not rebuilt then return { 1, '', 0 } end
local length = math.min(#live, #rebuilt)
if live:sub(1, length) ~= rebuilt:sub(1, length) then return { 1, '', 0 } end
local last = #live < #rebuilt and last_live or last_rebuilt
return { 1, last, last == begin and 0 or 1 }
