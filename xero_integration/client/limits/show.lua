-- What is left, for people to see: {day, minute, app, ms of the minute, ms of the day, day's size}
if not number(org, 'known') then return {} end
local function shown(name)
  local stop = number(windows[name].key, name .. '_end')
  return stop and now < stop and left(name) or windows[name].size
end
local function rest(name)
  local stop = number(windows[name].key, name .. '_end')
  return stop and now < stop and stop - now or 0
end
return {
  shown('day'), shown('minute'), shown('app'), rest('minute'),
  number(org, 'day_exact') == 1 and rest('day') or 0, windows.day.size,
}
