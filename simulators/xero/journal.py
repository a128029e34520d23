"""What Xero's journal counts a call under."""

from pathlib import Path

from simulators.common.journal import Journal


def resource_of(path: str) -> str:
    parts = [part for part in path.strip("/").split("/") if part]
    if parts[:2] == ["api.xro", "2.0"]:
        return parts[2] if len(parts) > 2 else ""
    return "connections" if parts[:1] and parts[0].lower() == "connections" else "/".join(parts)


def new_journal(file: Path | None = None) -> Journal:
    return Journal(resource_of, file=file)
