"""Reading from Xero: contacts by pages, accounts, tax rates, the organisation.

Reads fill the mirror tables and nothing else; no row of ours is changed here.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from pooltrackr.lib import bulk
from xero_integration.both_sides import coding
from xero_integration.client.api import Answer, Client
from xero_integration.jobs import Run
from xero_integration.mapping import items, themes, tracking
from xero_integration.models import (
    Connection,
    Lane,
    LinkAction,
    XeroAccount,
    XeroContact,
    XeroInvoice,
    XeroTaxRate,
)
from xero_integration.reading import pages
from xero_integration.reading.parts import text as _text

Json = dict[str, Any]

# Xero's largest page.
PAGE_SIZE = 1000
JUST_CONNECTED = dt.timedelta(minutes=5)
MS_DATE = re.compile(r"/Date\((-?\d+)")
ADDRESS_PARTS = {
    "line1": "AddressLine1",
    "line2": "AddressLine2",
    "city": "City",
    "region": "Region",
    "code": "PostalCode",
    "country": "Country",
}


def read_contacts(run: Run) -> None:
    """Read every contact, archived ones too, into the mirror; resumes at its page.

    Ordered by id: a contact made meanwhile may shift a page so that one is read twice, never so
    that one is missed.
    """
    connection = run.job.connection
    cursor = dict(run.job.cursor) or first_page()
    read = partial(_contacts_page, connection)
    for answer, is_more in pages.in_order(
        read, first=cursor["page"], go_on=lambda: not run.is_out_of_time
    ):
        contacts = answer.elements("Contacts")
        paging = answer.data.get("pagination") or {}
        store_contacts(connection, contacts)
        total = paging.get("itemCount", run.job.done + len(contacts))
        counts = {"done": run.job.done + len(contacts), "total": total}
        cursor["page"] += 1
        if cursor["page"] > pages.page_count(answer) or not contacts:
            break
        run.progress(phase="Contacts", cursor=cursor, may_end=not is_more, **counts)
    _drop_unseen(connection, began=dt.datetime.fromisoformat(cursor["began"]))
    run.progress(phase="Contacts", **counts)


def first_page() -> dict[str, Any]:
    """Return the cursor of a reading that begins now."""
    return {"page": 1, "began": timezone.now().isoformat()}


def _contacts_page(connection: Connection, page: int) -> Answer:
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        return client.call(
            "get_contacts",
            page=page,
            page_size=PAGE_SIZE,
            include_archived=True,
            order="ContactID ASC",
        )


def read_all(run: Run) -> None:
    """Read the organisation's settings, then its contacts."""
    if not run.job.cursor:
        run.progress(phase="Accounts and tax rates")
        read = read_choices if _has_just_connected(run) else read_settings
        read(run.job.connection)
    read_contacts(run)


def _has_just_connected(run: Run) -> bool:
    """Connecting reads the organisation: a first sync need not spend a call on it again."""
    return timezone.now() - run.job.connection.connected_at < JUST_CONNECTED


def read_settings(connection: Connection) -> None:
    """Read the organisation itself, and what invoices are mapped to: six calls."""
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        organisation = client.call("get_organisations").elements("Organisations")[0]
    store_organisation(connection, organisation)
    read_choices(connection)


def read_choices(connection: Connection) -> None:
    """Read what the organisation has that invoices are mapped to: five calls."""
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        accounts = client.call("get_accounts").elements("Accounts")
        rates = client.call("get_tax_rates").elements("TaxRates")
        looks = client.call("get_branding_themes").elements("BrandingThemes")
        tracked = client.call("get_tracking_categories", include_archived=True)
        price_list = client.call("get_items", unitdp=4)
    with transaction.atomic():
        _store_accounts(connection, accounts)
        _store_tax_rates(connection, rates)
        themes.store(connection, looks)
        tracking.store(connection, tracked.elements("TrackingCategories"))
        items.store_all(connection, price_list.elements("Items"))


def store_organisation(connection: Connection, organisation: Json) -> None:
    connection.organisation_name = organisation.get("Name") or connection.organisation_name
    connection.short_code = organisation.get("ShortCode") or ""
    connection.country_code = organisation.get("CountryCode") or ""
    connection.base_currency = organisation.get("BaseCurrency") or ""
    connection.time_zone = organisation.get("Timezone") or ""
    connection.period_lock_date = day_of(organisation.get("PeriodLockDate"))
    connection.end_of_year_lock_date = day_of(organisation.get("EndOfYearLockDate"))
    connection.save(
        update_fields=[
            "organisation_name",
            "short_code",
            "country_code",
            "base_currency",
            "time_zone",
            "period_lock_date",
            "end_of_year_lock_date",
            "updated_at",
        ]
    )


