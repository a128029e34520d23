-- Begins every script: Xero's windows of calls, as far as they are known.
-- Times are milliseconds of this server's clock, with fractions, which all workers share.
-- KEYS: 1 an organisation, 2 its calls in flight, 3 its people who wait, 4 the app, 5 who is at work
local policy = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local org, flying, waiting, app, at_work = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local function number(key, name) return tonumber(redis.call('HGET', key, name)) end

-- More than Xero allows anybody: the day's size is not known before the first answer.
local ANY = 1000000
-- `slack`: how far answers that overtake each other may let the count left seem to rise.
local windows = {
  minute = {
    key = org, length = policy.minute_ms, size = number(org, 'minute_size') or policy.minute,
    slack = policy.in_flight,
  },
  day = {
    key = org, length = policy.day_ms, size = number(org, 'day_size') or ANY,
    slack = policy.in_flight,
  },
  app = {
    key = app, length = policy.minute_ms, size = number(app, 'app_size') or policy.app_minute,
    slack = math.ceil(policy.app_minute / 10),
  },
}

local function set(name, left, stop, exact)
  local key = windows[name].key
  local low = number(key, name .. '_low')
  if low then
    redis.call('HSET', key, name .. '_before', low)
  else
    redis.call('HDEL', key, name .. '_before')
  end
  redis.call(
    'HSET', key, name .. '_left', math.max(0, left), name .. '_end', math.ceil(stop),
    name .. '_since', now, name .. '_exact', exact and 1 or 0
  )
  redis.call('HDEL', key, name .. '_low', name .. '_probe', name .. '_guess')
end

-- Begin the next window when the last one is over. Windows of an organisation at work follow each
-- other without a gap; after a quiet one, or where Xero was seen to do otherwise (`drifts`), the
-- window is taken to begin with the next call: never too early, whichever is true.
local function turn(name)
  local window = windows[name]
  local stop = number(window.key, name .. '_end')
  if stop and now < stop then return end
  local follows = stop and now < stop + window.length and not number(window.key, name .. '_drifts')
  if follows then
    set(name, window.size, stop + window.length, number(window.key, name .. '_exact') == 1)
  else
    set(name, window.size, now + 2 * policy.margin_ms + window.length, false)
    -- Until its first answer says better: before a call is sent, its batch is written down.
    redis.call('HSET', window.key, name .. '_guess', 1)
  end
end

local function turn_all()
  for name in pairs(windows) do turn(name) end
end

local function left(name) return number(windows[name].key, name .. '_left') end

-- Whether a call, by the end of its lease, was taken before an organisation's window began.
local function was_taken_before(name, lease_end)
  return lease_end < number(org, name .. '_since') + policy.lease_ms - 1
end

-- How many of those are still out: an organisation's window may yet count them.
local function late(name)
  local since = number(org, name .. '_since')
  return redis.call('ZCOUNT', flying, '-inf', '(' .. (since + policy.lease_ms - 1))
end

local function ends_in(name) return number(windows[name].key, name .. '_end') - now end
