#!lua
-- Empties a unit that is worth nothing: called before its tables are dropped, and after.
--
-- KEYS     1: the checkpoint.
-- ARGV     1: the mark that an application left when it broke off, '' where the checkpoint is gone; 2: the
--          mark that it shall bear from now on, never used before, '' where it is empty and shall be begun
--          anew; 3: '1' where it may be complete, else ''.
-- Returns  1 where it was so; 0 where the unit is another by now: whole, complete, gone or there again, or
--          bearing another mark.

local now = redis.call('HMGET', KEYS[1], 'application', 'torn', 'complete')
local is_so = ARGV[1] == '' and not now[1] or now[1] and now[2] == ARGV[1]
if not is_so or (now[3] and ARGV[3] ~= '1') then return 0 end
if ARGV[2] == '' then return redis.call('HDEL', KEYS[1], 'torn') end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'application', ARGV[2], 'torn', ARGV[2])
return 1
