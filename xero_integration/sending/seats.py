"""How many drains of one organisation are at work, over all workers; and who else waits for them.

A drain takes a seat for its lane. Where all are taken it leaves at once, and whoever gets up next
looks again for work: so a thousand messages for one organisation cost no worker's thread, and none
of them is forgotten. While Redis is down everybody has a seat.
"""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings

from xero_integration.client.limits import shared
from xero_integration.models import Connection, Lane

# KEYS: 1 the seats, 2 whether somebody found them taken. ARGV: 1 whose, 2 its lease, 3 how many.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local taken = redis.call('ZCARD', KEYS[1])
if taken >= tonumber(ARGV[3]) and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
  return 0
end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('ZCARD', KEYS[1])
"""
LEAVE = """
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('DEL', KEYS[2])
"""


# So many settle while as many calls as Xero takes are under way (bench/at_limit.py).
SETTLING = 3


@dataclass
class Seat:
    """A drain's place; `number` counts those taken when it was, this one included."""

    keys: tuple[str, str]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    number: int = 1

    @property
    def is_last(self) -> bool:
        return self.number >= seats_in_all()

    def keep(self, *, seconds: float = 0) -> bool:
        """Hold the seat for one more call, or for `seconds`; say whether it could be had."""
        seconds = seconds or shared.lease_seconds() + settings.XERO_LIMIT_PATIENCE
        values: list[str | float] = [self.id, round(seconds * 1000), seats_in_all()]
        try:
            self.number = shared.ask(lambda: shared.own_script(TAKE)(self.keys, values))
        except shared.Down:
            self.number = 1
        return self.number > 0

    def leave(self) -> bool:
        """Get up; say whether somebody came meanwhile and found no seat."""
        try:
            return bool(shared.ask(lambda: shared.own_script(LEAVE)(self.keys, (self.id,))))
        except shared.Down:
            return False


def seats_in_all() -> int:
    """Some more than the calls at once: while drains settle, others have their places' calls."""
    return int(settings.XERO_LIMIT_IN_FLIGHT) + SETTLING


def take(connection: Connection, *, lane: Lane) -> Seat | None:
    seat = _seat("seats", connection, lane)
    return seat if seat.keep() else None


def book(connection: Connection, *, lane: Lane, seconds: float) -> bool:
    """Say whether one more drain should come in `seconds`: not where enough are to come already."""
    return _seat("booked", connection, lane).keep(seconds=seconds)


def _seat(what: str, connection: Connection, lane: Lane) -> Seat:
    name = f"{shared.PREFIX}:{what}:{connection.tenant_id}:{lane}"
    return Seat((name, f"{name}:asked"))


def announce(connection_id: int, *, lane: Lane) -> bool:
    """Say whether a message for a drain is to be sent: not while one waits, which does for both.

    Forgotten after two sweeps, should the message have been lost on its way.
    """
    server, seconds = shared.server(settings.REDIS_URL), 2 * settings.XERO_SWEEP_INTERVAL
    try:
        key = _announced(connection_id, lane)
        return bool(shared.ask(lambda: server.set(key, 1, nx=True, ex=seconds)))
    except shared.Down:
        return True


def arrived(connection_id: int, *, lane: Lane) -> None:
    """Note that no message waits any more. To be called before looking at what is to be done."""
    server = shared.server(settings.REDIS_URL)
    with suppress(shared.Down):
        shared.ask(lambda: server.delete(_announced(connection_id, lane)))


def is_first_sweep() -> bool:
    """Say whether nobody else has begun this round's sweep: one for each interval is enough."""
    # A little less than the interval, so that the next round's is not taken for a second one.
    server, ms = shared.server(settings.REDIS_URL), round(settings.XERO_SWEEP_INTERVAL * 900)
    try:
        return bool(shared.ask(lambda: server.set(f"{shared.PREFIX}:sweep", 1, nx=True, px=ms)))
    except shared.Down:
        return True


def _announced(connection_id: int, lane: Lane) -> str:
    return f"{shared.PREFIX}:announced:{connection_id}:{lane}"


def queued(lanes: Iterable[Lane]) -> int:
    """Return how many messages wait for a worker's free thread."""
    server = shared.server(settings.REDIS_URL)
    try:
        return int(shared.ask(lambda: sum(server.llen(str(lane)) for lane in lanes)))
    except shared.Down:
        return 0
