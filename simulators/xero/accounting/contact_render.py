"""A contact in the API's JSON, as full as the call asks for."""

from collections.abc import Mapping

from simulators.xero.accounting.contact_model import (
    ADDRESS_TYPES,
    PHONE_MEMBERS,
    PHONE_TYPES,
    Contact,
)
from simulators.xero.accounting.invoice_model import ZERO
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.wire import Json, ms_date, number

# Xero leaves these out of a list that was asked for without paging.
FULL_ONLY = frozenset(
    {
        "AccountsReceivableTaxType",
        "AccountsPayableTaxType",
        "SalesDefaultAccountCode",
        "PurchasesDefaultAccountCode",
        "SalesDefaultLineAmountType",
        "PurchasesDefaultLineAmountType",
        "XeroNetworkKey",
        "TaxNumberType",
    }
)
ALWAYS_PRESENT_ADDRESS_MEMBERS = ("City", "Region", "PostalCode", "Country")


def render_contact(organisation: Organisation, contact: Contact, *, full: bool = True) -> Json:
    """Return a contact; `full` adds what only paged lists and single reads carry."""
    rendered = render_summary(contact)
    rendered["Addresses"] = [
        render_address(kind, contact.addresses.get(kind, {})) for kind in ADDRESS_TYPES
    ]
    # All four kinds always come, empty ones with empty texts, as in Xero's examples.
    rendered["Phones"] = [render_phone(kind, contact.phones.get(kind, {})) for kind in PHONE_TYPES]
    groups = organisation.contact_groups.find_all("contact", contact.id)
    rendered["ContactGroups"] = [
        {"ContactGroupID": group.id, "Name": group.name, "Status": group.status}
        for group in groups
        if group.status == "ACTIVE"
    ]
    rendered["IsSupplier"] = organisation.invoices.has("supplier", contact.id)
    rendered["IsCustomer"] = organisation.invoices.has("customer", contact.id)
    rendered["ContactPersons"] = []
    if full:
        add_full_members(organisation, contact, rendered)
    return rendered


def add_full_members(organisation: Organisation, contact: Contact, rendered: Json) -> None:
    rendered.update({key: value for key, value in contact.text.items() if key in FULL_ONLY})
    rendered["ContactPersons"] = list(contact.persons)
    if contact.payment_terms:
        rendered["PaymentTerms"] = contact.payment_terms
    if contact.merged_to:
        rendered["MergedToContactID"] = contact.merged_to
    if organisation.invoices.has("contact", contact.id):
        rendered["Balances"] = render_balances(organisation, contact)


def render_summary(contact: Contact) -> Json:
    """Return a contact as summaryOnly=true gives it: no addresses, balances, groups, persons."""
    text = contact.text
    rendered: Json = {
        "ContactID": contact.id,
        "ContactStatus": contact.status,
        "Name": contact.name,
        "FirstName": text.get("FirstName", ""),
        "LastName": text.get("LastName", ""),
        "EmailAddress": text.get("EmailAddress", ""),
        "BankAccountDetails": text.get("BankAccountDetails", ""),
        "UpdatedDateUTC": ms_date(contact.updated),
        "HasAttachments": False,
        "HasValidationErrors": False,
    }
    for member in (
        "ContactNumber",
        "AccountNumber",
        "CompanyNumber",
        "TaxNumber",
        "DefaultCurrency",
    ):
        if text.get(member):
            rendered[member] = text[member]
    return rendered


def render_address(kind: str, address: Mapping[str, str]) -> Json:
    empty = dict.fromkeys(ALWAYS_PRESENT_ADDRESS_MEMBERS, "")
    return {"AddressType": kind, **empty, **address}


def render_phone(kind: str, phone: Mapping[str, str]) -> Json:
    return {"PhoneType": kind, **{member: phone.get(member, "") for member in PHONE_MEMBERS}}


def render_balances(organisation: Organisation, contact: Contact) -> Json:
    sides = {"ACCREC": [ZERO, ZERO], "ACCPAY": [ZERO, ZERO]}
    today = organisation.today()
    for invoice in organisation.invoices.find_all("contact", contact.id):
        if invoice.status == "AUTHORISED":
            side = sides[invoice.type]
            side[0] += invoice.amount_due
            overdue = invoice.due_date is not None and invoice.due_date < today
            side[1] += invoice.amount_due if overdue else ZERO
    return {
        name: {"Outstanding": number(sides[kind][0]), "Overdue": number(sides[kind][1])}
        for name, kind in (("AccountsReceivable", "ACCREC"), ("AccountsPayable", "ACCPAY"))
    }
