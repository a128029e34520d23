"""Log lines in which an exception is its type and its places: its text may quote a record.

The one door: whatever raises in a task, a request or a library is written by `Line`.
"""

import logging
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any


class Line(logging.Formatter):
    """One line for each record, without the text of any exception and without a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told = copy(record)
        told.msg, told.args = _message(record), ()
        told.exc_info = told.exc_text = told.stack_info = None
        return super().format(told)


def places(trace: Any) -> str:
    """Say where an exception arose, the innermost function first."""
    return " < ".join(reversed(list(_frames(trace))))


def _frames(trace: Any) -> Iterator[str]:
    # Celery hands over copies that are tracebacks by shape only: no function of `traceback` is
    # promised to take them.
    while trace is not None:
        yield f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next


def _message(record: logging.LogRecord) -> str:
    message = _without_errors(record).getMessage()
    _, error, trace = record.exc_info or (None, None, None)
    if error is None:
        return message
    # Django's security lines are the exception's text and nothing else.
    if str(error) and str(error) in message:
        message = "quoted"
    return f"{message} type={type(error).__name__} at {places(trace)}"


def _without_errors(record: logging.LogRecord) -> logging.LogRecord:
    """Return `record` with the types of exceptions in the place of their texts."""
    told = copy(record)
    if isinstance(record.args, Mapping):
        # Celery's: the exception as text under one name, and the task's arguments beside it.
        unsaid = dict.fromkeys({"exc", "traceback", "args", "kwargs"} & set(record.args), "-")
        told.args = {**record.args, **unsaid}
    elif record.args:
        told.args = tuple(
            type(one).__name__ if isinstance(one, BaseException) else one for one in record.args
        )
    return told
