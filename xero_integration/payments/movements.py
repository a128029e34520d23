"""Money movements of a card processor on their way to Xero, on the account that is its balance.

Fees, disputes and the like are money spent or received there; payouts are transfers to the bank.
All are found again by our id in their Reference, and none ever changes.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from invoices.models import MoneyMovement, MovementKind, PaymentMethod, TaxMode
from xero_integration.connecting.connect import BANK_NOT_ALLOWED, BANK_SCOPE
from xero_integration.mapping.mappings import Problem, payment_account_trouble, rate_trouble
from xero_integration.models import (
    BatchOperation,
    Connection,
    Kind,
    MovementAccount,
    OutboxRow,
    XeroAccount,
    XeroContact,
)
from xero_integration.models.mirror import ASSET, BANK
from xero_integration.numbers import payment_reference
from xero_integration.payloads import Payload, digest_of
from xero_integration.sending.batches import Ready
from xero_integration.sending.judging import Judgement, Nothing, links_of

Json = dict[str, Any]

# What Xero shows it by where the processor's own contact was not chosen.
NAMES = {"stripe": "Stripe"}
# Merges of merges that are followed: a longer chain is a circle.
LONGEST_CHAIN = 10
# Classes of accounts that money may be booked to: all but those of equity and of income proper.
BOOKABLE = ("EXPENSE", "ASSET", "LIABILITY", "REVENUE")


def clearing_trouble(account: XeroAccount) -> str:
    """Say why `account` cannot stand for a processor's balance, or return an empty text."""
    if account.type not in (BANK, ASSET) and account.status == "ACTIVE":
        return (
            f"The account “{account}” can stand for no balance in Xero: a bank account can, or a "
            "current asset that payments are enabled for."
        )
    return payment_account_trouble(account)


def booked_trouble(account: XeroAccount) -> str:
    """Say why fees and the like cannot be booked to `account`, or return an empty text."""
    if account.status != "ACTIVE":
        return f"The account “{account}” is archived in Xero."
    if account.system_account:
        return f"Xero keeps the account “{account}” for itself."
    if account.account_class not in BOOKABLE or account.type == BANK:
        return f"The account “{account}” cannot take fees and the like in Xero."
    return ""


