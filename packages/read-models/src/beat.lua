#!lua
-- Says again where an idle unit stands, unless it has moved.
--
-- KEYS     1: the checkpoint; 2: the channel.
-- ARGV     1: the application that the message tells of; 2: the message.
-- Returns  1 where it was published, 0 where the unit stands elsewhere.

if redis.call('HGET', KEYS[1], 'application') ~= ARGV[1] then return 0 end
redis.call('SPUBLISH', KEYS[2], ARGV[2])
return 1
