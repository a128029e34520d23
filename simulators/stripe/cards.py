"""Stripe's test cards. Source: docs.stripe.com/testing; own ones say so in data/cards.csv."""

import csv
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
BRAND_NAMES = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "eftpos_au": "eftpos Australia",
}
# What Checkout's restrictions call the brands. eftpos is not among them.
BLOCKED_AS = {"visa": "visa", "mastercard": "mastercard", "amex": "american_express"}
SECOND_NETWORK = {"4000050360000001": "visa", "5555050360000080": "mastercard"}


@dataclass(frozen=True)
class Card:
    number: str
    method: str
    brand: str
    funding: str
    country: str
    behaviour: str
    label: str

    @property
    def does(self) -> str:
        return self.behaviour.partition(":")[0]

    @property
    def detail(self) -> str:
        """Return the decline code or the reason of a dispute that the card leads to."""
        return self.behaviour.partition(":")[2]

    @property
    def networks(self) -> list[str]:
        second = SECOND_NETWORK.get(self.number)
        return [self.brand, second] if second else [self.brand]

    def is_taken(self, blocked: list[str]) -> bool:
        """Say whether one of the card's networks is not among those blocked."""
        return not set(blocked) >= {BLOCKED_AS.get(one, one) for one in self.networks}

    def needs_authentication(self, *, is_saved: bool, off_session: bool) -> bool:
        if self.does in {"authenticate", "authenticate_then"}:
            return True
        if self.does == "authenticate_unless_saved":
            return not (is_saved and off_session)
        return self.does == "authenticate_when_present" and not off_session

    def declines(self, *, is_saved: bool) -> str:
        """Return the decline code that a charge meets, or nothing."""
        if self.does == "decline_saved":
            return "generic_decline" if is_saved else ""
        return self.detail if self.does in {"decline", "authenticate_then"} else ""


def read_cards() -> dict[str, Card]:
    with (DATA / "cards.csv").open(newline="") as lines:
        return {row["number"]: Card(**row) for row in csv.DictReader(lines)}


CARDS = read_cards()
BY_METHOD = {card.method: card for card in CARDS.values() if card.method}
# The short names of Stripe's test tokens.
BY_TOKEN = {name.replace("pm_card_", "tok_"): card for name, card in BY_METHOD.items()}


def is_card_number(number: str) -> bool:
    """Check the digit at the end (Luhn)."""
    if not number.isdecimal() or not 12 <= len(number) <= 19:
        return False
    digits = [int(one) for one in reversed(number)]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
