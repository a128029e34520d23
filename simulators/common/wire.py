"""JSON on the wire, with every decimal digit kept."""

import json
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def load(body: bytes) -> Any:
    """Read JSON keeping every decimal digit; raise ValueError when it is none."""
    return json.loads(body, parse_float=Decimal)


def dump(payload: object) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """Copy parsed JSON so that it can be written again: decimals become numbers."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value
