"""The editor through the door: with and without htmx, nothing typed is lost."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business
from businesses.terms import TermsType
from contacts.models import Pool
from invoices import services
from invoices.models import Invoice, TaxMode
from invoices.tests.making import (
    gst,
    gst_free,
    line,
    make_contact,
    make_draft,
    make_issued,
    make_product,
    pay,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


ADD = "/b/blue/invoices/add/"


def edit_url(invoice: Invoice) -> str:
    return reverse("invoices:edit", args=["blue", invoice.pk])


def texts(response: Any) -> str:
    return response.content.decode()


def typed(business: Business, *lines: dict[str, str], **fields: Any) -> dict[str, Any]:
    """A posted form with these lines; a line's gaps are filled with a service for 100."""
    data: dict[str, Any] = {
        "action": "save",
        "date": "2026-11-10",
        "tax_mode": TaxMode.EXCLUSIVE,
        "key": str(uuid4()),
        "line": [str(at) for at in range(len(lines))],
        **fields,
    }
    usual = {
        "description": "Pool service",
        "quantity": "1",
        "unit_price": "100",
        "tax_rate": str(gst(business).pk),
    }
    for at, texts_of_line in enumerate(lines):
        for name, value in {**usual, **texts_of_line}.items():
            data[f"line-{at}-{name}"] = value
    return data


def pressed(client: Client, data: dict[str, Any], action: str, url: str = ADD) -> Any:
    return client.post(url, {**data, "action": action})


def shown(response: Any) -> dict[str, str]:
    """The texts in the editor's fields."""
    return dict(response.context["editor"].state.values)


def keys(response: Any) -> list[str]:
    return list(response.context["editor"].state.keys)


# --- saving -------------------------------------------------------------------------------------


def test_a_draft_is_saved_with_its_lines(blue: Business, as_bob: Client) -> None:
    contact = make_contact(blue)
    data = typed(
        blue,
        {"unit_price": "25.06"},
        {"quantity": "0.5", "unit_price": "10", "tax_rate": str(gst_free(blue).pk)},
        contact=str(contact.pk),
        reference="Job 3",
    )
    response = as_bob.post(ADD, data, follow=True)
    draft = blue.invoices.get()
    assert f"Draft invoice for {contact} has been saved." in texts(response)
    assert (draft.contact, draft.reference, draft.status) == (contact, "Job 3", "draft")
    assert (draft.subtotal, draft.tax_total) == (Decimal("30.06"), Decimal("2.51"))
    assert draft.due_date == dt.date(2026, 11, 24)


def test_issuing_from_the_editor_saves_and_numbers(blue: Business, as_bob: Client) -> None:
    data = typed(blue, {}, contact=str(make_contact(blue).pk))
    response = pressed(as_bob, data, "issue")
    invoice = blue.invoices.get()
    assert (invoice.number, invoice.status) == ("INV-0001", "issued")
    assert response.url == invoice.get_absolute_url()


def test_what_cannot_be_issued_is_not_half_saved(blue: Business, as_bob: Client) -> None:
    data = typed(blue, {"unit_price": "-1"}, contact=str(make_contact(blue).pk))
    response = pressed(as_bob, data, "issue")
    assert response.status_code == 422
    assert "below zero" in texts(response)
    assert not blue.invoices.exists()
    assert shown(response)["line-0-unit_price"] == "-1"


def test_a_double_click_makes_one_invoice_with_one_number(blue: Business, as_bob: Client) -> None:
    data = typed(blue, {}, contact=str(make_contact(blue).pk))
    for _ in range(2):
        assert pressed(as_bob, data, "issue").status_code == 302
    assert blue.invoices.get().number == "INV-0001"


def test_going_back_to_the_form_changes_what_it_made(blue: Business, as_bob: Client) -> None:
    data = typed(blue, {}, contact=str(make_contact(blue).pk))
    as_bob.post(ADD, data)
    as_bob.post(ADD, {**data, "line-0-unit_price": "7"})
    assert blue.invoices.get().total == Decimal("7.70")


