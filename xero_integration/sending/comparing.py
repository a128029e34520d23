"""Comparing: Xero's total of an invoice beside ours, whenever an answer tells it.

A cent is a difference. It goes to a person with both figures, or is mended by a rounding line where
the business allows that; it is never accepted in silence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pooltrackr.lib.money import ZERO
from xero_integration.client.catalogue import code_of
from xero_integration.sending import rounding
from xero_integration.sending.rounding import Rounding
from xero_integration.sending.verdicts import Verdict

ACCOUNT_GONE = "account_invalid"


@dataclass(frozen=True)
class Comparison:
    """What an answer says of the sums; without `is_equal` there is a line to send or a person."""

    is_equal: bool = True
    words: str = ""
    code: str = "total_differs"
    line: Rounding | None = None

    @property
    def needs_person(self) -> bool:
        return not self.is_equal and self.line is None


def compare(verdict: Verdict, remote: Mapping[str, Any], *, with_line: bool) -> Comparison:
    """Compare the sums of an answer with what was sent.

    `remote` is what the link remembers; `with_line` allows a rounding line to be asked for.
    """
    expected, element = verdict.member.expected, verdict.element or {}
    # What is adopted after a refusal is as it was sent some other time: ours goes there next.
    if verdict.is_stale or "total" not in expected or "Total" not in element:
        return Comparison()
    warned = list(warnings_in(element))
    # A draft is taken without an account that is gone, and would be approved without it.
    if lacking := next((one for one in warned if code_of(one) == ACCOUNT_GONE), ""):
        return Comparison(is_equal=False, words=lacking, code=ACCOUNT_GONE)
    ours, our_tax = Decimal(expected["total"]), Decimal(expected["tax"])
    theirs, their_tax = (Decimal(str(element.get(name, 0))) for name in ("Total", "TotalTax"))
    words = (
        f"Total here {ours:.2f} with tax {our_tax:.2f}; "
        f"in Xero {theirs:.2f} with tax {their_tax:.2f}"
    )
    sent = Decimal(expected.get(rounding.LINE, ZERO))
    if sent and ours == theirs:
        return Comparison(words=f"{words} and a rounding line of {sent:.2f}.")
    if (ours, our_tax) == (theirs, their_tax):
        return Comparison(words=" ".join(warned))
    line = None
    if with_line:
        digest = verdict.member.payload_digest
        line = rounding.needed(remote, ours=ours, theirs=theirs, sent=sent, digest=digest)
    return Comparison(is_equal=False, words=f"{words}.{_what_follows(line)}", line=line)


def warnings_in(element: Mapping[str, Any]) -> Iterator[str]:
    """Yield what Xero remarks on a record that it took."""
    for one in element.get("Warnings") or []:
        if isinstance(one, dict) and one.get("Message"):
            yield str(one["Message"])


def _what_follows(line: Rounding | None) -> str:
    if line is None:
        return ""
    if not line.amount:
        return " The rounding line is not needed any more and is taken out."
    return f" A rounding line of {line.amount:.2f} follows."
