"""Card accounts: where the fees, payouts and disputes of a card processor are booked in Xero."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from businesses.access import BusinessRequest, for_members
from invoices.models import MovementKind
from xero_integration.connecting.connect import BANK_SCOPE
from xero_integration.models import Connection, XeroAccount
from xero_integration.models.mirror import BANK
from xero_integration.payments import card_accounts as choosing
from xero_integration.payments.card_accounts import Chosen
from xero_integration.payments.movements import Places, clearing_trouble
from xero_integration.views.questions import connection_of

OPEN, BY_HAND = ("", "Not chosen yet"), ("by-hand", "None: I match payouts in Xero myself")
NO_TAX = ("", "None: my fees contain no tax")
HELP = {
    MovementKind.FEE: "What the card company keeps of each payment. An expense.",
    MovementKind.REFUND: "What customers got back where no credit note was made.",
    MovementKind.DISPUTE: "What a customer's bank took back; it returns here when you win.",
    MovementKind.HELD: "Money that came and that no invoice needed, until you decide about it.",
    MovementKind.PAYOUT: "The bank account that payouts arrive on. Each is a transfer. Those that "
    "came while you matched them yourself are not entered later.",
    MovementKind.ADJUSTMENT: "Everything else that the card company adds or takes.",
}


class CardAccountsForm(forms.Form):
    """One drop-down for each kind of card money, filled from the organisation."""

    # None must be chosen to save, and each is needed once there is such money.
    marks_no_optional = True

    contact = forms.ChoiceField(required=False, label="Booked with the contact")
    fee_tax = forms.ChoiceField(
        required=False,
        label="Tax within the fees",
        help_text="Where Stripe's own invoices show tax: the rate for it, as for other expenses.",
    )

    def __init__(self, data: QueryDict | None, *, connection: Connection) -> None:
        self.connection = connection
        self.places = Places(connection)
        self.rows = {str(one.pk): one for one in connection.accounts.order_by("code", "name")}
        self.rates = {
            str(one.pk): one
            for one in connection.xero_tax_rates.filter(status="ACTIVE").order_by("name")
        }
        super().__init__(data)
        for kind in MovementKind:
            self.fields[kind.value] = self._field(kind)
        self._choice("fee_tax").choices = [
            NO_TAX,
            *((key, str(rate)) for key, rate in self.rates.items()),
        ]
        self._choice("contact").choices = self._contacts()
        self.initial = self._initial()
        self.order_fields([*(kind.value for kind in MovementKind), "fee_tax", "contact"])

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _field(self, kind: MovementKind) -> forms.ChoiceField:
        usable = [(key, str(one)) for key, one in self.rows.items() if self._takes(kind, one)]
        if kind == MovementKind.PAYOUT and not self.places.is_bank:
            return self._by_hand_alone()
        first = [OPEN, BY_HAND] if kind == MovementKind.PAYOUT else [OPEN]
        return forms.ChoiceField(
            required=False,
            label=kind.label,
            help_text=HELP[kind],
            choices=[*first, *usable, *self._stale(kind, {key for key, _ in usable})],
        )

    def _by_hand_alone(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            required=False,
            label=MovementKind.PAYOUT.label,
            help_text=f"“{self.places.clearing}” is no bank account, so Xero takes no transfers "
            "from it: match each payout in Xero, with it as the account.",
            choices=[BY_HAND],
        )

    def _takes(self, kind: MovementKind, account: XeroAccount) -> bool:
        if kind == MovementKind.PAYOUT and account.type != BANK:
            return False
        return not self.places.trouble_with(kind, account)

    def _stale(self, kind: MovementKind, usable: set[str]) -> list[tuple[str, str]]:
        """A chosen one that is no longer usable stays visible, with that said."""
        chosen = self.places.account_for(kind)
        if chosen is None or str(chosen.pk) in usable:
            return []
        return [(str(chosen.pk), f"{chosen} (no longer usable)")]

    def _contacts(self) -> list[tuple[str, str]]:
        found = self.connection.xero_contacts.usable().filter(name__icontains="stripe")
        named = [(one.xero_id, one.name) for one in found.order_by("name")[:50]]
        return [("", "Make one named “Stripe”, or use the one of that name"), *named]

    def _initial(self) -> dict[str, Any]:
        initial = {kind.value: self._initial_of(kind) for kind in MovementKind}
        return {
            **initial,
            "fee_tax": self._initial_tax(self.rows.get(initial[MovementKind.FEE.value])),
            "contact": self.connection.processor_contact,
        }

    def _initial_of(self, kind: MovementKind) -> str:
        if self.places.is_by_hand(kind):
            return BY_HAND[0]
        account = self.places.account_for(kind)
        if account is None and not self.places.chosen:
            usable = [one for one in self.rows.values() if self._takes(kind, one)]
            account = choosing.proposed(kind, usable)
        return str(account.pk) if account else ""

    def _initial_tax(self, fees: XeroAccount | None) -> str:
        chosen = self.places.chosen.get(MovementKind.FEE)
        if chosen is not None:
            return str(chosen.xero_tax_rate_id or "")
        rate = None if self.places.chosen else choosing.proposed_tax(self.connection, fees)
        return str(rate.pk) if rate else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for kind in MovementKind:
            account = self.rows.get(cleaned.get(kind.value, ""))
            if account and not self._takes(kind, account):
                self.add_error(
                    kind.value, f"“{account}” cannot be used for this. Choose another one."
                )
        return cleaned

    @property
    def chosen(self) -> Chosen:
        cleaned = self.cleaned_data
        return Chosen(
            accounts={
                kind: self.rows.get(cleaned[kind.value])
                for kind in MovementKind
                if cleaned[kind.value]
            },
            fee_tax=self.rates.get(cleaned["fee_tax"]),
            contact=cleaned["contact"],
        )


@for_members
def card_accounts(request: BusinessRequest) -> HttpResponse:
    """Choose the accounts; what waited for them goes."""
    connection = connection_of(request)
    form = CardAccountsForm(request.POST or None, connection=connection)
    if request.method == "POST" and form.is_valid():
        going = choosing.save(connection, form.chosen)
        words = f" {going} records that waited go now." if going else ""
        messages.success(request, f"The card accounts are saved.{words}")
        return redirect("xero:card_accounts", request.business.slug)
    places = Places(connection)
    context = {
        "connection": connection,
        "form": form,
        "clearing": places.clearing,
        "clearing_trouble": clearing_trouble(places.clearing) if places.clearing else "",
        "needs_consent": bool(places.chosen) and places.is_bank and not _is_allowed(connection),
        "mapping_url": reverse("xero:accounts", args=[request.business.slug]),
    }
    return render(request, "xero_integration/card_accounts.html", context)


def _is_allowed(connection: Connection) -> bool:
    return connection.token is not None and BANK_SCOPE in connection.token.scopes.split()
