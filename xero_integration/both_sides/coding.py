"""How Xero has coded the lines of a sent invoice: account and tracking. What a bookkeeper recoded
there stands when the invoice is sent again, unless the choice here was changed as well.

Pure. A line's code is {"account": AccountCode, "tracking": [as it is sent]}, by Xero's line id.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
Codes = Mapping[str, Json]

MEMBERS = ("TrackingCategoryID", "TrackingOptionID", "Name", "Option")


def of_lines(lines: Any) -> Codes:
    """Return the codes of an invoice's lines as Xero sent them."""
    return {str(one["LineItemID"]): _code(one) for one in lines or [] if one.get("LineItemID")}


def _code(line: Json) -> Json:
    tracked = sorted(line.get("Tracking") or [], key=lambda one: str(one.get("Name")))
    kept = [{name: one[name] for name in MEMBERS if one.get(name)} for one in tracked]
    return {"account": str(line.get("AccountCode") or ""), "tracking": kept}


def recoded(agreed: Codes, there: Codes) -> Codes:
    """Return the lines that were coded anew in Xero since a push was answered, as they are now."""
    return {
        line: {"before": agreed[line], **code}
        for line, code in there.items()
        if line in agreed and agreed[line] != code
    }


def keep(body: Json, code: Json, *, account: str) -> None:
    """Put Xero's own code into the body of a line, where ours is what it was.

    `account` is the code of the account chosen here now.
    """
    before = code["before"]
    if code["account"] not in ("", before["account"]) and account == before["account"]:
        body.pop("AccountID", None)
        body["AccountCode"] = code["account"]
    if code["tracking"] != before["tracking"] and _options(body) == _ids(before["tracking"]):
        body["Tracking"] = code["tracking"]


def _options(body: Json) -> set[str]:
    return _ids(body.get("Tracking") or [])


def _ids(tracked: list[Json]) -> set[str]:
    return {str(one.get("TrackingOptionID") or one.get("Option")) for one in tracked}
