"""Reading what an organisation is set up with: particulars, chart, taxes, themes, tracking."""

from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.listing import filtered, in_order, modified, wanted_filter
from simulators.xero.accounting.settings_render import (
    render_account,
    render_actions,
    render_branding_theme,
    render_organisation,
    render_tax_rate,
    render_tracking_category,
)
from simulators.xero.accounting.where import Fields
from simulators.xero.answers import Answer, envelope

ACCOUNT_FIELDS: Fields = {
    "AccountID": lambda account: account.id,
    "Code": lambda account: account.code,
    "Name": lambda account: account.name,
    "Type": lambda account: account.type,
    "Status": lambda account: account.status,
    "Class": lambda account: account.account_class,
    "TaxType": lambda account: account.tax_type,
    "SystemAccount": lambda account: account.system_account,
    "EnablePaymentsToAccount": lambda account: account.enable_payments,
    "UpdatedDateUTC": lambda account: account.updated,
}
TAX_RATE_FIELDS: Fields = {
    "Name": lambda rate: rate.name,
    "TaxType": lambda rate: rate.id,
    "Status": lambda rate: rate.status,
    "EffectiveRate": lambda rate: rate.rate,
    "CanApplyToRevenue": lambda rate: "REVENUE" in rate.applies_to,
    "CanApplyToExpenses": lambda rate: "EXPENSE" in rate.applies_to,
    "CanApplyToAssets": lambda rate: "ASSET" in rate.applies_to,
    "CanApplyToLiabilities": lambda rate: "LIABILITY" in rate.applies_to,
    "CanApplyToEquity": lambda rate: "EQUITY" in rate.applies_to,
}


def read_organisation(call: Call) -> Answer:
    return envelope("Organisations", [render_organisation(call.organisation)], call.now)


def read_actions(call: Call) -> Answer:
    return envelope("Actions", render_actions(call.organisation), call.now)


def list_accounts(call: Call) -> Answer:
    """Answer with every account: archived ones too, and never in pages."""
    accounts = sorted(call.organisation.accounts, key=lambda account: account.code or "~")
    chosen = wanted_filter(call, ACCOUNT_FIELDS)
    rows = in_order(call, filtered(chosen, modified(call, accounts)), ACCOUNT_FIELDS)
    return envelope("Accounts", [render_account(account) for account in rows], call.now)


def read_account(call: Call) -> Answer:
    account = call.organisation.accounts.get(call.path[1])
    if account is None:
        raise NotFound
    return envelope("Accounts", [render_account(account)], call.now)


def list_tax_rates(call: Call) -> Answer:
    rates = sorted(call.organisation.tax_rates, key=lambda rate: rate.name)
    if call.text("TaxType"):
        rates = [rate for rate in rates if rate.id == call.text("TaxType")]
    rows = in_order(call, filtered(wanted_filter(call, TAX_RATE_FIELDS), rates), TAX_RATE_FIELDS)
    return envelope("TaxRates", [render_tax_rate(rate) for rate in rows], call.now)


def read_tax_rate(call: Call) -> Answer:
    rate = call.organisation.tax_rates.find("code", call.path[1])
    if rate is None:
        raise NotFound
    return envelope("TaxRates", [render_tax_rate(rate)], call.now)


def list_branding_themes(call: Call) -> Answer:
    themes = [render_branding_theme(theme) for theme in call.organisation.branding_themes]
    return envelope("BrandingThemes", themes, call.now)


def list_tracking_categories(call: Call) -> Answer:
    """Answer with what is in use; with includeArchived also with what is archived."""
    archived = call.flag("includeArchived")
    rendered = [
        render_tracking_category(category, archived=archived)
        for category in call.organisation.tracking_categories
        if archived or category.status == "ACTIVE"
    ]
    return envelope("TrackingCategories", rendered, call.now)
