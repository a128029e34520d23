"""What was received: every write in order, and a count of all calls."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from simulators.xero.wire import Json, dump, load, plain


@dataclass
class Write:
    """One write as it came in. `status` is what was done with it, None when it never arrived."""

    number: int
    at: datetime
    method: str
    path: str
    query: str
    tenant_id: str
    key: str
    body: bytes
    status: int | None = None
    replayed: bool = False
    fault: str = ""


@dataclass
class Journal:
    writes: list[Write] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    # Where writes carried out are kept too: worlds come and go, the file is for all of them.
    file: Path | None = None

    def done(self, write: Write, status: int, *, replayed: bool) -> None:
        write.status, write.replayed = status, replayed
        if self.file is not None:
            with self.file.open("ab") as lines:
                lines.write(dump(write_json(write, bodies=True)) + b"\n")

    def count(self, method: str, path: str) -> None:
        self.calls[f"{method} {resource_of(path)}"] += 1


def resource_of(path: str) -> str:
    """Name what a path is about, without ids, so that calls can be counted."""
    parts = [part for part in path.strip("/").split("/") if part]
    if parts[:2] == ["api.xro", "2.0"]:
        return parts[2] if len(parts) > 2 else ""
    return "connections" if parts[:1] and parts[0].lower() == "connections" else "/".join(parts)


def write_json(write: Write, *, bodies: bool) -> Json:
    rendered: Json = {
        "number": write.number,
        "at": write.at.isoformat(),
        "method": write.method,
        "path": write.path,
        "query": write.query,
        "tenantId": write.tenant_id,
        "idempotencyKey": write.key,
        "status": write.status,
        "replayed": write.replayed,
        "fault": write.fault,
    }
    if bodies:
        rendered["body"] = body_json(write.body)
    return rendered


def body_json(body: bytes) -> object:
    try:
        return plain(load(body))
    except ValueError:
        return body.decode(errors="replace")
