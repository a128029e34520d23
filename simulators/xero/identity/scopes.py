"""Scopes: which an app may ask for, and which a call needs.

Source: Xero, "OAuth 2.0 scopes", granular since 4 March 2026. A scope that may write may read.
"""

IDENTITY_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
# For a token of the app's own, by client_credentials: it ends connections that nobody uses.
APP_SCOPES = frozenset({"app.connections"})
GRANULAR = frozenset(
    {
        "accounting.contacts",
        "accounting.invoices",
        "accounting.payments",
        "accounting.banktransactions",
        "accounting.manualjournals",
        "accounting.settings",
        "accounting.attachments",
    }
)
REPORTS = frozenset(
    f"accounting.reports.{name}.read"
    for name in (
        "aged",
        "balancesheet",
        "banksummary",
        "budgetsummary",
        "executivesummary",
        "profitandloss",
        "trialbalance",
        "taxreports",
    )
)
BROAD = frozenset(
    {"accounting.transactions", "accounting.transactions.read", "accounting.reports.read"}
)
ACCOUNTING = GRANULAR | {f"{scope}.read" for scope in GRANULAR} | REPORTS

INVOICES, PAYMENTS = "accounting.invoices", "accounting.payments"
BANK, SETTINGS = "accounting.banktransactions", "accounting.settings"
CONTACTS, ATTACHMENTS = "accounting.contacts", "accounting.attachments"
NEEDED = {
    "contacts": (CONTACTS,),
    "contactgroups": (CONTACTS,),
    "invoices": (INVOICES,),
    "creditnotes": (INVOICES,),
    "items": (INVOICES, SETTINGS),
    "payments": (PAYMENTS,),
    "batchpayments": (PAYMENTS,),
    "overpayments": (PAYMENTS,),
    "prepayments": (PAYMENTS,),
    "banktransactions": (BANK,),
    "banktransfers": (BANK,),
    "accounts": (SETTINGS,),
    "brandingthemes": (SETTINGS,),
    "currencies": (SETTINGS,),
    "organisation": (SETTINGS,),
    "taxrates": (SETTINGS,),
    "trackingcategories": (SETTINGS,),
    "users": (SETTINGS,),
}
COVERED_BY_BROAD = frozenset({INVOICES, PAYMENTS, BANK})


def unknown_scopes(asked: frozenset[str], *, broad: bool) -> frozenset[str]:
    """Return the scopes this app may not ask for."""
    allowed = IDENTITY_SCOPES | ACCOUNTING | (BROAD if broad else frozenset())
    return asked - allowed


def needs_organisation(asked: frozenset[str]) -> bool:
    return bool(asked - IDENTITY_SCOPES)


def permits(granted: frozenset[str], resource: str, *, writing: bool, attachment: bool) -> bool:
    """Say whether the scopes of a token reach a call; one of several scopes may be enough."""
    needed = (ATTACHMENTS,) if attachment else NEEDED.get(resource)
    if needed is None:
        return True
    return any(holds(granted, scope, writing=writing) for scope in needed)


def holds(granted: frozenset[str], scope: str, *, writing: bool) -> bool:
    wanted = {scope}
    if scope in COVERED_BY_BROAD:
        wanted.add("accounting.transactions")
    if not writing:
        wanted |= {f"{name}.read" for name in wanted}
    return bool(granted & wanted)
