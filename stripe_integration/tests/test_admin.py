"""The platform's staff see what happened, and never a key or an address to pay at."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from businesses.models import User
from invoices.models import Invoice
from stripe_integration.models import CheckoutSession, StripeEvent
from stripe_integration.tests.making import deliver, paid, told, work
from stripe_integration.tests.simulator import Stripe


@pytest.fixture
def as_staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(email="staff@x.example", password="x"))
    return client


def test_every_list_and_record_opens_and_hides_what_is_secret(
    stripe: Stripe, invoice: Invoice, as_staff: Client, client: Client
) -> None:
    paid(stripe, invoice)
    for event in told(stripe):
        deliver(client, event)
    work()
    row = CheckoutSession.objects.get()
    for model in apps.get_app_config("stripe_integration").get_models():
        if not admin.site.is_registered(model):
            continue
        name = f"admin:stripe_integration_{model._meta.model_name}"
        assert as_staff.get(reverse(f"{name}_changelist"), {"q": "x"}).status_code == 200
        for one in model._default_manager.all()[:2]:
            page = as_staff.get(reverse(f"{name}_change", args=[one.pk])).content.decode()
            assert "key_encrypted" not in page
            assert row.url not in page


def test_events_are_worked_on_anew(
    stripe: Stripe, invoice: Invoice, as_staff: Client, client: Client
) -> None:
    paid(stripe, invoice)
    for event in told(stripe):
        deliver(client, event)
    StripeEvent.objects.update(status="done")
    url = reverse("admin:stripe_integration_stripeevent_changelist")
    chosen = list(StripeEvent.objects.values_list("pk", flat=True))
    as_staff.post(url, {"action": "again", "_selected_action": chosen})
    assert not StripeEvent.objects.filter(status="done").exists()
    work()
    assert invoice.payments.get().amount == 110
