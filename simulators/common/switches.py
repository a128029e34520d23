"""Named choices where a service's own behaviour is not proven, each a field of a dataclass."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

SwitchesT = TypeVar("SwitchesT")
Allowed = Mapping[str, frozenset[str]]


def changed(switches: SwitchesT, changes: dict[str, Any], allowed: Allowed) -> SwitchesT:
    """Return the switches with changes made; raise ValueError naming what is wrong.

    `allowed` has the values of those that are not simply true or false.
    """
    known = {field.name for field in fields(switches)}  # type: ignore[arg-type]
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"Unknown switch {name}. Known: {', '.join(sorted(known))}.")
        values = allowed.get(name)
        if values is None and not isinstance(value, bool):
            raise ValueError(f"Switch {name} is true or false.")
        if values is not None and value not in values:
            raise ValueError(f"Switch {name} is one of {', '.join(sorted(values))}.")
    return replace(switches, **changes)  # type: ignore[type-var]


def from_text(assignment: str) -> dict[str, Any]:
    """Read NAME=VALUE from the command line."""
    name, _, value = assignment.partition("=")
    booleans = {"true": True, "false": False}
    return {name: booleans.get(value.lower(), value)}
