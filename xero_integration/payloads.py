"""Our contacts and invoices as Xero's JSON. Pure: no query, no call, no clock.

A blank is left out, never sent: a blank never overwrites a value in Xero. Tax amounts are never
sent: Xero computes them and settling compares. Limits: Xero's OpenAPI schemas.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from contacts.models import Contact
from invoices.models import Invoice, InvoiceLine, Payment, TaxMode
from pooltrackr.lib.money import ZERO
from xero_integration.both_sides import coding
from xero_integration.both_sides.fields import OURS, our_values
from xero_integration.both_sides.threeway import TERMS
from xero_integration.mapping import presentation
from xero_integration.mapping.mappings import Mappings, Problem
from xero_integration.numbers import contact_number, payment_reference
from xero_integration.sending import rounding

Json = dict[str, Any]

# Longest values that Xero takes; our own columns are as long or longer.
CONTACT_LIMITS = {
    "Name": 255,
    "FirstName": 255,
    "LastName": 255,
    "EmailAddress": 255,
    "AccountNumber": 50,
    "TaxNumber": 50,
}
PHONE_LIMIT = 50
# Our fields and Xero's members; what is a list there, by the fields that are in it.
SCALARS = {
    "name": "Name",
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "EmailAddress",
    "account_number": "AccountNumber",
    "abn": "TaxNumber",
}
LISTS = {"Phones": {"phone", "mobile"}, "PaymentTerms": {TERMS}}
ADDRESSES = {"postal": "POBOX", "street": "STREET"}
DESCRIPTION_LIMIT = 4000
REFERENCE_LIMIT = 255
NOT_IN_A_NAME = re.compile(r"[<>]")
# Xero takes letters only; "U.S.A." would refuse the whole contact.
NOT_IN_A_COUNTRY = re.compile(r"[^A-Za-z ]")
# Xero refuses links whose address holds its own name.
NOT_IN_A_URL = "xero"


@dataclass(frozen=True)
class Payload:
    """One element of a batch. `expected` is what the answer is compared with."""

    body: Json
    digest: str
    expected: Json = field(default_factory=dict)
    problems: Sequence[Problem] = ()


def digest_of(content: object) -> str:
    """Return the SHA-256 of `content` in one fixed spelling."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


# --- contacts ---------------------------------------------------------------------------------


def contact_content(contact: Contact) -> Json:
    """Return what of `contact` stands in Xero, without either side's ids."""
    return _content(our_values(contact), _terms(contact))


def _content(held: Mapping[str, str], terms: Json) -> Json:
    values = {
        **{name: tidy(held[field]) for field, name in SCALARS.items()},
        "EmailAddress": held["email"].strip(),
        "AccountNumber": held["account_number"].strip(),
        "TaxNumber": re.sub(r"\D", "", held["abn"]),
        "Addresses": [*_address(held, "postal"), *_address(held, "street")],
        "Phones": [*_phone(held["phone"], "DEFAULT"), *_phone(held["mobile"], "MOBILE")],
        "PaymentTerms": terms,
    }
    return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Part:
    """Which of our fields an update carries, and what Xero has: addresses go whole or not at all.

    So do the two phones: whether a list that is sent adds to Xero's or replaces it is not
    documented.
    """

    fields: Collection[str]
    theirs: Mapping[str, str]

    def content(self, contact: Contact) -> Json:
        return self.content_of(our_values(contact), _terms(contact))

    def content_of(self, ours: Mapping[str, str], terms: Json) -> Json:
        held = {
            name: (ours.get(name) if name in self.fields else "") or self.theirs.get(name, "")
            for name in OURS
        }
        whole = _content(held, terms)
        named = {SCALARS[name] for name in self.fields if name in SCALARS}
        named |= {name for name, of in LISTS.items() if of & {*self.fields}}
        kept = {name: value for name, value in whole.items() if name in named}
        return {**kept, **self._addresses(whole)}

    def _addresses(self, whole: Json) -> Json:
        kinds = {
            kind
            for prefix, kind in ADDRESSES.items()
            if any(name.startswith(f"{prefix}_") for name in self.fields)
        }
        kept = [one for one in whole.get("Addresses", []) if one["AddressType"] in kinds]
        return {"Addresses": kept} if kept else {}


def contact_payload(contact: Contact, *, xero_id: str = "", part: Part | None = None) -> Payload:
    """Return the payload that creates `contact`, or that updates `xero_id`, with `part` of it.

    The number is sent on creation alone: one set by somebody else is never overwritten.
    """
    content = contact_content(contact)
    own = {"ContactID": xero_id} if xero_id else {"ContactNumber": contact_number(contact.pk)}
    sent = part.content(contact) if part else content
    return Payload(
        {**own, **sent},
        digest_of(content),
        # What is kept of the two sides once this has arrived (`threeway`).
        {"ours": sent_values(contact), "fields": sorted(part.fields) if part else None},
        problems=list(_contact_problems(content)),
    )