def test_blank_lines_are_left_out(blue: Business, as_bob: Client) -> None:
    blank = {"description": "", "unit_price": ""}
    data = typed(blue, blank, {}, blank, contact=str(make_contact(blue).pk))
    as_bob.post(ADD, data)
    assert blue.invoices.get().lines.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contact", "", "Choose a contact"),
        ("contact", "nonsense", "Choose a contact"),
        ("date", "", "required"),
        ("date", "31/31", "valid date"),
        ("due_date", "2026-11-01", "before the invoice date"),
        ("tax_mode", "Sideways", "valid choice"),
        ("line-0-description", "", "required"),
        ("line-0-quantity", "-1", "greater than or equal to 0"),
        ("line-0-quantity", "one", "Enter a number"),
        ("line-0-unit_price", "1.23456", "no more than 4 decimal places"),
        ("line-0-discount_percent", "101", "less than or equal to 100"),
        ("line-0-item", "no such", "There is no product “no such”"),
        ("line-0-unit_price", "9999999999", "Xero&#x27;s limit"),
    ],
)
def test_errors_stay_on_the_page_with_everything_typed(
    blue: Business, as_bob: Client, field: str, value: str, words: str
) -> None:
    contact = make_contact(blue)
    data = typed(blue, {"quantity": "3"}, contact=str(contact.pk), notes="Keep these words")
    response = as_bob.post(ADD, {**data, field: value})
    assert response.status_code == 422
    assert words in texts(response)
    assert "error-summary" in texts(response)
    assert "Keep these words" in texts(response)
    assert shown(response)[field] == value
    assert not blue.invoices.exists()


@pytest.mark.parametrize("what", ["contact", "pool", "product", "rate", "line"])
def test_what_belongs_to_another_business_is_not_taken(
    blue: Business, dry: Business, as_bob: Client, what: str
) -> None:
    theirs = make_draft(dry, line(dry, product=make_product(dry, "THEIRS")))
    pool = Pool.objects.create(business=dry, name="Theirs")
    pool.pool_contacts.create(business=dry, contact=theirs.contact)
    data = typed(blue, {}, contact=str(make_contact(blue).pk))
    data |= {
        "contact": {"contact": str(theirs.contact.pk)},
        "pool": {"pool": str(pool.pk)},
        "product": {"line-0-item": "THEIRS"},
        "rate": {"line-0-tax_rate": str(gst(dry).pk)},
        "line": {"line-0-id": str(theirs.lines.get().pk)},
    }[what]
    as_bob.post(ADD, data)
    for invoice in blue.invoices.all():  # a foreign line's key is only a new line
        assert what == "line"
        assert invoice.lines.get().pk != theirs.lines.get().pk
    theirs.refresh_from_db()
    assert theirs.lines.count() == 1


# --- editing ------------------------------------------------------------------------------------


def test_an_edit_shows_what_is_stored_and_keeps_the_keys_of_lines(
    blue: Business, as_bob: Client
) -> None:
    product = make_product(blue)
    draft = make_draft(blue, line(blue, "12.3456", product=product), line(blue, "5"))
    first, second = draft.lines.all()
    page = as_bob.get(edit_url(draft))
    values = shown(page)
    assert (values["line-0-unit_price"], values["line-0-item"]) == ("12.3456", "CHL-10")
    assert values["line-1-unit_price"] == "5.00"
    posted = {**values, "line": ["1", "0"], "line-1-unit_price": "6", "action": "save"}
    assert as_bob.post(edit_url(draft), posted).status_code == 302
    after = list(draft.lines.all())
    assert [row.pk for row in after] == [second.pk, first.pk]
    assert [row.unit_price for row in after] == [Decimal(6), Decimal("12.3456")]


def test_saving_untouched_changes_nothing(blue: Business, as_bob: Client) -> None:
    draft = make_draft(
        blue,
        line(blue, "12.3456", quantity=Decimal("1.5"), discount_percent=Decimal("2.5")),
        reference="R",
        notes="N",
        service_date=dt.date(2026, 11, 1),
        due_date=dt.date(2026, 12, 31),
        tax_mode=TaxMode.INCLUSIVE,
    )
    before = Invoice.objects.values().get()
    lines = list(draft.lines.values())
    values = shown(as_bob.get(edit_url(draft)))
    as_bob.post(edit_url(draft), {**values, "line": ["0"], "action": "save"})
    after = Invoice.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert list(draft.lines.values()) == lines


