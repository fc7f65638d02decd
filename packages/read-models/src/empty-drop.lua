#!lua
-- Drops tables of a unit that is being emptied, as long as nobody else has begun to.
--
-- KEYS     1: the checkpoint; the others: the tables.
-- ARGV     1: the mark of whoever empties the unit.
-- Returns  1; 0 where the unit bears another mark by now, or none. Nothing was touched.

if redis.call('HGET', KEYS[1], 'torn') ~= ARGV[1] then return 0 end
redis.call('UNLINK', unpack(KEYS, 2))
return 1