class Places:
    """What a person chose for a processor's money: its balance, and where each kind is booked."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        rows = connection.movement_accounts.select_related("account", "xero_tax_rate")
        self.chosen: Mapping[str, MovementAccount] = {row.kind: row for row in rows}
        online = connection.payment_accounts.filter(method=PaymentMethod.CARD_ONLINE)
        row = online.select_related("account").first()
        self.clearing = row.account if row else None

    def trouble_with(self, kind: str, account: XeroAccount) -> str:
        """Say why `account` cannot be used for `kind`, or return an empty text."""
        if kind != MovementKind.PAYOUT:
            return booked_trouble(account)
        if not self.is_bank:
            return (
                f"Payouts from “{self.clearing}”, which is no bank account, cannot be entered: "
                "match them in Xero, with it as their account."
            )
        if account == self.clearing:
            return f"“{account}” is the account of card payments itself: payouts go from it."
        return clearing_trouble(account)

    @cached_property
    def contact(self) -> XeroContact | None:
        """The contact that was chosen, or the one that it was merged into in Xero since."""
        there = self.connection.xero_contacts
        found = there.filter(xero_id=self.connection.processor_contact).first()
        for _ in range(LONGEST_CHAIN):
            if found is None or not found.merged_to:
                break
            found = there.filter(xero_id=found.merged_to).first()
        return found

    @property
    def is_bank(self) -> bool:
        """Whether money can be spent and received on it, and not only bills paid from it."""
        return self.clearing is None or self.clearing.type != ASSET

    def is_by_hand(self, kind: str) -> bool:
        """Say whether a person chose to enter this kind in Xero by hand."""
        return kind in self.chosen and self.chosen[kind].account is None

    def account_for(self, kind: str) -> XeroAccount | None:
        return self.chosen[kind].account if kind in self.chosen else None

    def troubles(self) -> set[str]:
        """Return what makes saved choices unusable in Xero, each cause once."""
        found = {clearing_trouble(self.clearing)} if self.clearing and self.chosen else set()
        for kind, row in self.chosen.items():
            found |= {self.trouble_with(kind, row.account)} if row.account else set()
        return found - {""}

    def problem(self, movement: MoneyMovement) -> Problem | None:
        """Return what stands against sending `movement`, if anything does."""
        return (
            self._permission()
            or self._clearing()
            or self._account(movement)
            or self._direction(movement)
            or self._tax(movement)
            or self._contact(movement)
            or self._currency(movement)
        )

    def payment_problem(self, movement: MoneyMovement) -> Problem | None:
        """Return what stands against paying a credit note or a bill for `movement`."""
        return self._clearing() or self._currency(movement)

    def _permission(self) -> Problem | None:
        token = self.connection.token
        if not self.is_bank:
            return None
        if token is not None and BANK_SCOPE in token.scopes.split():
            return None
        return Problem(BANK_NOT_ALLOWED, "Xero was not asked for the permission it takes.")

    def _clearing(self) -> Problem | None:
        if self.clearing is None:
            message = "No Xero account is chosen for payments by card online."
            return Problem("movement_account_not_mapped", message)
        trouble = clearing_trouble(self.clearing)
        return Problem("movement_account_unusable", trouble) if trouble else None

    def _account(self, movement: MoneyMovement) -> Problem | None:
        account = self.account_for(movement.kind)
        if account is None:
            message = f"No Xero account is chosen for “{movement.get_kind_display()}”."
            return Problem("movement_account_not_mapped", message)
        trouble = self.trouble_with(movement.kind, account)
        return Problem("movement_account_unusable", trouble) if trouble else None

    def _direction(self, movement: MoneyMovement) -> Problem | None:
        if self.is_bank or movement.amount < 0:
            return None
        return Problem(
            "movement_comes_in",
            f"{movement.amount:,} came in, and Xero takes no such money on “{self.clearing}”.",
        )

    def _tax(self, movement: MoneyMovement) -> Problem | None:
        if not movement.tax:
            return None
        rate = self.chosen[movement.kind].xero_tax_rate
        if rate is None:
            message = "The fee contains tax, and no Xero tax rate is chosen for it."
            return Problem("movement_tax_not_mapped", message)
        if rate.status != "ACTIVE":
            return Problem("movement_tax_not_mapped", rate_trouble(rate))
        return None

    def _contact(self, movement: MoneyMovement) -> Problem | None:
        if movement.kind == MovementKind.PAYOUT or not self.connection.processor_contact:
            return None
        if self.contact is not None and self.contact.status == "ACTIVE":
            return None
        name = self.contact.name if self.contact else "that was chosen for card money"
        message = f"The contact {name} can no longer be used in Xero."
        return Problem("movement_contact_unusable", message)

    def _currency(self, movement: MoneyMovement) -> Problem | None:
        if self.connection.base_currency in ("", movement.currency):
            return None
        return Problem(
            "currency_differs",
            f"The money is in {movement.currency}, the organisation's books are in "
            f"{self.connection.base_currency}.",
        )


class _Judge:
    """Judges rows of money movements; loads what all of them need in a few queries."""

    kind: Kind

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        ids = [row.object_id for row in rows]
        movements = MoneyMovement.objects.filter(business_id=connection.business_id)
        self.movements = movements.select_related("invoice", "credit_note").in_bulk(ids)
        self.connection = connection
        self.links = links_of(connection, self.kind, ids)
        contacts = {one.invoice.contact_id for one in self.movements.values() if one.invoice}
        self.contact_links = links_of(connection, Kind.CONTACT, contacts)
        self.places = Places(connection)

    def of(self, row: OutboxRow) -> Judgement:
        movement = self.movements.get(row.object_id)
        if movement is None or row.object_id in self.links:
            return Nothing()
        if hasattr(movement, "credit_note"):
            # Xero has it as the payment of that note.
            return Nothing()
        if movement.date < self.connection.send_from or self.places.is_by_hand(movement.kind):
            return Nothing()
        if problem := self.places.problem(movement):
            return problem
        body = self.body_of(movement)
        payload = Payload(body, digest_of(body), self.expected(movement))
        return Ready(row, BatchOperation.CREATE, payload, movement.updated_at)

    def body_of(self, movement: MoneyMovement) -> Json:
        raise NotImplementedError

    def expected(self, movement: MoneyMovement) -> Json:
        return {"object": str(movement.pk)}

    @property
    def clearing(self) -> Json:
        assert self.places.clearing is not None
        return {"AccountID": self.places.clearing.xero_id}

    def account(self, kind: str) -> XeroAccount:
        found = self.places.account_for(kind)
        assert found is not None
        return found


class MovementJudge(_Judge):
    """Fees, disputes, refunds and the rest: money spent from the balance, or received on it."""

    kind = Kind.MOVEMENT

    def body_of(self, movement: MoneyMovement) -> Json:
        return {
            "Type": "SPEND" if movement.amount < 0 else "RECEIVE",
            "Status": "AUTHORISED",
            "Contact": self._contact(movement),
            "BankAccount": self.clearing,
            "Date": movement.date.isoformat(),
            "Reference": reference_of(movement),
            "CurrencyCode": movement.currency,
            # Amounts are told with the tax that is in them.
            "LineAmountTypes": TaxMode.INCLUSIVE if movement.tax else TaxMode.NO_TAX,
            "LineItems": [self._line(movement)],
        }

    def _contact(self, movement: MoneyMovement) -> Json:
        of_customer = movement.invoice and self.contact_links.get(movement.invoice.contact_id)
        if of_customer and movement.kind in (MovementKind.HELD, MovementKind.REFUND):
            return {"ContactID": of_customer.xero_id}
        if self.places.contact is not None:
            return {"ContactID": self.places.contact.xero_id}
        return {"Name": NAMES.get(movement.processor, movement.processor)}

    def _line(self, movement: MoneyMovement) -> Json:
        return {
            "Description": movement.memo or movement.get_kind_display(),
            "Quantity": 1,
            "UnitAmount": float(abs(movement.amount)),
            "AccountID": self.account(movement.kind).xero_id,
            **self._taxed(movement),
        }

    def _taxed(self, movement: MoneyMovement) -> Json:
        """Return the rate and the tax: as the processor says, whatever the rate comes to."""
        rate = self.places.chosen[movement.kind].xero_tax_rate
        if rate is None or not movement.tax:
            return {"TaxType": "NONE"}
        return {"TaxType": rate.tax_type, "TaxAmount": float(abs(movement.tax))}

    def expected(self, movement: MoneyMovement) -> Json:
        sums = {"total": str(abs(movement.amount)), "tax": str(abs(movement.tax))}
        return {**super().expected(movement), **sums}


class TransferJudge(_Judge):
    """Payouts: from the balance to the bank, and back where the bank refused one."""

    kind = Kind.TRANSFER

    def body_of(self, movement: MoneyMovement) -> Json:
        bank = {"AccountID": self.account(movement.kind).xero_id}
        ends = (self.clearing, bank) if movement.amount < 0 else (bank, self.clearing)
        return {
            "FromBankAccount": ends[0],
            "ToBankAccount": ends[1],
            "Amount": float(abs(movement.amount)),
            "Date": movement.date.isoformat(),
            "Reference": reference_of(movement),
        }


def reference_of(movement: MoneyMovement) -> str:
    """Return the Reference: what it is, and our id, by which it is found again.

    Without quotation marks: Xero's filters know no way to write one (facts: `where`).
    """
    words = f"{movement.get_kind_display()} {movement.source_id}".replace('"', "")
    return payment_reference(movement.pk, words)