def test_somebody_elses_save_in_between_is_told_before_it_is_overwritten(
    blue: Business, as_bob: Client
) -> None:
    draft = make_draft(blue)
    values = {**shown(as_bob.get(edit_url(draft))), "line": ["0"], "reference": "Mine"}
    Invoice.objects.filter(pk=draft.pk).update(
        reference="Theirs", updated_at=dt.datetime(2026, 11, 10, 3, tzinfo=dt.UTC)
    )
    response = pressed(as_bob, values, "save", edit_url(draft))
    assert response.status_code == 422
    assert "Somebody else saved this invoice" in texts(response)
    assert blue.invoices.get().reference == "Theirs"
    again = {**shown(response), "line": ["0"]}
    assert pressed(as_bob, again, "save", edit_url(draft)).status_code == 302
    assert blue.invoices.get().reference == "Mine"


def test_paid_and_void_invoices_do_not_open(blue: Business, as_bob: Client) -> None:
    paid, void = make_issued(blue), services.void(make_issued(blue), by=None)
    pay(paid, "1")
    for invoice, words in ((paid, "has payments"), (void, "is void")):
        assert words in texts(as_bob.get(edit_url(invoice), follow=True))


def test_a_contact_archived_since_is_refused(blue: Business, as_bob: Client) -> None:
    draft = make_draft(blue)
    draft.contact.archive()
    values = {**shown(as_bob.get(edit_url(draft))), "line": ["0"]}
    assert "is archived" in texts(pressed(as_bob, values, "save", edit_url(draft)))


@pytest.mark.parametrize("method", ["get", "post"])
def test_readers_and_strangers_do_not_write(
    blue: Business, as_rita: Client, as_charlie: Client, method: str
) -> None:
    draft = make_draft(blue)
    for url in (ADD, edit_url(draft)):
        assert getattr(as_rita, method)(url).status_code == 403
        assert getattr(as_charlie, method)(url).status_code == 404


# --- buttons without JavaScript -----------------------------------------------------------------


def test_a_new_invoice_starts_today_with_one_line(blue: Business, as_bob: Client) -> None:
    response = as_bob.get(ADD)
    values = shown(response)
    assert (values["date"], values["tax_mode"]) == ("2026-11-10", TaxMode.EXCLUSIVE)
    assert keys(response) == ["0"]
    assert values["line-0-tax_rate"] == str(gst(blue).pk)


def test_without_gst_a_new_invoice_is_without_tax(blue: Business, as_bob: Client) -> None:
    blue.gst_registered = False
    blue.save()
    response = as_bob.get(ADD)
    assert shown(response)["tax_mode"] == TaxMode.NO_TAX
    assert "Prices include tax" not in texts(response)


def test_the_link_on_a_contacts_page_chooses_the_contact(blue: Business, as_bob: Client) -> None:
    contact = make_contact(blue)
    values = shown(as_bob.get(ADD, {"contact": str(contact.pk)}))
    assert (values["contact"], values["due_date"]) == (str(contact.pk), "2026-11-24")


def test_add_line_keeps_everything_and_shows_no_errors(blue: Business, as_bob: Client) -> None:
    data = typed(blue, {"unit_price": "abc"}, reference="R")
    response = pressed(as_bob, data, "add-line")
    assert keys(response) == ["0", "1"]
    assert shown(response)["line-0-unit_price"] == "abc"
    assert "error-summary" not in texts(response)
    assert "not counted yet" in texts(response)


def test_lines_are_removed_and_moved(blue: Business, as_bob: Client) -> None:
    data = typed(blue, {}, {}, {})
    assert keys(pressed(as_bob, data, "remove:1")) == ["0", "2"]
    assert keys(pressed(as_bob, data, "up:2")) == ["0", "2", "1"]
    assert keys(pressed(as_bob, data, "down:0")) == ["1", "0", "2"]
    assert keys(pressed(as_bob, data, "up:0")) == ["0", "1", "2"]
    assert keys(pressed(as_bob, data, "remove:77")) == ["0", "1", "2"]


