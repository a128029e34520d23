"""The world written out as JSON, for tests that compare what arrived with what was sent."""

from collections.abc import Callable
from dataclasses import asdict

from simulators.xero.accounting.attachments import render_attachment
from simulators.xero.accounting.balances import balances
from simulators.xero.accounting.bank_credits import render_credit
from simulators.xero.accounting.bank_transactions import render_transaction
from simulators.xero.accounting.bank_transfers import render_transfer
from simulators.xero.accounting.batch_payments import render_whole_batch
from simulators.xero.accounting.contact_groups import render_group
from simulators.xero.accounting.contact_render import render_contact
from simulators.xero.accounting.credit_notes import render_credit_note
from simulators.xero.accounting.invoice_model import ZERO
from simulators.xero.accounting.invoice_render import render_invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_render import render_payment
from simulators.xero.accounting.settings_render import (
    render_account,
    render_item,
    render_tax_rate,
)
from simulators.xero.identity.endpoints import connection_json
from simulators.xero.wire import Json, number
from simulators.xero.world import World


def accounts_state(organisation: Organisation) -> list[Json]:
    held = balances(organisation)
    return [
        {**render_account(account), "Balance": number(held.get(account.id, ZERO))}
        for account in organisation.accounts
    ]


ORGANISATION_PARTS: dict[str, Callable[[Organisation], object]] = {
    "contacts": lambda one: [render_contact(one, contact) for contact in one.contacts],
    "invoices": lambda one: [render_invoice(one, row, whole=False) for row in one.invoices],
    "creditNotes": lambda one: [render_credit_note(one, row) for row in one.credit_notes],
    "bankTransactions": lambda one: [render_transaction(one, row) for row in one.bank_transactions],
    "overpayments": lambda one: [render_credit(one, row) for row in one.overpayments],
    "prepayments": lambda one: [render_credit(one, row) for row in one.prepayments],
    "bankTransfers": lambda one: [render_transfer(one, row) for row in one.bank_transfers],
    "payments": lambda one: [render_payment(one, row) for row in one.payments],
    "batchPayments": lambda one: [render_whole_batch(one, row) for row in one.batch_payments],
    "contactGroups": lambda one: [render_group(group) for group in one.contact_groups],
    "attachments": lambda one: [render_attachment(row) for row in one.attachments],
    "items": lambda one: [render_item(item) for item in one.items],
    "accounts": accounts_state,
    "taxRates": lambda one: [render_tax_rate(rate) for rate in one.tax_rates],
    "sourceIds": lambda one: one.source_ids,
    "mended": lambda one: one.mended,
}


def world_state(world: World, *, only: frozenset[str], organisation: str, bodies: bool) -> Json:
    """Return the state; `only` names parts, of the world or of each organisation."""
    parts: dict[str, Callable[[], object]] = {
        "clock": lambda: {
            "now": world.clock.now().isoformat(),
            "secondsAhead": world.clock.seconds_ahead,
        },
        "switches": lambda: asdict(world.switches),
        "identity": lambda: identity_state(world),
        "limits": lambda: limits_state(world),
        "calls": world.journal.counts,
        "faults": world.faults.state,
        "webhooks": world.webhooks.state,
        "writes": lambda: world.journal.state(bodies=bodies),
        "organisations": lambda: organisations_state(world, only, organisation),
    }
    inner = only & set(ORGANISATION_PARTS)
    wanted = [name for name in parts if not only or name in only]
    if inner and "organisations" not in wanted:
        wanted.append("organisations")
    return {name: parts[name]() for name in wanted}


def organisations_state(world: World, only: frozenset[str], named: str) -> list[Json]:
    chosen = world.organisation(named) if named else None
    organisations = [chosen] if chosen else list(world.organisations.values())
    return [organisation_state(one, only) for one in organisations]


def organisation_state(organisation: Organisation, only: frozenset[str]) -> Json:
    state: Json = {
        "id": organisation.id,
        "name": organisation.name,
        "shortCode": organisation.short_code,
        "periodLockDate": day_or_none(organisation.period_lock_date),
        "endOfYearLockDate": day_or_none(organisation.end_of_year_lock_date),
        "counts": {
            "contacts": len(organisation.contacts),
            "invoices": len(organisation.invoices),
            "items": len(organisation.items),
        },
    }
    inner = only & set(ORGANISATION_PARTS)
    for name, render in ORGANISATION_PARTS.items():
        if not inner or name in inner:
            state[name] = render(organisation)
    return state


def day_or_none(day: object) -> str | None:
    return str(day) if day else None


def identity_state(world: World) -> Json:
    identity = world.identity
    names = world.tenant_names
    return {
        "client": {"id": identity.client.client_id, "name": identity.client.name},
        "users": [
            {
                "id": user.id,
                "email": user.email,
                "name": user.full_name,
                "organisations": list(user.organisation_ids),
                "grantedScopes": sorted(identity.granted.get(user.id, ())),
            }
            for user in identity.users.values()
        ],
        "connections": [
            {**connection_json(one, names), "userId": one.user_id}
            for one in identity.connections.values()
        ],
        "counts": dict(identity.counts),
        "accessTokens": len(identity.access),
        "refreshTokens": len(identity.refresh),
        "keptAnswers": len(world.kept_answers),
    }


def limits_state(world: World) -> Json:
    return {
        "sizes": asdict(world.limits.sizes),
        "tenants": {
            tenant_id: {
                "inFlight": tenant.in_flight,
                "mostInFlight": tenant.most_in_flight,
                "minuteUsed": tenant.minute.used,
                "dayUsed": tenant.day.used,
                "refused": dict(tenant.refused),
            }
            for tenant_id, tenant in world.limits.tenants.items()
        },
    }