def store_contacts(connection: Connection, contacts: Iterable[Json]) -> None:
    """Write contacts as Xero sent them into the mirror. Choices of people are left alone."""
    save_contacts(contact_rows(connection, contacts))


def contact_rows(connection: Connection, contacts: Iterable[Json]) -> list[XeroContact]:
    """Return the mirror's rows of contacts as Xero sent them, unsaved."""
    now = timezone.now()
    return [_contact(connection, one, now) for one in contacts]


def save_contacts(rows: Sequence[XeroContact]) -> None:
    bulk.upsert(rows, unique=["connection", "xero_id"], update=CONTACT_COLUMNS)


# What people and the matcher said of a contact is not Xero's to overwrite.
OURS = {"create_here", "ignored_at", "alike", "compared_at"}
CONTACT_COLUMNS = [
    field.name
    for field in XeroContact._meta.concrete_fields
    if field.name not in {"id", "business", "connection", "xero_id"} | OURS
]


def _contact(connection: Connection, data: Json, now: dt.datetime) -> XeroContact:
    is_customer, is_supplier = bool(data.get("IsCustomer")), bool(data.get("IsSupplier"))
    row = XeroContact(
        business_id=connection.business_id,
        connection=connection,
        xero_id=data["ContactID"],
        name=_text(data, "Name", 255),
        first_name=_text(data, "FirstName", 255),
        last_name=_text(data, "LastName", 255),
        email=_text(data, "EmailAddress", 255),
        phone=_phone(data, "DEFAULT"),
        mobile=_phone(data, "MOBILE"),
        tax_number=_text(data, "TaxNumber", 50),
        account_number=_text(data, "AccountNumber", 50),
        contact_number=_text(data, "ContactNumber", 50),
        status=_text(data, "ContactStatus", 20) or "ACTIVE",
        merged_to=_text(data, "MergedToContactID", 64),
        is_customer=is_customer,
        is_supplier=is_supplier,
        updated_at=_moment(data.get("UpdatedDateUTC")),
        create_here=is_customer or not is_supplier,
        read_at=now,
        **_address(data, "POBOX", "postal"),
        **_address(data, "STREET", "street"),
    )
    row.refresh_search_key()
    return row


def store_invoices(connection: Connection, invoices: Iterable[Json]) -> None:
    """Write invoices as Xero sent them into the mirror."""
    save_invoices(invoice_rows(connection, invoices))


def invoice_rows(connection: Connection, invoices: Iterable[Json]) -> list[XeroInvoice]:
    """Return the mirror's rows of invoices as Xero sent them, unsaved."""
    now = timezone.now()
    return [_invoice(connection, one, now) for one in invoices]


def save_invoices(rows: Sequence[XeroInvoice]) -> None:
    bulk.upsert(rows, unique=["connection", "xero_id"], update=INVOICE_COLUMNS)


INVOICE_COLUMNS = [
    field.name
    for field in XeroInvoice._meta.concrete_fields
    if field.name not in {"id", "business", "connection", "xero_id"}
]
INVOICE_AMOUNTS = {
    "sub_total": "SubTotal",
    "total_tax": "TotalTax",
    "total": "Total",
    "amount_due": "AmountDue",
    "amount_paid": "AmountPaid",
    "amount_credited": "AmountCredited",
}


def _invoice(connection: Connection, data: Json, now: dt.datetime) -> XeroInvoice:
    return XeroInvoice(
        business_id=connection.business_id,
        connection=connection,
        xero_id=data["InvoiceID"],
        number=_text(data, "InvoiceNumber", 255),
        reference=_text(data, "Reference", 255),
        contact_xero_id=_text(data.get("Contact") or {}, "ContactID", 64),
        type=_text(data, "Type", 20),
        status=_text(data, "Status", 20),
        date=day_of(data.get("Date")),
        due_date=day_of(data.get("DueDate")),
        currency=_text(data, "CurrencyCode", 3),
        lines=_lines(data),
        codes=coding.of_lines(data.get("LineItems")),
        updated_at=_moment(data.get("UpdatedDateUTC")),
        read_at=now,
        **{name: Decimal(str(data.get(key) or 0)) for name, key in INVOICE_AMOUNTS.items()},
    )


