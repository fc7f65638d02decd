#!lua
-- Notes at which event a unit is stopped: the first time with the instant, later only what may have changed.
--
-- KEYS     1: the hash that says what stops the unit; 2: the unit's checkpoint.
-- ARGV     1: id of the event; 2: its position; 3: the fault; 4: the retry that this came of, or ''.
-- Returns  1 where the unit was not known to be stopped there, else 0; also where the unit is gone.

if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
local new = redis.call('HGET', KEYS[1], 'event') ~= ARGV[1]
if new then
  local now = redis.call('TIME')
  local ms = string.format('%d%03d', now[1], math.floor(now[2] / 1000))
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'event', ARGV[1], 'position', ARGV[2], 'since', ms)
end
redis.call('HSET', KEYS[1], 'fault', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'retried', ARGV[4]) end
return new and 1 or 0