def archive_payload(contact: Contact, *, xero_id: str, status: str) -> Payload:
    """Return the payload that changes nothing of a contact in Xero but whether it is in use."""
    return Payload({"ContactID": xero_id, "ContactStatus": status}, contact_digest(contact))


def contact_digest(contact: Contact) -> str:
    return digest_of(contact_content(contact))


def sent_values(contact: Contact) -> dict[str, str]:
    """Return what an update compares: every field that Xero has too, and our own terms."""
    terms = _terms(contact)
    return {**our_values(contact), TERMS: json.dumps(terms, sort_keys=True) if terms else ""}


def tidy(text: str) -> str:
    """Return `text` with single spaces and none at the ends: Xero refuses others in names."""
    return " ".join(text.split())


def _address(held: Mapping[str, str], prefix: str) -> Iterator[Json]:
    def value(part: str) -> str:
        return tidy(held[f"{prefix}_{part}"])

    fields = {
        "AddressLine1": value("line1"),
        "AddressLine2": value("line2"),
        "City": value("city"),
        "Region": value("region"),
        "PostalCode": value("code"),
        "Country": tidy(NOT_IN_A_COUNTRY.sub("", value("country"))),
    }
    filled = {name: text for name, text in fields.items() if text}
    if filled:
        yield {"AddressType": ADDRESSES[prefix], **filled}


def _phone(number: str, kind: str) -> Iterator[Json]:
    if number.strip():
        yield {"PhoneType": kind, "PhoneNumber": number.strip()}


def _terms(contact: Contact) -> Json:
    """Return the contact's own terms; the business's are the organisation's own affair."""
    if contact.terms_days is None or not contact.terms_type:
        return {}
    return {"Sales": {"Day": contact.terms_days, "Type": contact.terms_type}}


def _contact_problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    if not content.get("Name"):
        yield Problem("name_missing", "The contact has no name.")
    if NOT_IN_A_NAME.search(content.get("Name", "")):
        yield Problem("name_characters", "The name must not hold the characters < or >.")
    if not content.get("EmailAddress", "").isascii():
        yield Problem("email_invalid", "The e-mail address holds letters that Xero does not take.")
    for name, limit in CONTACT_LIMITS.items():
        if len(content.get(name, "")) > limit:
            yield Problem("too_long", f"{name} is longer than the {limit} characters Xero allows.")
    for phone in content.get("Phones", []):
        if len(phone["PhoneNumber"]) > PHONE_LIMIT:
            yield Problem("too_long", f"A phone number is longer than {PHONE_LIMIT} characters.")


# --- invoices ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """Where an invoice goes: its contact in Xero, its status there, the way back to us.

    For an update `xero_id` and the ids of lines that Xero gave, by our line's id.
    """

    contact_id: str
    status: str
    url: str = ""
    xero_id: str = ""
    line_ids: Mapping[str, str] = field(default_factory=dict)
    # Lines that were coded anew in Xero, by its id (`coding`).
    recoded: coding.Codes = field(default_factory=dict)
    # Whether an update takes the status along: else Xero's own stands.
    with_status: bool = False
    # What Xero's total was short of ours by, when this content was sent before.
    rounding: Decimal = ZERO


def invoice_content(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Json:
    """Return what of `invoice` is our own to change: the digest hangs on nothing else.

    Neither accounts nor Xero's contact are in it: another mapping, or a merge, does not rewrite
    invoices that were sent.
    """
    return {
        **_head(invoice),
        "Lines": [
            {**_line_content(line), "Product": str(line.product_id), "Tax": line.tax_rate_id}
            for line in lines
        ],
        "Void": invoice.status == "void",
    }


def invoice_digest(invoice: Invoice, lines: Sequence[InvoiceLine]) -> str:
    return digest_of(invoice_content(invoice, lines))


def invoice_payload(
    invoice: Invoice, lines: Sequence[InvoiceLine], *, target: Target, mappings: Mappings
) -> Payload:
    """Return the payload that creates `invoice`, or that updates `target.xero_id`."""
    body = {
        "Type": "ACCREC",
        **({"InvoiceID": target.xero_id} if target.xero_id else {}),
        **({"Status": target.status} if target.with_status or not target.xero_id else {}),
        # The id alone: any other field of a contact would change the contact.
        "Contact": {"ContactID": target.contact_id},
        **_head(invoice),
        **presentation.of_invoice(
            mappings,
            is_new=not target.xero_id,
            status=target.status if target.with_status or not target.xero_id else "",
        ),
        **({"Url": target.url} if target.url else {}),
        "LineItems": [_line(line, invoice, target, mappings) for line in lines],
    }
    expected: Json = {
        "total": str(invoice.total),
        "tax": str(invoice.tax_total),
        "lines": [str(line.pk) for line in lines],
        "object": str(invoice.pk),
    }
    if target.rounding and mappings.rounding:
        body["LineItems"].append(_rounding_line(invoice, target, mappings.rounding))
        expected["lines"].append(rounding.LINE)
        expected[rounding.LINE] = str(target.rounding)
    if target.recoded:
        # What they were coded by us stays known, or the second update would code them so again.
        expected["recoded"] = list(target.recoded)
    problems = list(_invoice_problems(invoice, lines))
    return Payload(body, invoice_digest(invoice, lines), expected, problems)


def void_payload(invoice: Invoice, lines: Sequence[InvoiceLine], *, target: Target) -> Payload:
    """Return the payload that takes `invoice` out of Xero's books: the status and nothing else."""
    status = "VOIDED" if target.status == "AUTHORISED" else "DELETED"
    body = {"InvoiceID": target.xero_id, "InvoiceNumber": invoice.number, "Status": status}
    return Payload(body, invoice_digest(invoice, lines))


