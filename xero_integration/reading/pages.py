"""Pages of a long list, read ahead: while one is being stored, the next are on their way."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.db import connections

from xero_integration.client.api import Answer

Read = Callable[[int], Answer]


def in_order(read: Read, *, first: int, go_on: Callable[[], bool]) -> Iterator[tuple[Answer, bool]]:
    """Yield the pages from `first` on, each with whether more are on their way or were read.

    `read` gets a page's number, and is called by several threads. As soon as `go_on` says no, no
    further page is asked for: those that were asked for still come, so that no call is wasted.
    Raises what `read` raises, in the page's turn.
    """
    coming: deque[Future[Answer]] = deque()
    answer, following = read(first), first + 1
    # One place of those that Xero gives an organisation stays free.
    ahead = max(1, settings.XERO_LIMIT_IN_FLIGHT - 1)
    with ThreadPoolExecutor(ahead) as pool:
        try:
            while True:
                last = page_count(answer)
                while following <= last and len(coming) < ahead and go_on():
                    coming.append(pool.submit(_in_thread, read, following))
                    following += 1
                yield answer, bool(coming)
                if not coming:
                    return
                answer = coming.popleft().result()
        finally:
            for one in coming:
                one.cancel()


def page_count(answer: Answer) -> int:
    return int((answer.data.get("pagination") or {}).get("pageCount", 0))


def _in_thread(read: Read, page: int) -> Answer:
    try:
        return read(page)
    finally:
        # The thread's own connection to the database, which nobody else would close.
        connections.close_all()
