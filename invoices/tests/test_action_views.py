"""Buttons on an invoice: issue, void, delete, copy, and payments."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from invoices import registry
from invoices.models import Invoice
from invoices.tests.making import line, make_draft, make_issued, pay

pytestmark = pytest.mark.django_db


def url(name: str, *arguments: object) -> str:
    return reverse(f"invoices:{name}", args=["blue", *arguments])


def texts(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def payment(**changes: str) -> dict[str, str]:
    return {
        "amount": "110",
        "date": "2026-11-20",
        "method": "card",
        "reference": "",
        "key": str(uuid4()),
        **changes,
    }


def test_issuing_gives_the_number(blue: Business, as_bob: Client, bob: User) -> None:
    draft = make_draft(blue)
    response = as_bob.post(url("issue", draft.pk), follow=True)
    assert "INV-0001 for Mira Castellan has been issued." in texts(response)
    draft.refresh_from_db()
    assert draft.issued_by == bob


def test_issuing_what_cannot_be_issued_says_why(blue: Business, as_bob: Client) -> None:
    draft = make_draft(blue, line(blue, "-5"))
    assert "below zero" in texts(as_bob.post(url("issue", draft.pk), follow=True))
    draft.refresh_from_db()
    assert draft.is_draft


def test_the_page_says_what_issuing_sets_in_motion(
    blue: Business, as_bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft(blue)
    monkeypatch.setattr(registry, "issue_notices", {})
    monkeypatch.setattr(registry, "panels", {})
    registry.register_issue_notice("other", lambda business: [f"{business} hears of it."])
    registry.register_panel(
        registry.Panel(
            "other",
            "tables/empty_state.html",
            lambda invoice: {"icon_name": "inbox", "title": f"Panel of {invoice.contact}"},
        )
    )
    page = texts(as_bob.get(draft.get_absolute_url()))
    assert "Blue Lagoon Pool Care hears of it." in page
    assert "Panel of Mira Castellan" in page
    assert "Blue Lagoon Pool Care hears of it." in texts(as_bob.get(url("edit", draft.pk)))


def test_voiding_asks_first_and_names_what_happens(blue: Business, as_bob: Client) -> None:
    invoice = make_issued(blue)
    assert "This cannot be undone" in texts(as_bob.get(url("void", invoice.pk)))
    invoice.refresh_from_db()
    assert invoice.is_issued
    assert "is void" in texts(as_bob.post(url("void", invoice.pk), follow=True))
    invoice.refresh_from_db()
    assert invoice.is_void


def test_an_invoice_with_payments_is_not_voided(blue: Business, as_bob: Client) -> None:
    invoice = make_issued(blue)
    pay(invoice, "1")
    assert "reverse them first" in texts(as_bob.get(url("void", invoice.pk)))
    assert "Reverse them first" in texts(as_bob.post(url("void", invoice.pk), follow=True))


def test_a_draft_is_deleted_and_an_issued_invoice_is_not(blue: Business, as_bob: Client) -> None:
    draft, issued = make_draft(blue), make_issued(blue)
    assert "gone for good" in texts(as_bob.get(url("delete", draft.pk)))
    assert "has been deleted" in texts(as_bob.post(url("delete", draft.pk), follow=True))
    assert "Void it" in texts(as_bob.post(url("delete", issued.pk), follow=True))
    assert list(blue.invoices.all()) == [issued]


def test_a_copy_opens_in_the_editor(blue: Business, as_bob: Client) -> None:
    invoice = make_issued(blue)
    response = as_bob.post(url("copy", invoice.pk))
    made = blue.invoices.drafts().get()
    assert response.url == url("edit", made.pk)  # type: ignore[attr-defined]


def test_a_payment_is_recorded_once_however_often_it_is_sent(
    blue: Business, as_bob: Client, bob: User
) -> None:
    invoice, data = make_issued(blue), payment(amount="60.50")
    for _ in range(2):
        assert as_bob.post(url("payment_record", invoice.pk), data).status_code == 302
    invoice.refresh_from_db()
    stored = invoice.payments.get()
    assert (invoice.amount_paid, stored.recorded_by) == (Decimal("60.50"), bob)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "110.01"}, "has 110.00 left to pay"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "many"}, "Enter a number"),
        ({"date": "32 May"}, "Enter a valid date"),
        ({"method": "shells"}, "Select a valid choice"),
    ],
)
def test_a_wrong_payment_stays_on_the_page_with_its_reason(
    blue: Business, as_bob: Client, changes: dict[str, str], words: str
) -> None:
    invoice = make_issued(blue)
    sent = payment(reference="keep me", **changes)
    response = as_bob.post(url("payment_record", invoice.pk), sent)
    assert response.status_code == 422
    assert words in texts(response)
    assert "keep me" in texts(response)
    assert not invoice.payments.exists()


def test_reversing_a_payment_asks_first(blue: Business, as_bob: Client) -> None:
    invoice = make_issued(blue)
    made = pay(invoice, "110")
    address = url("payment_reverse", invoice.pk, made.pk)
    assert "is due again" in texts(as_bob.get(address))
    assert "has been reversed" in texts(as_bob.post(address, follow=True))
    assert Invoice.objects.get().amount_paid == 0
    assert "reversed already" in texts(as_bob.post(address, follow=True))


def test_a_payment_of_another_invoice_is_not_found(blue: Business, as_bob: Client) -> None:
    made, other = pay(make_issued(blue), "1"), make_issued(blue)
    assert as_bob.post(url("payment_reverse", other.pk, made.pk)).status_code == 404


@pytest.mark.parametrize("action", ["issue", "void", "delete", "copy", "payment_record"])
def test_a_reader_and_a_stranger_change_nothing(
    blue: Business, as_rita: Client, as_charlie: Client, action: str
) -> None:
    invoice = make_draft(blue) if action in ("issue", "delete") else make_issued(blue)
    assert as_rita.post(url(action, invoice.pk), payment()).status_code == 403
    assert as_charlie.post(url(action, invoice.pk), payment()).status_code == 404
    own = reverse(f"invoices:{action}", args=["dry", invoice.pk])
    assert as_charlie.post(own, payment()).status_code == 404
    before = invoice.updated_at
    invoice.refresh_from_db()
    assert invoice.updated_at == before
    assert blue.invoices.count() == 1