def test_wild_line_keys_are_ignored(blue: Business, as_bob: Client) -> None:
    data = {**typed(blue, {}), "line": ["0", "0", "<b>", "-1", "x"]}
    assert keys(pressed(as_bob, data, "totals")) == ["0"]


def test_a_contact_is_found_and_chosen_by_buttons(blue: Business, as_bob: Client) -> None:
    contact = make_contact(
        blue, "José Núñez", terms_days=3, terms_type=TermsType.OF_FOLLOWING_MONTH
    )
    make_contact(blue, "Gone Jose").archive()
    pool = Pool.objects.create(business=blue, name="Back yard")
    pool.pool_contacts.create(business=blue, contact=contact)
    data = typed(blue, {}, contact_query="jose", reference="R")
    found = pressed(as_bob, data, "find-contact")
    assert list(found.context["editor"].found_contacts) == [contact]
    chosen = shown(pressed(as_bob, data, f"contact:{contact.pk}"))
    assert (chosen["contact"], chosen["pool"]) == (str(contact.pk), str(pool.pk))
    assert (chosen["due_date"], chosen["reference"]) == ("2026-12-03", "R")


def test_a_name_typed_in_full_chooses_its_contact(blue: Business, as_bob: Client) -> None:
    contact = make_contact(blue, "Ana Petrov")
    make_contact(blue, "Ana Petrovska")
    pressed(as_bob, typed(blue, {}, contact_query="ana petrov "), "issue")
    assert blue.invoices.get().contact == contact


def test_a_name_of_two_contacts_chooses_neither(blue: Business, as_bob: Client) -> None:
    for _ in range(2):
        make_contact(blue, "Ana Petrov")
    answer = pressed(as_bob, typed(blue, {}, contact_query="Ana Petrov"), "issue")
    assert "Choose a contact" in texts(answer)
    assert len(answer.context["editor"].found_contacts) == 2


def test_changing_the_contact_drops_the_pool_of_the_other(blue: Business, as_bob: Client) -> None:
    first, second = make_contact(blue, "One"), make_contact(blue, "Two")
    pool = Pool.objects.create(business=blue, name="Back yard")
    pool.pool_contacts.create(business=blue, contact=first)
    data = typed(blue, {}, contact=str(first.pk), pool=str(pool.pk))
    assert shown(pressed(as_bob, data, f"contact:{second.pk}"))["pool"] == ""


def test_the_due_date_follows_the_date_until_somebody_chooses_one(
    blue: Business, as_bob: Client
) -> None:
    data = typed(blue, {}, contact=str(make_contact(blue).pk))
    first = shown(pressed(as_bob, data, "totals"))
    assert first["due_date"] == "2026-11-24"
    moved = shown(pressed(as_bob, {**first, "line": ["0"], "date": "2026-12-01"}, "totals"))
    assert moved["due_date"] == "2026-12-15"
    chosen = {**moved, "line": ["0"], "due_date": "2027-01-31", "date": "2026-12-02"}
    kept = shown(pressed(as_bob, chosen, "totals"))
    assert kept["due_date"] == "2027-01-31"
    emptied = shown(pressed(as_bob, {**kept, "line": ["0"], "due_date": ""}, "totals"))
    assert emptied["due_date"] == "2026-12-16"


@pytest.mark.parametrize("words", ["CHL-10", "chl-10", "liquid chlorine 10 l"])
def test_a_product_fills_its_line_once(blue: Business, as_bob: Client, words: str) -> None:
    product = make_product(blue, description="Chlorine, 10 L", tax_rate=gst_free(blue))
    data = typed(blue, {"item": words, "quantity": "4"})
    values = shown(pressed(as_bob, data, "totals"))
    assert values["line-0-product"] == str(product.pk)
    assert values["line-0-item"] == "CHL-10"
    assert (values["line-0-description"], values["line-0-unit_price"]) == (
        "Chlorine, 10 L",
        "38.50",
    )
    assert (values["line-0-tax_rate"], values["line-0-quantity"]) == (str(gst_free(blue).pk), "4")
    cheaper = {**values, "line": ["0"], "line-0-unit_price": "30"}
    assert shown(pressed(as_bob, cheaper, "totals"))["line-0-unit_price"] == "30"


