"""Kinds of cards, by Stripe's own names for them."""

from enum import StrEnum


class Brand(StrEnum):
    """`payment_method_details.card.brand` of a charge. Source: Stripe, "The Charge object"."""

    AMEX = "amex"
    DINERS = "diners"
    DISCOVER = "discover"
    EFTPOS = "eftpos_au"
    JCB = "jcb"
    MASTERCARD = "mastercard"
    UNIONPAY = "unionpay"
    VISA = "visa"


class Funding(StrEnum):
    """`payment_method_details.card.funding` of a charge."""

    CREDIT = "credit"
    DEBIT = "debit"
    PREPAID = "prepaid"


LABELS = {
    Brand.AMEX: "American Express",
    Brand.DINERS: "Diners Club",
    Brand.DISCOVER: "Discover",
    Brand.EFTPOS: "eftpos",
    Brand.JCB: "JCB",
    Brand.MASTERCARD: "Mastercard",
    Brand.UNIONPAY: "UnionPay",
    Brand.VISA: "Visa",
}


def name_of(brand: str) -> str:
    """Return a brand as people write it; one that is not known as Stripe does."""
    return LABELS.get(Brand(brand), "") if brand in set(Brand) else brand
