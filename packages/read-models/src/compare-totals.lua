#!lua flags=no-writes
-- Compares a slice of a table of one unit between two generations, inside Redis: only what differs goes out.
--
-- KEYS     1: the checkpoint of the live generation; 2: its table; 3: the rebuilt one's table.
-- ARGV     1: the cursor of HSCAN over the live table, '0' to begin; 2: about how many fields to look at.
-- Returns  { 1 where the live generation is there and whole, else 0, the next cursor, field... }: those whose
--          values are not the same, also where the rebuilt table has none.

local CHUNK = 7000 -- unpack fails at 8000

if redis.call('HEXISTS', KEYS[1], 'application') == 0 or redis.call('HEXISTS', KEYS[1], 'torn') == 1 then
  return { 0, '0' }
end
local scanned = redis.call('HSCAN', KEYS[2], ARGV[1], 'COUNT', ARGV[2])
local found = scanned[2]
local fields = {}
for i = 1, #found, 2 do fields[#fields + 1] = found[i] end
local answer = { 1, scanned[1] }
for first = 1, #fields, CHUNK do
  local values = redis.call('HMGET', KEYS[3], unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
  for i = 1, #values do
    local place = first + i - 1
    if values[i] ~= found[2 * place] then answer[#answer + 1] = fields[place] end
  end
end
return answer
