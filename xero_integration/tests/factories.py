"""Test objects of this app. Each factory makes what is valid by itself."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from businesses.tests.factories import BusinessFactory
from contacts.models import Contact
from xero_integration.models import (
    Connection,
    LinkChoice,
    XeroAccount,
    XeroContact,
    XeroTaxRate,
)


class ContactFactory(factory.django.DjangoModelFactory):
    """A contact that was there before: no receiver hears of it, so nothing is queued or listed."""

    class Meta:
        model = Contact

    business = factory.SubFactory(BusinessFactory)
    name = factory.Sequence(lambda number: f"Customer {number:04d}")

    @classmethod
    def _create(cls, model_class: type[Contact], **fields: Any) -> Contact:
        contact = model_class(**fields)
        contact.refresh_search_key()
        Contact.objects.bulk_create([contact])
        return contact


class ConnectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Connection

    business = factory.SubFactory(BusinessFactory)
    tenant_id = factory.Sequence(lambda number: f"tenant-{number}")
    organisation_name = "Blue Lagoon Books"
    short_code = "!abc12"
    base_currency = "AUD"
    connected_at = factory.LazyFunction(timezone.now)
    send_from = dt.date(2026, 11, 1)


class _OfConnection(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    connection = factory.SubFactory(ConnectionFactory)
    business = factory.SelfAttribute("connection.business")


class XeroContactFactory(_OfConnection):
    class Meta:
        model = XeroContact

    xero_id = factory.Sequence(lambda number: f"xero-contact-{number}")
    name = factory.Sequence(lambda number: f"Xero customer {number:04d}")


class XeroAccountFactory(_OfConnection):
    class Meta:
        model = XeroAccount

    xero_id = factory.Sequence(lambda number: f"account-{number}")
    code = factory.Sequence(lambda number: str(200 + number % 99))
    name = "Sales"
    type = "REVENUE"
    account_class = "REVENUE"
    status = "ACTIVE"


class XeroTaxRateFactory(_OfConnection):
    class Meta:
        model = XeroTaxRate

    tax_type = factory.Sequence(lambda number: f"TAX{number:03d}")
    name = "GST on Income"
    percent = 10
    status = "ACTIVE"
    can_apply_to_revenue = True


class LinkChoiceFactory(_OfConnection):
    class Meta:
        model = LinkChoice

    contact = factory.SubFactory(ContactFactory, business=factory.SelfAttribute("..business"))
