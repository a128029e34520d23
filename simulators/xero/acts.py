"""What a person working in Xero might do meanwhile, for tests of what the client then makes of it.

POST /_control/act {"do": "archive_contact", "organisation": "...", "contact": "..."}; the
organisation may be left out while there is only the first one to mean.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_model import Contact
from simulators.xero.accounting.contact_render import render_contact
from simulators.xero.accounting.contact_write import save_contact
from simulators.xero.accounting.invoice_render import render_invoice
from simulators.xero.accounting.invoice_write import save_invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.settings_model import CLASSES, Account, TaxRate
from simulators.xero.accounting.settings_render import (
    ACTIONS,
    render_account,
    render_actions,
    render_tax_rate,
)
from simulators.xero.acting import (
    Act,
    ActRefused,
    refuse_if,
    the_account,
    the_contact,
    the_invoice,
)
from simulators.xero.credit_acts import CREDIT_ACTS
from simulators.xero.identity.model import Identity
from simulators.xero.money_acts import MONEY_ACTS
from simulators.xero.settings_acts import SETTINGS_ACTS
from simulators.xero.wire import Json, parse_day, parse_decimal
from simulators.xero.world import World

# What a rate for sales can apply to, as Xero's own rate for them.
SALES_CLASSES = frozenset({"ASSET", "EQUITY", "LIABILITY", "REVENUE"})


def act(world: World, sent: Json) -> Json:
    named = str(sent.get("organisation") or next(iter(world.organisations), ""))
    organisation = world.organisation(named)
    if organisation is None:
        raise ActRefused(f"No organisation {named}.")
    named_act = str(sent.get("do"))
    if named_act == "disconnect":
        return {"connectionsRemoved": world.identity.disconnect_organisation(organisation.id)}
    if named_act in TOKEN_ACTS:
        return {"tokens": TOKEN_ACTS[named_act](world.identity)}
    perform = ACTS.get(named_act)
    if perform is None:
        known = ["disconnect", *sorted(TOKEN_ACTS), *sorted(ACTS)]
        raise ActRefused(f"Known acts: {', '.join(known)}.")
    return perform(person_call(world, organisation), sent)


def person_call(world: World, organisation: Organisation) -> Call:
    now, switches = world.clock.now(), world.switches
    return Call(organisation, "POST", (), {"unitdp": "4"}, b"", now, switches)


def contact_changed(call: Call, contact: Contact | None, changes: Json) -> Json:
    problems = Problems()
    saved = save_contact(call, contact, changes, problems)
    refuse_if(problems)
    assert saved is not None
    return render_contact(call.organisation, saved)


def add_contact(call: Call, sent: Json) -> Json:
    return contact_changed(call, None, sent.get("fields") or {})


def edit_contact(call: Call, sent: Json) -> Json:
    contact = the_contact(call, sent.get("contact"))
    persons = {"ContactPersons": list(contact.persons)}
    return contact_changed(call, contact, {**persons, **(sent.get("fields") or {})})


def rename_contact(call: Call, sent: Json) -> Json:
    return edit_contact(call, {**sent, "fields": {"Name": sent.get("name")}})


def archive_contact(call: Call, sent: Json) -> Json:
    return edit_contact(call, {**sent, "fields": {"ContactStatus": "ARCHIVED"}})


def restore_contact(call: Call, sent: Json) -> Json:
    return edit_contact(call, {**sent, "fields": {"ContactStatus": "ACTIVE"}})


def merge_contacts(call: Call, sent: Json) -> Json:
    """Merge `from` into `into`: the loser is archived and its documents go to the winner."""
    loser = the_contact(call, sent.get("from"))
    winner = the_contact(call, sent.get("into"))
    if loser.id == winner.id or not winner.is_active:
        raise ActRefused("A contact is merged into another, active one.")
    organisation = call.organisation
    for documents in organisation.contact_documents():
        for document in documents.find_all("contact", loser.id):
            documents.save(replace(document, contact_id=winner.id, updated=call.now))
    archived = replace(loser, status="ARCHIVED", merged_to=winner.id, updated=call.now)
    organisation.contacts.save(archived)
    return render_contact(organisation, archived)


def change_account(call: Call, account: Account) -> Json:
    changed = replace(account, updated=call.now)
    call.organisation.accounts.save(changed)
    return render_account(changed)


def archive_account(call: Call, sent: Json) -> Json:
    account = the_account(call, sent.get("account"))
    return change_account(call, replace(account, status="ARCHIVED"))


def restore_account(call: Call, sent: Json) -> Json:
    account = the_account(call, sent.get("account"))
    return change_account(call, replace(account, status="ACTIVE"))


def edit_account(call: Call, sent: Json) -> Json:
    """Change an account's code, name, type or tax, not thinking of what uses it."""
    account = the_account(call, sent.get("account"))
    code = str(sent.get("code") or account.code)
    taken = call.organisation.accounts.find("code", code.casefold())
    if taken and taken.id != account.id:
        raise ActRefused(f"The code {code} is taken.")
    kind = str(sent.get("type") or account.type)
    if kind not in CLASSES:
        raise ActRefused(f"Known types: {', '.join(CLASSES)}.")
    name, tax_type = sent.get("name") or account.name, sent.get("tax_type", account.tax_type)
    changed = replace(account, code=code, name=str(name), type=kind, tax_type=str(tax_type))
    return change_account(call, changed)


