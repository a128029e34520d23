-- End a call, and learn from its answer how many are left in each window.
-- ARGV: 2 the call's own id, 3 milliseconds since it was sent, then left by minute, day, app (''
-- where the answer does not say)
local lease_end = tonumber(redis.call('ZSCORE', flying, ARGV[2]) or now + policy.lease_ms)
redis.call('ZREM', flying, ARGV[2])
redis.call('ZREM', waiting, ARGV[2])
local others = redis.call('ZCARD', flying)
local sent = now - tonumber(ARGV[3])
-- Xero counted the call when it arrived: soon after it was sent, and before its answer came.
local counted = math.min(now, sent + policy.margin_ms)

-- A call that was taken in the window before: was it counted there, or in this one?
local function charge_if_late(name, said, since)
  if windows[name].key ~= org or not was_taken_before(name, lease_end) then return end
  local before = number(org, name .. '_before')
  if sent >= since - 1 or not before or said > before then
    redis.call('HINCRBY', org, name .. '_left', -1)
  end
end

local function learn(name, said)
  local window = windows[name]
  local since = number(window.key, name .. '_since')
  if not since then return end
  charge_if_late(name, said, since)
  -- A call of the window before tells nothing more of this one.
  if sent < since - 1 then return end
  local low = number(window.key, name .. '_low')
  if said >= (number(window.key, name .. '_size') or (name == 'day' and 0 or window.size)) then
    -- More than was thought to be allowed, or the first word of it.
    redis.call('HSET', window.key, name .. '_size', said + 1, name .. '_left', said - others)
  end
  local seen = number(window.key, name .. '_seen')
  if low and said > low and sent <= seen then
    -- Sent before the lower count was seen: an answer that comes late, of either window.
    return
  end
  -- Sent a good while after the lower count was seen, or higher than calls in flight can explain.
  local is_later = seen ~= nil and sent > seen + policy.margin_ms
  if low and said > low and (is_later or said > low + window.slack) then
    -- It rose: Xero's window turned before ours, and ends that much earlier; exactly so if somebody
    -- looked shortly before.
    local exact = counted - seen < window.length / 24
    set(name, window.key == org and said or said - others, counted + window.length, exact)
    low = nil
  else
    local stop = math.ceil(counted + window.length)
    -- A window that was guessed to begin with a call began before its answer at the latest. Later
    -- windows follow this one, so what that is too late by is lost once, not once a minute.
    local is_guess = number(window.key, name .. '_guess') and not low
    stop = is_guess and now + window.length or math.min(number(window.key, name .. '_end'), stop)
    redis.call('HSET', window.key, name .. '_end', stop)
    if said < left(name) then
      redis.call('HSET', window.key, name .. '_left', math.max(0, said - others))
    end
  end
  redis.call('HSET', window.key, name .. '_low', math.min(low or said, said), name .. '_seen', now)
end

-- All was forgotten while the call was on its way: the next one begins anew.
if redis.call('EXISTS', org) == 0 then return 0 end
for place, name in ipairs({'minute', 'day', 'app'}) do
  local said = tonumber(ARGV[place + 3])
  if said then
    learn(name, said)
    redis.call('HSET', org, 'known', 1)
  end
end
return 1
