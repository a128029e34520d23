"""Named choices where Xero's own behaviour is not proven: a client must be right both ways.

Each default is the likelier or the harsher reading. They are set on the command line with
--switch NAME=VALUE or through POST /_control/switches.
"""

from dataclasses import dataclass
from typing import Any

from simulators.common.switches import changed as changed_by


@dataclass(frozen=True)
class Switches:
    # Xero lets a rotated refresh token be used again for 30 minutes; strict refuses it at once.
    refresh_grace: bool = True
    # A second authorisation by the same Xero user makes the first one's refresh token useless.
    supersede_on_authorise: bool = True
    # Apps created since 2 March 2026 may not ask for accounting.transactions and its like.
    broad_scopes: bool = False
    # Xero takes http://localhost but no bare loopback address as a redirect.
    loopback_redirect: bool = False
    # "half_up" is away from zero; "half_even" is what a banker's rounding would give.
    rounding: str = "half_up"
    # "truncate" reproduces the one report of 2,120.44 less 10 % stored as 1,908.39; "subtract"
    # takes off a discount in whole cents, as two refusals quote it (github.com/XeroAPI/
    # Xero-NetStandard/issues/147 and 74): 0.01 less half of it is then nothing.
    discount_rounding: str = "round"
    # Whether the number of a voided or deleted invoice may be given again.
    voided_number_reusable: bool = False
    # A sent list of phones changes the types it names ("merge") or becomes the list ("replace").
    phones: str = "merge"
    # Names with double, leading or trailing spaces are refused ("reject") or tidied ("trim").
    name_spaces: str = "reject"
    # Without summarizeErrors=false one bad element refuses the call; true keeps the good ones.
    summarised_errors_keep_good: bool = False
    # Xero limits what may be done to reconciled payments and does not say how: true lets them go.
    reconciled_deletable: bool = False
    # A key misused is refused in Xero's words; whether as "text" or within "json" no source says.
    key_refusal: str = "text"
    # Whether a payment or a credit makes an INVOICE event Xero does not say; it is likely.
    money_tells_invoice: bool = True
    # Xero names Retry-After for "minute and day"; whether the app's own minute counts is unclear.
    app_minute_waits: bool = True
    # Names are unique among active contacts; whether their case counts is not documented.
    name_case: str = "ignore"
    # Where the error of a line stands is not fixed: at the "document", or within the "line".
    line_errors: str = "document"
    # Xero does not promise that answers come in the order of the request.
    reverse_answers: bool = False
    # The date of a webhook's event is the record's own ("record"), that cut to the second
    # ("second"), or when Xero came to tell of it ("told").
    event_date: str = "record"


ALLOWED: dict[str, frozenset[str]] = {
    "rounding": frozenset({"half_up", "half_even"}),
    "discount_rounding": frozenset({"round", "truncate", "subtract"}),
    "phones": frozenset({"merge", "replace"}),
    "key_refusal": frozenset({"text", "json"}),
    "name_case": frozenset({"ignore", "exact"}),
    "line_errors": frozenset({"document", "line"}),
    "name_spaces": frozenset({"reject", "trim"}),
    "event_date": frozenset({"record", "second", "told"}),
}


def changed(switches: Switches, changes: dict[str, Any]) -> Switches:
    """Return the switches with changes made; raise ValueError naming what is wrong."""
    return changed_by(switches, changes, ALLOWED)