def test_an_archived_product_stays_on_its_line_and_goes_on_no_new_one(
    blue: Business, as_bob: Client
) -> None:
    product = make_product(blue)
    draft = make_draft(blue, line(blue, product=product))
    product.archive()
    values = {**shown(as_bob.get(edit_url(draft))), "line": ["0"]}
    assert pressed(as_bob, values, "save", edit_url(draft)).status_code == 302
    assert draft.lines.get().product == product
    data = typed(blue, {"item": "CHL-10"}, contact=str(draft.contact.pk))
    assert "There is no product" in texts(as_bob.post(ADD, data))


def test_update_totals_computes_without_saving(blue: Business, as_bob: Client) -> None:
    data = typed(blue, {"unit_price": "110"}, {"unit_price": "x"}, tax_mode=TaxMode.INCLUSIVE)
    totals = pressed(as_bob, data, "totals").context["editor"].totals
    assert (totals.subtotal, totals.tax, totals.total) == (100, 10, 110)
    assert not blue.invoices.exists()


# --- parts that htmx asks for -------------------------------------------------------------------


def asked(client: Client, data: dict[str, Any], action: str, target: str) -> Any:
    headers = {"HX-Request": "true", "HX-Target": target}
    return client.post(ADD, {**data, "action": action}, headers=headers)


def test_htmx_gets_the_totals_with_the_amount_of_each_line(blue: Business, as_bob: Client) -> None:
    page = texts(asked(as_bob, typed(blue, {"quantity": "2"}, {}), "totals", "totals"))
    assert "330.00" in page
    assert '<output id="amount-0" hx-swap-oob="true">' in page
    assert "<form" not in page


def test_htmx_gets_only_the_new_line(blue: Business, as_bob: Client) -> None:
    response = asked(as_bob, typed(blue, {}, {}), "add-line", "lines")
    assert 'id="line-2"' in texts(response)
    assert 'id="line-1"' not in texts(response)
    assert response["HX-Trigger-After-Settle"] == "lines-changed"


def test_htmx_gets_only_the_line_that_a_product_was_picked_for(
    blue: Business, as_bob: Client
) -> None:
    make_product(blue)
    response = asked(as_bob, typed(blue, {}, {"item": "chl-10"}), "pick:1", "line-1")
    assert "38.50" in texts(response)
    assert 'id="line-0"' not in texts(response)


def test_choosing_a_contact_by_htmx_brings_the_due_date_along(
    blue: Business, as_bob: Client
) -> None:
    contact = make_contact(blue)
    page = texts(asked(as_bob, typed(blue, {}), f"contact:{contact.pk}", "contact-part"))
    assert contact.name in page
    assert 'id="due-part" hx-swap-oob="true"' in page
    assert "2026-11-24" in page


def test_the_products_under_a_box_are_those_that_match(
    blue: Business, dry: Business, as_bob: Client
) -> None:
    make_product(blue)
    make_product(blue, "SALT", name="Pool salt")
    make_product(blue, "OLD", name="Old chlorine").archive()
    make_product(dry, "DRY", name="Dry chlorine")
    url = reverse("invoices:product_options", args=["blue"])
    page = texts(as_bob.get(url, {"line-4-item": "chlorine"}))
    assert 'value="CHL-10"' in page
    for code in ("SALT", "OLD", "DRY"):
        assert code not in page


def test_queries_do_not_grow_with_the_lines(
    blue: Business, as_bob: Client, django_assert_max_num_queries: Any
) -> None:
    make_product(blue)
    data = typed(blue, *[{"item": "CHL-10"}] * 40, contact=str(make_contact(blue).pk))
    with django_assert_max_num_queries(12):
        asked(as_bob, data, "totals", "totals")
