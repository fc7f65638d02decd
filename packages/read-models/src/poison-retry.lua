#!lua
-- Asks that a unit which is stopped at an event tries it again, unless it is no longer stopped there.
--
-- KEYS     1: the hash that says what stops the unit.
-- ARGV     1: id of the event; 2: a name for this retry, never used before.
-- Returns  1 where it was asked for, else 0.

if redis.call('HGET', KEYS[1], 'event') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'retry', ARGV[2])
return 1
