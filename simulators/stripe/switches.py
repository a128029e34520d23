"""Named choices where Stripe's own behaviour is not proven: a client must be right both ways.

Each default is the likelier or the harsher reading. They are set on the command line with
--switch NAME=VALUE or through POST /_control/switches.
"""

from dataclasses import dataclass
from typing import Any

from simulators.common.switches import changed as changed_by


@dataclass(frozen=True)
class Switches:
    # A percentage of an amount is rounded to the cent; Stripe does not say how.
    fee_rounding: str = "half_up"
    # support.stripe.com/questions/tax-on-stripes-fees: in Australia GST is within the fee; an
    # account with pricing of its own may have it "on_top".
    fee_tax: str = "included"
    # The same page: New Zealand's GST is on Connect and Radar only; true puts it on payments too.
    nz_fee_tax: bool = False
    # The list of a payout's transactions has the payout's own among them.
    payout_lists_itself: bool = True
    # A balance below nothing waits for more payments; true takes it from the bank account.
    debit_negative_balance: bool = False
    # After a failed payout there is none until the bank account is changed.
    failed_payout_stops: bool = True
    # A refund that the balance does not cover makes it "negative", or is "pending" until it does.
    refund_over_balance: str = "negative"
    # support.stripe.com/questions/june-2025-pricing-updates-for-disputes: a second fee for
    # contesting one, given back when won. For which countries beside the US is not known.
    dispute_counter_fee: bool = False
    # An error about parameters is kept under the idempotency key only where this is true.
    keep_refused: bool = False
    # Using a code of OAuth twice takes the first use's tokens back.
    code_reuse_revokes: bool = True
    # Events of a payment: whether charge.updated follows once its balance transaction is there.
    charge_updated: bool = True


ALLOWED: dict[str, frozenset[str]] = {
    "fee_rounding": frozenset({"half_up", "half_even", "down"}),
    "fee_tax": frozenset({"included", "on_top"}),
    "refund_over_balance": frozenset({"negative", "pending"}),
}


def changed(switches: Switches, changes: dict[str, Any]) -> Switches:
    """Return the switches with changes made; raise ValueError naming what is wrong."""
    return changed_by(switches, changes, ALLOWED)
