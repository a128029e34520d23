"""What is kept of an element of Xero's answers, cut to the length of our columns."""

from typing import Any


def text(data: dict[str, Any], name: str, limit: int) -> str:
    """Return the member as text without blanks around it; empty where it is missing or null."""
    return str(data.get(name) or "").strip()[:limit]
