#!lua
-- Forgets that a unit is stopped at an event, unless it is stopped at another one by now.
--
-- KEYS     1: the hash that says what stops the unit.
-- ARGV     1: id of the event.
-- Returns  1 where it was forgotten, else 0.

if redis.call('HGET', KEYS[1], 'event') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
