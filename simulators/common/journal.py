"""What was received: every write in order, and a count of all calls."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from simulators.common.wire import Json, dump, load, plain


@dataclass
class Write:
    """One write as it came in. `status` is what was done with it, None when it never arrived."""

    number: int
    at: datetime
    method: str
    path: str
    query: str
    # Whose books it was for, where the service keeps several.
    tenant_id: str
    key: str
    body: bytes
    status: int | None = None
    replayed: bool = False
    fault: str = ""


def body_json(body: bytes) -> object:
    try:
        return plain(load(body))
    except ValueError:
        return body.decode(errors="replace")


@dataclass
class Journal:
    # Names what a path is about, without ids, so that calls can be counted.
    resource_of: Callable[[str], str]
    read_body: Callable[[bytes], object] = body_json
    writes: list[Write] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    # Where writes carried out are kept too: worlds come and go, the file is for all of them.
    file: Path | None = None

    def done(self, write: Write, status: int, *, replayed: bool) -> None:
        write.status, write.replayed = status, replayed
        if self.file is not None:
            with self.file.open("ab") as lines:
                lines.write(dump(self.write_json(write, bodies=True)) + b"\n")

    def count(self, method: str, path: str) -> None:
        self.calls[f"{method} {self.resource_of(path)}"] += 1

    def write_json(self, write: Write, *, bodies: bool) -> Json:
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
            rendered["body"] = self.read_body(write.body)
        return rendered

    def state(self, *, bodies: bool) -> list[Json]:
        return [self.write_json(write, bodies=bodies) for write in self.writes]

    def counts(self) -> Json:
        return {
            "byResource": dict(self.calls),
            "byStatus": dict(self.statuses),
            "total": sum(self.calls.values()),
        }
