#!lua
-- Empties a unit that nobody reads yet and whose filling broke off in the middle: called before its tables
-- are dropped, and after.
--
-- KEYS     1: the checkpoint.
-- ARGV     1: the mark that an application left when it broke off; 2: the mark that it shall bear from now
--          on, never used before, '' where it is empty and shall be begun anew.
-- Returns  1 where it was so; 0 where the unit is whole, complete or gone, or bears another mark by now.

local now = redis.call('HMGET', KEYS[1], 'application', 'torn', 'complete')
if not now[1] or now[2] ~= ARGV[1] or now[3] then return 0 end
if ARGV[2] == '' then return redis.call('HDEL', KEYS[1], 'torn') end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'application', ARGV[2], 'torn', ARGV[2])
return 1
