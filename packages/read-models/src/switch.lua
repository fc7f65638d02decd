#!lua
-- Replaces the pointer to the active generation, unless another has done so first.
--
-- KEYS     1: the pointer.
-- ARGV     1: the pointer as it was read, '' where there was none; 2: the pointer as it shall be.
-- Returns  the pointer as it is now.

local now = redis.call('GET', KEYS[1])
if (now or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return ARGV[2]
end
return now
