"""Card fees on top: where they are lawful, what the payer sees, and what becomes of the money."""

from decimal import Decimal

import pytest
from django.test import Client

from businesses.models import Business
from invoices.models import Invoice, TaxMode
from invoices.tests.making import DATE, gst, gst_free, make_issued, make_product, pay
from stripe_integration import accounts, fees, settling
from stripe_integration.models import (
    Charge,
    CheckoutSession,
    OnCharge,
    OnChargeChange,
    StripeAccount,
)
from stripe_integration.tests.making import ACCOUNT, path_of
from stripe_integration.tests.simulator import AMEX_AU, EFTPOS_AU, VISA_AU, Stripe

AT = "/b/blue/stripe/fees/"
# Gross-up of 110.00 by 1.7 % and 30 cents: (1.87 + 0.30) / 0.983 = 2.2075.
FEE = Decimal("2.20")


@pytest.fixture
def grossed_up(account: StripeAccount, blue: Business) -> OnCharge:
    return OnCharge.objects.create(business=blue, method="gross_up")


def settled(stripe: Stripe, invoice: Invoice) -> Charge:
    """Have the newest payment booked as a worker would."""
    account = accounts.current(invoice.business)
    settling.settle(account, stripe.listed("payment_intents", account=ACCOUNT)[0]["id"])
    invoice.refresh_from_db()
    return Charge.objects.first()


def go(client: Client, invoice: Invoice, cards: str) -> CheckoutSession:
    answer = client.post(path_of(invoice), {"cards": cards})
    assert answer.status_code == 302, answer.content.decode()
    return CheckoutSession.objects.first()


