"""An answer before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.common.wire import dump

JSON_TYPE = "application/json; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(payload: object, *, status: int = 200) -> Answer:
    return Answer(status, dump(payload))


def text_answer(text: str, *, status: int) -> Answer:
    return Answer(status, text.encode(), TEXT_TYPE)