def _lines(data: Json) -> list[dict[str, str]] | None:
    """Return what is compared of each line; None where Xero left the lines out of its answer."""
    return [_line(one) for one in data.get("LineItems") or []] or None


def _line(one: Json) -> dict[str, str]:
    def figure(name: str, places: int) -> str:
        value = one.get(name)
        return f"{Decimal(str(value)):.{places}f}" if value else ""

    return {
        "id": str(one.get("LineItemID") or ""),
        "description": str(one.get("Description") or ""),
        "quantity": figure("Quantity", 4) or "0.0000",
        "price": figure("UnitAmount", 4) or "0.0000",
        "discount": figure("DiscountRate", 2),
        "discount_amount": figure("DiscountAmount", 2),
        "tax_type": str(one.get("TaxType") or ""),
    }


def _address(data: Json, kind: str, prefix: str) -> dict[str, str]:
    addresses = data.get("Addresses") or []
    found: Json = next((one for one in addresses if one.get("AddressType") == kind), {})
    limits = {"code": 50, "country": 50, "line1": 500, "line2": 500}
    return {
        f"{prefix}_{part}": _text(found, name, limits.get(part, 255))
        for part, name in ADDRESS_PARTS.items()
    }


def _phone(data: Json, kind: str) -> str:
    phones = data.get("Phones") or []
    found: Json = next((one for one in phones if one.get("PhoneType") == kind), {})
    names = ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")
    parts = [_text(found, name, 50) for name in names]
    return " ".join(part for part in parts if part)[:100] if parts[-1] else ""


def _drop_unseen(connection: Connection, *, began: dt.datetime) -> None:
    """Forget what a whole read did not show: it is not in this organisation any more."""
    gone = connection.xero_contacts.filter(read_at__lt=began)
    with transaction.atomic():
        # Whoever chose one of these chooses again: a link needs its contact.
        connection.link_choices.filter(xero_contact__in=gone, action=LinkAction.LINK).update(
            action=LinkAction.UNDECIDED, xero_contact=None, decided_by=None, applied_at=None
        )
        gone.delete()


def _store_accounts(connection: Connection, accounts: Iterable[Json]) -> None:
    rows = [
        XeroAccount(
            business_id=connection.business_id,
            connection=connection,
            xero_id=one["AccountID"],
            code=_text(one, "Code", 10),
            name=_text(one, "Name", 150),
            type=_text(one, "Type", 20),
            account_class=_text(one, "Class", 20),
            status=_text(one, "Status", 20),
            tax_type=_text(one, "TaxType", 50),
            system_account=_text(one, "SystemAccount", 50),
            enable_payments=bool(one.get("EnablePaymentsToAccount")),
        )
        for one in accounts
    ]
    XeroAccount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "xero_id"],
        update_fields=[
            *("code", "name", "type", "account_class", "status"),
            *("tax_type", "system_account", "enable_payments"),
        ],
    )
    # A deleted account is not listed; mappings keep pointing at it, and say that it is gone.
    listed = [row.xero_id for row in rows]
    connection.accounts.exclude(xero_id__in=listed).update(status="DELETED")


def _store_tax_rates(connection: Connection, rates: Iterable[Json]) -> None:
    rows = [
        XeroTaxRate(
            business_id=connection.business_id,
            connection=connection,
            tax_type=one["TaxType"],
            name=_text(one, "Name", 100),
            percent=Decimal(str(one.get("EffectiveRate") or 0)),
            status=_text(one, "Status", 20) or "ACTIVE",
            can_apply_to_revenue=bool(one.get("CanApplyToRevenue")),
        )
        for one in rates
    ]
    XeroTaxRate.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "tax_type"],
        update_fields=["name", "percent", "status", "can_apply_to_revenue"],
    )
    listed = [row.tax_type for row in rows]
    connection.xero_tax_rates.exclude(tax_type__in=listed).update(status="DELETED")


def _moment(value: object) -> dt.datetime | None:
    """Read "/Date(1439434356790+0000)/"; the offset is for show, the number is UTC."""
    found = MS_DATE.match(str(value or ""))
    return dt.datetime.fromtimestamp(int(found[1]) / 1000, tz=dt.UTC) if found else None


def day_of(value: object) -> dt.date | None:
    moment = _moment(value)
    return moment.date() if moment else None