def test_nothing_is_charged_on_until_an_owner_says_so(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    assert "fee" not in client.get(path_of(invoice)).content.decode()
    row = go(client, invoice, "")
    assert (row.fee, row.body.get("payment_method_options")) == (0, None)


def test_the_payer_chooses_the_card_and_sees_the_fee_first(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client
) -> None:
    page = client.get(path_of(invoice)).content.decode()
    assert "American Express" in page
    assert "$2.20" in page
    assert "$112.20" in page
    assert "no fee" in page
    refused = client.post(path_of(invoice))
    assert "Choose the card" in refused.content.decode()
    assert not CheckoutSession.objects.exists()


def test_american_express_pays_the_fee_as_a_line_of_the_invoice(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client
) -> None:
    row = go(client, invoice, "amex")
    [page] = stripe.listed("checkout/sessions", account=ACCOUNT)
    assert page["amount_total"] == 11_220
    with pytest.raises(AssertionError, match="not accepted"):
        stripe.pay(row.stripe_id, card=VISA_AU)
    stripe.pay(row.stripe_id, card=AMEX_AU)
    charge = settled(stripe, invoice)
    line = invoice.lines.last()
    assert line.description == "Card fee (American Express)"
    assert (line.line_amount, line.tax_amount) == (Decimal("2.00"), Decimal("0.20"))
    assert (invoice.total, invoice.amount_due) == (Decimal("112.20"), 0)
    assert invoice.payments.get().amount == Decimal("112.20")
    assert (charge.on_charged, charge.unapplied, charge.problem) == (FEE, 0, "")
    # The fee leaves the invoice whole, but for part of a cent.
    assert abs(charge.net - 110) <= Decimal("0.01")


def test_other_cards_pay_no_fee_and_american_express_is_kept_out(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client
) -> None:
    row = go(client, invoice, "other")
    with pytest.raises(AssertionError, match="American Express cards are not accepted"):
        stripe.pay(row.stripe_id, card=AMEX_AU)
    stripe.pay(row.stripe_id, card=VISA_AU)
    charge = settled(stripe, invoice)
    assert (invoice.total, charge.applied, charge.on_charged) == (110, 110, 0)


def test_another_choice_closes_the_page_of_before(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client
) -> None:
    go(client, invoice, "amex")
    go(client, invoice, "other")
    pages = stripe.listed("checkout/sessions", account=ACCOUNT)
    assert [(one["status"], one["amount_total"]) for one in pages] == [
        ("open", 11_000),
        ("expired", 11_220),
    ]


def test_a_card_that_slipped_through_is_not_charged_the_fee(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client, as_bob: Client
) -> None:
    """Stripe's restrictions do not know eftpos."""
    stripe.pay(go(client, invoice, "amex").stripe_id, card=EFTPOS_AU)
    charge = settled(stripe, invoice)
    assert (invoice.total, invoice.amount_due) == (110, 0)
    assert (charge.on_charged, charge.unapplied) == (0, FEE)
    assert "may have no fee on top" in charge.problem
    assert "may have no fee on top" in as_bob.get("/b/blue/stripe/").content.decode()


def test_a_part_paid_invoice_gets_a_fee_invoice(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client
) -> None:
    pay(invoice, "10")
    row = go(client, invoice, "amex")
    stripe.pay(row.stripe_id, card=AMEX_AU)
    charge = settled(stripe, invoice)
    own = invoice.business.invoices.exclude(pk=invoice.pk).get()
    assert own.reference == f"Card fee, {invoice.number}"
    assert (own.total, own.amount_due, own.is_issued) == (row.fee, 0, True)
    assert (invoice.total, invoice.amount_due) == (110, 0)
    assert (charge.applied, charge.on_charged) == (charge.amount, row.fee)
    settled(stripe, invoice)
    assert invoice.business.invoices.count() == 2


def test_an_archived_contact_gets_no_fee_invoice_and_the_fee_goes_to_a_person(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client
) -> None:
    pay(invoice, "10")
    row = go(client, invoice, "amex")
    invoice.contact.archive()
    stripe.pay(row.stripe_id, card=AMEX_AU)
    charge = settled(stripe, invoice)
    assert invoice.amount_due == 0
    assert charge.unapplied == row.fee
    assert "could not be entered" in charge.problem
    assert invoice.business.invoices.count() == 1


@pytest.mark.parametrize(
    ("mode", "total"),
    [(TaxMode.EXCLUSIVE, 110), (TaxMode.INCLUSIVE, 100), (TaxMode.NO_TAX, 100)],
)
def test_the_fee_is_met_to_the_cent_in_each_tax_mode(
    stripe: Stripe, grossed_up: OnCharge, blue: Business, client: Client, mode: str, total: int
) -> None:
    invoice = make_issued(blue, tax_mode=mode)
    row = go(client, invoice, "amex")
    stripe.pay(row.stripe_id, card=AMEX_AU)
    settled(stripe, invoice)
    assert (invoice.total, invoice.amount_due) == (total + row.fee, 0)


@pytest.mark.parametrize("mode", TaxMode.values)
@pytest.mark.parametrize("percent", [Decimal(0), Decimal(10), Decimal(15)])
def test_a_line_never_comes_to_more_than_the_fee(
    blue: Business, mode: str, percent: Decimal
) -> None:
    rate = gst(blue)
    rate.percent = percent
    for cents in range(1, 800):
        fee = Decimal(cents) / 100
        price = fees.price_for(fee, rate, tax_mode=mode)
        assert fee - Decimal("0.01") <= fees.with_tax(price, rate, tax_mode=mode) <= fee


def test_the_settings_choose_tax_and_product(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client
) -> None:
    grossed_up.product = make_product(invoice.business, code="FEE")
    grossed_up.tax_rate = gst_free(invoice.business)
    grossed_up.save()
    row = go(client, invoice, "amex")
    stripe.pay(row.stripe_id, card=AMEX_AU)
    settled(stripe, invoice)
    line = invoice.lines.last()
    assert (line.product, line.tax_amount) == (grossed_up.product, 0)
    assert line.line_amount == row.fee


def test_a_percentage_is_capped_by_what_the_payment_costs(
    grossed_up: OnCharge, account: StripeAccount, invoice: Invoice
) -> None:
    grossed_up.method, grossed_up.percent, grossed_up.fixed = "percentage", Decimal(1), Decimal(0)
    grossed_up.save()
    assert fees.options(invoice, account)[0].fee == Decimal("1.10")
    OnCharge.objects.update(percent=5)
    assert fees.options(invoice, account)[0].fee == FEE


@pytest.mark.parametrize(
    ("contact", "own", "charged"),
    [("", "", True), ("no", "", False), ("no", "yes", True), ("", "no", False)],
)
def test_contact_and_invoice_can_be_spared(
    grossed_up: OnCharge,
    account: StripeAccount,
    invoice: Invoice,
    as_bob: Client,
    contact: str,
    own: str,
    charged: bool,
) -> None:
    as_bob.post(f"/b/blue/stripe/contacts/{invoice.contact_id}/", {"on_charges": contact})
    as_bob.post(f"/b/blue/stripe/invoices/{invoice.pk}/", {"on_charges": own})
    assert (len(fees.options(invoice, account)) == 2) is charged


def test_where_no_rule_is_known_nothing_is_charged_on(
    grossed_up: OnCharge, account: StripeAccount, invoice: Invoice
) -> None:
    account.country = "FR"
    OnCharge.objects.update(rate_percent=2, rate_fixed=0)
    assert [one.fee for one in fees.options(invoice, account)] == [0]


def test_where_every_card_may_be_surcharged_there_is_nothing_to_choose(
    grossed_up: OnCharge, account: StripeAccount, invoice: Invoice
) -> None:
    account.country = "NZ"
    [only] = fees.options(invoice, account)
    assert (only.cards, only.fee > 0) == ("", True)


def test_where_stripes_price_is_not_known_nothing_is_charged_on(
    grossed_up: OnCharge, account: StripeAccount, invoice: Invoice
) -> None:
    account.country = "GB"
    assert fees.cost_of(grossed_up, country="GB", on=DATE) is None
    assert [one.fee for one in fees.options(invoice, account)] == [0]


# --- the settings page --------------------------------------------------------------------------

GROSS_UP = {"method": "gross_up", "percent": "0", "fixed": "0"}


def test_the_page_shows_the_law_with_its_source(account: StripeAccount, as_rita: Client) -> None:
    page = as_rita.get(AT).content.decode()
    assert "American Express" in page
    assert "Reserve Bank of Australia" in page
    assert "Not allowed" in page


def test_an_owner_saves_and_the_change_is_kept(
    account: StripeAccount, as_alice: Client, as_bob: Client
) -> None:
    assert as_bob.post(AT, GROSS_UP).status_code == 403
    assert as_alice.post(AT, GROSS_UP).status_code == 302
    change = OnChargeChange.objects.get()
    assert (change.before["method"], change.after["method"]) == ("none", "gross_up")
    assert change.by.email == "alice@blue.example"
    assert "Alice Waters" in as_bob.get(AT).content.decode()


@pytest.mark.parametrize("override", [{"ignores_law": "on"}, {"rate_percent": "1.1"}])
def test_an_override_needs_a_reason_and_leaves_it(
    account: StripeAccount, as_alice: Client, override: dict[str, str]
) -> None:
    answer = as_alice.post(AT, {**GROSS_UP, **override})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert not OnCharge.objects.exists()
    reason = {"reason": "Our accountant says so."}
    assert as_alice.post(AT, {**GROSS_UP, **override, **reason}).status_code == 302
    assert OnChargeChange.objects.get().reason == "Our accountant says so."
    # Saved again without touching it, no reason is asked for.
    assert as_alice.post(AT, {**GROSS_UP, **override}).status_code == 302


def test_an_override_charges_every_card_and_says_so(
    stripe: Stripe, grossed_up: OnCharge, invoice: Invoice, client: Client, as_bob: Client
) -> None:
    OnCharge.objects.update(ignores_law=True)
    assert "A card fee of" in client.get(path_of(invoice)).content.decode()
    row = go(client, invoice, "")
    assert row.fee == FEE
    stripe.pay(row.stripe_id, card=VISA_AU)
    charge = settled(stripe, invoice)
    assert (invoice.amount_due, charge.on_charged) == (0, FEE)
    assert "for every card by an owner's decision" in as_bob.get(AT).content.decode()


def test_another_businesss_product_cannot_be_chosen(
    account: StripeAccount, as_alice: Client, dry: Business
) -> None:
    foreign = make_product(dry, code="X")
    answer = as_alice.post(AT, {**GROSS_UP, "product": str(foreign.pk)})
    assert answer.status_code == 422
    assert not OnCharge.objects.exists()
