-- Take the right to make one call: {1, 0, ''}, or {0, milliseconds to wait, why}.
-- ARGV: 2 the call's own id, or '' to ask only
local call, for_bulk = ARGV[2], policy.lane == 'bulk'
turn_all()

local function deny(why, ms) return {0, math.max(1, math.ceil(ms)), why} end

-- What is kept for people is kept until the last part of a window: then nothing is lost by giving
-- it away. Returns the milliseconds until `kept` calls are bulk's too.
local function spared(name, kept)
  if not for_bulk or left(name) > kept then return nil end
  local late = ends_in(name) - policy.late * windows[name].length
  return late > 0 and late or nil
end

local function day()
  local size = number(org, 'day_size') or 0
  local kept = for_bulk and math.floor(size * policy.people_day) or 0
  if left('day') > kept then return nil end
  if number(org, 'day_exact') == 1 then
    return deny(left('day') > 0 and 'day_share' or 'day', ends_in('day'))
  end
  -- When this day ends is not known: now and then one call asks. Refused, it brings the time.
  local probe = number(org, 'day_probe') or 0
  if now < probe then return deny('day_share', math.min(probe - now, ends_in('day'))) end
  if call ~= '' then redis.call('HSET', org, 'day_probe', now + math.ceil(policy.day_ms / 24)) end
  return nil
end

local function minute()
  if left('minute') <= 0 then return deny('minute', ends_in('minute')) end
  -- Those still out from the minute before may use up what is left: their answers tell.
  if left('minute') <= late('minute') then return deny('in_flight', 1) end
  local ms = spared('minute', policy.people_minute)
  return ms and deny('minute', ms)
end

-- Each organisation at work may use an equal share of the app's minute. It may use more while all
-- of them together are slower than would use the minute up, and in its last part.
local function of_app()
  redis.call('ZREMRANGEBYSCORE', at_work, '-inf', now - policy.minute_ms)
  redis.call('ZADD', at_work, now, policy.tenant)
  if left('app') <= 0 then return deny('app', ends_in('app')) end
  local size = windows.app.size
  local kept = size * policy.people_app
  local ms = spared('app', kept)
  if ms then return deny('app', ms) end
  if number(org, 'app_window') ~= number(app, 'app_end') then
    redis.call('HSET', org, 'app_window', number(app, 'app_end'), 'app_used', 0)
  end
  local share = (size - kept) / redis.call('ZCARD', at_work)
  if not for_bulk or number(org, 'app_used') < math.max(1, share) then return nil end
  local late = ends_in('app') - policy.late * policy.minute_ms
  local passed = policy.minute_ms - ends_in('app')
  local ahead = policy.minute_ms * (1 - left('app') / size) - passed
  local wait = math.min(late, ahead)
  return wait > 0 and deny('app', wait) or nil
end

-- People come first: bulk leaves a place to each who waits, and one more while any are about.
local function in_flight()
  redis.call('ZREMRANGEBYSCORE', flying, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', waiting, '-inf', now)
  -- Nothing was learnt yet, or all was forgotten: one call finds out, the others wait for it.
  local places = number(org, 'known') and policy.in_flight or 1
  if for_bulk then
    local seen = number(org, 'people_at')
    if seen and now - seen < policy.minute_ms then places = math.max(1, places - 1) end
    places = places - redis.call('ZCARD', waiting)
  end
  if redis.call('ZCARD', flying) < places then return nil end
  if not for_bulk and call ~= '' then
    redis.call('ZADD', waiting, now + policy.waiting_ms, call)
    redis.call('PEXPIRE', waiting, policy.waiting_ms)
  end
  return deny('in_flight', 1)
end

local refusal = day() or minute() or of_app() or in_flight()
if refusal then return refusal end
if call == '' then return {1, 0, ''} end
for name, window in pairs(windows) do redis.call('HINCRBY', window.key, name .. '_left', -1) end
redis.call('HINCRBY', org, 'app_used', 1)
if not for_bulk then redis.call('HSET', org, 'people_at', now) end
redis.call('ZADD', flying, now + policy.lease_ms, call)
redis.call('ZREM', waiting, call)
redis.call('PEXPIRE', flying, policy.lease_ms)
redis.call('PEXPIRE', org, 2 * policy.day_ms)
redis.call('PEXPIRE', app, 2 * policy.minute_ms)
redis.call('PEXPIRE', at_work, policy.minute_ms)
return {1, 0, ''}
