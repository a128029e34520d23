"""What stands in the editor's fields, as text, and what the buttons do to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import QueryDict

from businesses.models import Business
from contacts.models import Contact
from invoices.dates import due_by_terms, today
from invoices.figures import figure
from invoices.forms.invoice import line_prefix
from invoices.models import Invoice, InvoiceLine, TaxMode

MOST_LINES = 200  # an invoice that a person can still read; keeps a page and its PDF bounded


@dataclass
class State:
    """Texts by field name, and the keys of the lines in their order."""

    values: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    @classmethod
    def posted(cls, post: QueryDict) -> "State":
        # PostgreSQL takes no zero byte, not even to look for it.
        values = {name: str(value).replace("\x00", "") for name, value in post.items()}
        # A key is part of field names and of ids in the page: digits only.
        keys = [key for key in dict.fromkeys(post.getlist("line")) if key.isdecimal()]
        return cls(values, keys)

    @classmethod
    def blank(cls, business: Business, *, contact: Contact | None = None) -> "State":
        mode = TaxMode.EXCLUSIVE if business.gst_registered else TaxMode.NO_TAX
        state = cls({"tax_mode": mode, "date": str(today(business)), "key": str(uuid4())})
        if contact:
            state.values["contact"] = str(contact.pk)
        return state

    @classmethod
    def of(cls, invoice: Invoice) -> "State":
        """The texts of a stored invoice; its due date counts as chosen unless it is the terms'."""
        values = {
            "contact": invoice.contact_id,
            "pool": invoice.pool_id,
            "date": invoice.date,
            "due_date": invoice.due_date,
            "auto_due": due_by_terms(invoice.contact, date=invoice.date),
            "service_date": invoice.service_date,
            "reference": invoice.reference,
            "notes": invoice.notes,
            "tax_mode": invoice.tax_mode,
            "key": invoice.pk,
            "version": version_of(invoice),
        }
        state = cls({name: text(value) for name, value in values.items()})
        for line in invoice.lines.select_related("product"):
            state.add_line(_texts(line))
        return state

    def line(self, key: str, name: str) -> str:
        return self.values.get(f"{line_prefix(key)}-{name}", "")

    def set_line(self, key: str, **texts: str) -> None:
        for name, value in texts.items():
            self.values[f"{line_prefix(key)}-{name}"] = value

    def add_line(self, texts: dict[str, str]) -> str:
        key = str(max(map(int, self.keys), default=-1) + 1)
        self.keys.append(key)
        self.set_line(key, **texts)
        return key

    def remove_line(self, key: str) -> None:
        if key in self.keys:
            self.keys.remove(key)

    def move_line(self, key: str, *, by: int) -> None:
        if key not in self.keys:
            return
        old = self.keys.index(key)
        new = min(max(old + by, 0), len(self.keys) - 1)
        self.keys.insert(new, self.keys.pop(old))

    def is_untouched(self, key: str) -> bool:
        """Whether nothing has been entered into a line: such a one is left out when saving."""
        return not any(
            self.line(key, name).strip() for name in ("item", "description", "unit_price", "id")
        )


def version_of(invoice: Invoice) -> str:
    """What changes with each save: tells whether somebody else saved in between."""
    return invoice.updated_at.isoformat()


def text(value: Any) -> str:
    return "" if value is None else str(value)


def _texts(line: InvoiceLine) -> dict[str, str]:
    return {
        "id": str(line.pk),
        "item": line.product.code if line.product else "",
        "product": text(line.product_id),
        "description": line.description,
        "quantity": figure(line.quantity),
        "unit_price": figure(line.unit_price, places=2),
        "discount_percent": figure(line.discount_percent) if line.discount_percent else "",
        "tax_rate": str(line.tax_rate_id),
    }


def new_line(tax_rate: Iterable[str]) -> dict[str, str]:
    return {"quantity": "1", "tax_rate": next(iter(tax_rate), "")}
