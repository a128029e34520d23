-- Xero refused a call for a limit that was thought to allow it.
-- ARGV: 2 which window, 3 milliseconds until it ends
local name, ms = ARGV[2], tonumber(ARGV[3])
turn(name)
if name ~= 'app' and left(name) > 0 and number(org, 'known') then
  redis.call('HSET', windows[name].key, name .. '_drifts', 1)
end
-- A day's pause stands in the database; once that is lifted, one call may ask whether it is over.
set(name, 0, now + ms, name ~= 'day')
redis.call('HSET', windows[name].key, name .. '_low', 0, name .. '_seen', now)
redis.call('PEXPIRE', org, 2 * policy.day_ms)
redis.call('PEXPIRE', app, 2 * policy.minute_ms)
return 1