def payment_content(payment: Payment) -> Json:
    """Return what of `payment` stands in Xero: it never changes there, it is only taken back."""
    return {
        "Invoice": str(payment.invoice_id),
        "Date": _day(payment.date),
        "Amount": str(payment.amount),
        "Reversed": payment.is_reversed,
    }


def payment_digest(payment: Payment) -> str:
    return digest_of(payment_content(payment))


def payment_payload(payment: Payment, *, invoice_id: str, account_id: str) -> Payload:
    """Return the payload that enters `payment` for the invoice `invoice_id`."""
    body = {
        "Invoice": {"InvoiceID": invoice_id},
        "Account": {"AccountID": account_id},
        "Date": _day(payment.date),
        "Amount": _number(payment.amount),
        "Reference": payment_reference(payment.pk, payment.reference),
    }
    expected = {"object": str(payment.pk), "invoice": invoice_id}
    return Payload(body, payment_digest(payment), expected)


def reversal_payload(payment: Payment, *, xero_id: str) -> Payload:
    """Return the payload that takes a payment back, which is all that Xero lets be done to it."""
    return Payload({"PaymentID": xero_id, "Status": "DELETED"}, payment_digest(payment))


def back_link(address: str) -> str:
    """Return `address` for Xero's "Go to" link, or nothing where Xero would refuse it."""
    is_absolute = bool(urlsplit(address).hostname)
    return address if is_absolute and NOT_IN_A_URL not in address.lower() else ""


def _head(invoice: Invoice) -> Json:
    head: Json = {
        "InvoiceNumber": invoice.number,
        "Date": _day(invoice.date),
        "DueDate": _day(invoice.due_date),
        "LineAmountTypes": str(invoice.tax_mode),
        "CurrencyCode": invoice.currency,
    }
    if invoice.reference.strip():
        head["Reference"] = invoice.reference.strip()
    return head


def _line(line: InvoiceLine, invoice: Invoice, target: Target, mappings: Mappings) -> Json:
    body = {**_line_content(line), **presentation.of_line(mappings, line)}
    if known := target.line_ids.get(str(line.pk)):
        body["LineItemID"] = known
    if account_id := mappings.account_id_for(line):
        body["AccountID"] = account_id
    if invoice.tax_mode == TaxMode.NO_TAX:
        body["TaxType"] = "NONE"
    elif tax_type := mappings.tax_type_for(line.tax_rate):
        body["TaxType"] = tax_type
    if code := target.recoded.get(known or ""):
        account = mappings.account_for(line)
        coding.keep(body, code, account=account.code if account else "")
    return body


def _rounding_line(invoice: Invoice, target: Target, place: rounding.Place) -> Json:
    """Return the line without tax that makes up for some cents."""
    known = target.line_ids.get(rounding.LINE)
    return {
        **({"LineItemID": known} if known else {}),
        "Description": rounding.DESCRIPTION,
        "Quantity": 1,
        "UnitAmount": _number(target.rounding),
        "AccountID": place.account_id,
        # Said, or Xero takes the account's own, which may tax the line.
        "TaxType": "NONE" if invoice.tax_mode == TaxMode.NO_TAX else place.tax_type,
    }


def _line_content(line: InvoiceLine) -> Json:
    body: Json = {
        "Description": line.description.strip(),
        "Quantity": _number(line.quantity),
        "UnitAmount": _number(line.unit_price),
    }
    if line.discount_percent:
        body["DiscountRate"] = _number(line.discount_percent)
    return body


def _invoice_problems(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Iterator[Problem]:
    if len(invoice.reference) > REFERENCE_LIMIT:
        yield Problem("too_long", f"The reference is longer than {REFERENCE_LIMIT} characters.")
    if any(len(line.description) > DESCRIPTION_LIMIT for line in lines):
        yield Problem("too_long", f"A line's text is longer than {DESCRIPTION_LIMIT} characters.")


def _number(value: Decimal) -> float:
    """Return `value` for JSON. Our columns hold 14 digits, and 15 survive a float exactly."""
    return float(value)


def _day(day: dt.date) -> str:
    return day.isoformat()
