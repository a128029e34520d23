"""Xero's own description of its API, and whether what was written to the simulator fits it.

`python -m simulators.xero.tests.description FILE` checks a journal, as `--journal` writes it.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

Json = dict[str, Any]

# What every answer carries beside the collection; the schemas know only the collection.
ENVELOPE = {"Id": {}, "Status": {}, "ProviderName": {}, "DateTimeUTC": {}, "pagination": {}}
# Members that the description of July 2026 lacks, with the source that has them.
LATER_MEMBERS = {
    # Xero's own examples of invoices and their lines carry these.
    "Invoice": {"DateString": {}, "DueDateString": {}, "TotalDiscount": {}},
    "LineItem": {"ValidationErrors": {}},
}
# An element of an error echoes whatever was sent; its schema names only the ids.
OPEN = frozenset({"Element"})
# Bodies whose schema is not named for the last word of the address.
BODIES = {
    "POST Payments/*": "PaymentDelete",
    "POST BankTransfers/*": "BankTransferDeleteByUrlParam",
    "POST BatchPayments": "BatchPaymentDelete",
    "POST BatchPayments/*": "BatchPaymentDeleteByUrlParam",
    "POST Invoices/*/Email": "RequestEmpty",
    "PUT */*/History": "HistoryRecords",
}
# A member that a whole document must have, left out at its top.
LEFT_OUT = re.compile(r"\w+/\d+: .* is a required property$")
ACCOUNTING = "xero_accounting.yaml"
API = "/api.xro/2.0/"


class Description:
    def __init__(self, schemas: Json) -> None:
        self.schemas = strict(schemas)
        self.validators: dict[str, Any] = {}

    def faults(self, name: str, payload: object) -> list[str]:
        """Say where a payload differs from the schema of that name."""
        if name not in self.validators:
            schema = {
                "$ref": f"#/components/schemas/{name}",
                "components": {"schemas": self.schemas},
            }
            self.validators[name] = jsonschema_rs.validator_for(schema)
        return [
            f"{'/'.join(map(str, fault.instance_path))}: {fault.message[:200]}"
            for fault in self.validators[name].iter_errors(payload)
        ]

    def faults_of_write(self, write: Json) -> list[str]:
        """Say what in a write of the journal is not as described, whatever the simulator did."""
        name, body = self.body_schema(write), write["body"]
        if name is None or not isinstance(body, dict | list):
            return []
        alone = [body] if isinstance(body, dict) else body
        wrapped = {name: alone} if name.endswith("s") and name not in body else body
        where = f"{write['method']} {write['path']} {json.dumps(body)[:400]}"
        faults = self.faults(name, wrapped)
        if is_change(write):
            # What is not sent stays as it is; the schemas know only whole documents.
            faults = [one for one in faults if not LEFT_OUT.match(one)]
        return [f"{where}\n    {fault}" for fault in faults]

    def body_schema(self, write: Json) -> str | None:
        """Return what the body of a write is described by; None for files and for no body."""
        path = write["path"].removeprefix(API)
        words = path.split("/")
        if path == write["path"] or write["method"] == "DELETE" or "Attachments" in words:
            return None
        stars = [word if place % 2 == 0 else "*" for place, word in enumerate(words)]
        places = ["/".join(stars), "/".join(["*", *stars[1:]])]
        named = (BODIES.get(f"{write['method']} {place}") for place in places)
        return next(filter(None, named), stars[(len(stars) - 1) // 2 * 2])


def is_change(write: Json) -> bool:
    """Say whether a write names the one document that it changes."""
    return write["method"] == "POST" and len(write["path"].removeprefix(API).split("/")) == 2


def strict(schemas: Json) -> Json:
    """Return the schemas as JSON Schema that takes no member they do not name."""
    for name, schema in schemas.items():
        if "properties" in schema:
            schema["properties"].update(LATER_MEMBERS.get(name, {}))
            if name.endswith("s"):
                schema["properties"].update(ENVELOPE)
            schema["additionalProperties"] = name in OPEN
    changed: Json = mended(schemas)
    return changed


def mended(value: Any) -> Any:
    """Turn OpenAPI's nullable into a type, and point references at this document."""
    if isinstance(value, list):
        return [mended(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    changed = {key: mended(inner) for key, inner in value.items() if key != "example"}
    if changed.pop("nullable", False) and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    # The files write dates as dates; YAML reads them so.
    changed.pop("format", None)
    return changed


@cache
def description(file: str = ACCOUNTING) -> Description | None:
    """Return the description in a file, or None where there is no folder of shared data.

    Under CI the folder has to be there: a check that is left out there is no check.
    """
    if "POOLTRACKR_SHARED" not in os.environ and "CI" not in os.environ:
        return None
    path = Path(os.environ["POOLTRACKR_SHARED"]) / "xero" / "openapi" / file
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return Description(document["components"]["schemas"])


def undescribed(writes: Iterable[Json]) -> Iterator[str]:
    """Yield what was accepted though Xero's description has no such thing."""
    described = description()
    for write in writes:
        accepted = write["status"] is not None and write["status"] < 300
        if described is not None and accepted:
            yield from described.faults_of_write(write)


def main(argv: list[str]) -> int:
    with Path(argv[0]).open(encoding="utf-8") as journal:
        found = list(dict.fromkeys(undescribed(map(json.loads, journal))))
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
