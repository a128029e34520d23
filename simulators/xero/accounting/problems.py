"""What is wrong with one element of a request, and its echo with the reasons in their places."""

from typing import Any

from simulators.xero.wire import ZERO_ID, Json, plain

Place = tuple[str | int, ...]


class Problems:
    """Collects reasons to refuse an element, and warnings about one that is accepted.

    A place such as ("Contact", "Addresses", 0) puts the reason into that nested object, where
    Xero puts it too: a client has to look at every depth.
    """

    def __init__(self) -> None:
        self._errors: list[tuple[Place, str]] = []
        self.warnings: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._errors)

    def add(self, message: str, *place: str | int) -> None:
        if (place, message) not in self._errors:
            self._errors.append((place, message))

    def found(self) -> list[tuple[Place, str]]:
        return list(self._errors)

    def warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)

    def echo(self, sent: Json, *, id_member: str, flag: str) -> Json:
        """Return a copy of the element sent that carries every reason where it belongs."""
        echo: Json = {id_member: ZERO_ID, **plain(sent)}
        if flag:
            echo[flag] = True
        echo["StatusAttributeString"] = "ERROR"
        echo["ValidationErrors"] = []
        for place, message in self._errors:
            target = at_place(echo, place)
            target.setdefault("ValidationErrors", []).append({"Message": message})
        return echo


def at_place(echo: Json, place: Place) -> Json:
    """Walk to a nested object; stop at the last object there is when the way is missing."""
    target: Any = echo
    for step in place:
        try:
            deeper = target[step]
        except (KeyError, IndexError, TypeError):
            break
        target = deeper
    return target if isinstance(target, dict) else echo