def delete_account(call: Call, sent: Json) -> Json:
    """Delete an account that nothing was posted to: the API then knows nothing of it."""
    account, organisation = the_account(call, sent.get("account")), call.organisation
    used = {line.account_id for invoice in organisation.invoices for line in invoice.lines}
    if account.id in used:
        raise ActRefused(f"The account {account.code} was posted to; it can only be archived.")
    organisation.accounts.remove(account.id)
    return render_account(account)


def set_lock_dates(call: Call, sent: Json) -> Json:
    """Set the `period` and `year` lock dates; null takes one away, a missing one stays."""
    organisation = call.organisation
    if "period" in sent:
        organisation.period_lock_date = parse_day(sent["period"])
    if "year" in sent:
        organisation.end_of_year_lock_date = parse_day(sent["year"])
    return {
        "period": str(organisation.period_lock_date or ""),
        "year": str(organisation.end_of_year_lock_date or ""),
    }


def permit(call: Call, sent: Json, *, allowed: bool) -> Json:
    """Give the connected user an `action` of /Organisation/Actions, or take it away."""
    organisation, action = call.organisation, str(sent.get("action"))
    if action not in ACTIONS:
        raise ActRefused(f"Known actions: {', '.join(ACTIONS)}.")
    forbidden = organisation.forbidden_actions
    organisation.forbidden_actions = forbidden - {action} if allowed else forbidden | {action}
    return {"Actions": render_actions(organisation)}


def set_plan(call: Call, sent: Json) -> Json:
    """Let the plan approve so many `invoices` and `bills` a month; without, any number."""
    asked = {"ACCREC": sent.get("invoices"), "ACCPAY": sent.get("bills")}
    limits = {kind: int(number) for kind, number in asked.items() if number is not None}
    call.organisation.plan_limits = limits
    return dict(limits)


def edit_invoice(call: Call, sent: Json) -> Json:
    problems = Problems()
    invoice = the_invoice(call, sent.get("invoice"))
    saved = save_invoice(call, invoice, sent.get("fields") or {}, problems)
    refuse_if(problems)
    assert saved is not None
    return render_invoice(call.organisation, saved, whole=False)


def void_invoice(call: Call, sent: Json) -> Json:
    return edit_invoice(call, {**sent, "fields": {"Status": "VOIDED"}})


TOKEN_ACTS: dict[str, Callable[[Identity], int]] = {
    "expire_access_tokens": Identity.expire_access_tokens,
    "forget_refresh_tokens": Identity.forget_all_refresh_tokens,
}


def add_tax_rate(call: Call, sent: Json) -> Json:
    """Add a rate of the organisation's own for sales; Xero numbers them TAX001 and on."""
    rates = call.organisation.tax_rates
    percent = parse_decimal(sent.get("percent"))
    if percent is None:
        raise ActRefused("A tax rate needs its percentage.")
    own = sum(1 for rate in rates if rate.id.startswith("TAX"))
    name = str(sent.get("name") or f"Sales at {percent} %")
    rate = TaxRate(f"TAX{own + 1:03}", name, percent, SALES_CLASSES, call.now, "OUTPUT")
    rates.save(rate)
    return render_tax_rate(rate)


def edit_tax_rate(call: Call, sent: Json) -> Json:
    """Set a rate's `status` (ARCHIVED, ACTIVE), or what it `applies_to`, by account classes."""
    rates = call.organisation.tax_rates
    rate = rates.find("code", str(sent.get("rate")))
    if rate is None:
        raise ActRefused(f"No tax rate {sent.get('rate')}.")
    classes = frozenset(sent.get("applies_to") or rate.applies_to)
    status = str(sent.get("status") or rate.status)
    changed = replace(rate, status=status, applies_to=classes, updated=call.now)
    rates.save(changed)
    return render_tax_rate(changed)


ACTS: dict[str, Act] = {
    "add_contact": add_contact,
    "edit_contact": edit_contact,
    "rename_contact": rename_contact,
    "archive_contact": archive_contact,
    "restore_contact": restore_contact,
    "merge_contacts": merge_contacts,
    "archive_account": archive_account,
    "restore_account": restore_account,
    "edit_account": edit_account,
    "delete_account": delete_account,
    "add_tax_rate": add_tax_rate,
    "edit_tax_rate": edit_tax_rate,
    "set_lock_dates": set_lock_dates,
    "set_plan": set_plan,
    "allow": partial(permit, allowed=True),
    "forbid": partial(permit, allowed=False),
    "edit_invoice": edit_invoice,
    "void_invoice": void_invoice,
    **MONEY_ACTS,
    **CREDIT_ACTS,
    **SETTINGS_ACTS,
}
