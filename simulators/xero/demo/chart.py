"""An Australian chart of accounts and tax rates, as a small pool firm would have them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.settings_model import (
    Account,
    BrandingTheme,
    Item,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)

EVERYTHING = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"})
INCOME = frozenset({"ASSET", "EQUITY", "LIABILITY", "REVENUE"})
SPENDING = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY"})

# TaxType, name, percentage, classes it can apply to, report tax type.
TAX_RATES = (
    ("OUTPUT", "GST on Income", "10", INCOME, "OUTPUT"),
    ("INPUT", "GST on Expenses", "10", SPENDING, "INPUT"),
    ("EXEMPTOUTPUT", "GST Free Income", "0", INCOME, "EXEMPTOUTPUT"),
    ("EXEMPTEXPENSES", "GST Free Expenses", "0", SPENDING, "EXEMPTEXPENSES"),
    ("EXEMPTEXPORT", "GST Free Exports", "0", INCOME, "EXEMPTEXPORT"),
    ("INPUTTAXED", "Input Taxed", "0", INCOME, "INPUTTAXED"),
    ("CAPEXINPUT", "GST on Capital", "10", SPENDING, "CAPEXINPUT"),
    ("EXEMPTCAPITAL", "GST Free Capital", "0", SPENDING, "EXEMPTCAPITAL"),
    ("BASEXCLUDED", "BAS Excluded", "0", EVERYTHING, "BASEXCLUDED"),
)

# Code, name, type, tax type, then what only some accounts have.
ACCOUNTS: tuple[tuple[str, str, str, str, dict[str, object]], ...] = (
    (
        "090",
        "Business Bank Account",
        "BANK",
        "BASEXCLUDED",
        {"bank_account_number": "062000123456789", "enable_payments": True},
    ),
    (
        "",
        "Card Clearing Account",
        "BANK",
        "BASEXCLUDED",
        {"bank_account_number": "062000987654321", "enable_payments": True},
    ),
    ("200", "Sales", "SALES", "OUTPUT", {}),
    ("201", "Pool Servicing", "SALES", "OUTPUT", {}),
    ("202", "Chemical Sales", "SALES", "OUTPUT", {}),
    ("203", "Equipment Sales", "SALES", "OUTPUT", {}),
    ("204", "Repairs", "SALES", "OUTPUT", {}),
    ("205", "Water Testing (GST free)", "REVENUE", "EXEMPTOUTPUT", {}),
    ("210", "Card Fees Collected", "OTHERINCOME", "OUTPUT", {}),
    ("219", "Spa Hire (closed 2024)", "SALES", "OUTPUT", {"status": "ARCHIVED"}),
    ("260", "Other Revenue", "OTHERINCOME", "OUTPUT", {}),
    ("270", "Interest Income", "OTHERINCOME", "INPUTTAXED", {}),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "INPUT", {}),
    ("325", "Direct Wages", "DIRECTCOSTS", "BASEXCLUDED", {}),
    ("330", "Subcontractors", "DIRECTCOSTS", "INPUT", {}),
    ("400", "Advertising", "OVERHEADS", "INPUT", {}),
    ("404", "Bank Fees", "OVERHEADS", "EXEMPTEXPENSES", {}),
    ("405", "Card Processing Fees", "OVERHEADS", "INPUT", {}),
    ("412", "Consulting & Accounting", "OVERHEADS", "INPUT", {}),
    ("416", "Depreciation", "DEPRECIATN", "BASEXCLUDED", {}),
    ("429", "General Expenses", "OVERHEADS", "INPUT", {}),
    ("433", "Insurance", "OVERHEADS", "INPUT", {}),
    ("445", "Light, Power, Heating", "OVERHEADS", "INPUT", {}),
    ("449", "Motor Vehicle Expenses", "OVERHEADS", "INPUT", {}),
    ("469", "Rent", "OVERHEADS", "INPUT", {}),
    ("477", "Wages and Salaries", "OVERHEADS", "BASEXCLUDED", {}),
    ("478", "Superannuation", "OVERHEADS", "BASEXCLUDED", {}),
    ("485", "Subscriptions", "OVERHEADS", "INPUT", {}),
    ("489", "Telephone & Internet", "OVERHEADS", "INPUT", {}),
    ("610", "Accounts Receivable", "CURRENT", "BASEXCLUDED", {"system_account": "DEBTORS"}),
    ("620", "Prepayments", "PREPAYMENT", "BASEXCLUDED", {}),
    ("630", "Inventory", "INVENTORY", "BASEXCLUDED", {}),
    (
        "640",
        "Card Takings in Transit",
        "CURRENT",
        "BASEXCLUDED",
        {"enable_payments": True, "description": "Takings between card and bank"},
    ),
    ("720", "Computer Equipment", "FIXED", "CAPEXINPUT", {}),
    ("764", "Motor Vehicles", "FIXED", "CAPEXINPUT", {}),
    ("800", "Accounts Payable", "CURRLIAB", "BASEXCLUDED", {"system_account": "CREDITORS"}),
    ("801", "Unpaid Expense Claims", "CURRLIAB", "BASEXCLUDED", {"system_account": "UNPAIDEXPCLM"}),
    ("820", "GST", "CURRLIAB", "BASEXCLUDED", {"system_account": "GST"}),
    ("825", "PAYG Withholdings Payable", "CURRLIAB", "BASEXCLUDED", {}),
    ("835", "Customer Deposits", "CURRLIAB", "BASEXCLUDED", {"enable_payments": True}),
    ("840", "Historical Adjustment", "CURRLIAB", "BASEXCLUDED", {"system_account": "HISTORICAL"}),
    ("860", "Rounding", "CURRLIAB", "BASEXCLUDED", {"system_account": "ROUNDING"}),
    (
        "877",
        "Tracking Transfers",
        "CURRLIAB",
        "BASEXCLUDED",
        {"system_account": "TRACKINGTRANSFERS"},
    ),
    ("880", "Owner A Drawings", "EQUITY", "BASEXCLUDED", {}),
    ("900", "Loan", "TERMLIAB", "BASEXCLUDED", {}),
    ("960", "Retained Earnings", "EQUITY", "BASEXCLUDED", {"system_account": "RETAINEDEARNINGS"}),
    ("970", "Owner A Share Capital", "EQUITY", "BASEXCLUDED", {}),
)

# Code, name, price, account, tax type.
ITEMS = (
    ("SERVICE", "Regular pool service", "95.00", "201", "OUTPUT"),
    ("CHLOR10", "Liquid chlorine 10 L", "24.50", "202", "OUTPUT"),
    ("SALT20", "Pool salt 20 kg", "13.90", "202", "OUTPUT"),
    ("PUMP-VS", "Variable speed pump", "1289.00", "203", "OUTPUT"),
)


def furnish(organisation: Organisation) -> None:
    """Give an organisation its chart, tax rates, items, branding themes and tracking."""
    created, space = organisation.created, UUID(organisation.id)
    add_settings(organisation, created, space)
    for code, name, price, account_code, tax_type in ITEMS:
        organisation.items.save(
            Item(
                id=str(uuid5(space, f"item {code}")),
                code=code,
                name=name,
                updated=created,
                description=name,
                unit_price=Decimal(price),
                account_code=account_code,
                tax_type=tax_type,
            )
        )
    for order, name in enumerate(("Standard", "Body corporate")):
        theme_id = str(uuid5(space, f"theme {name}"))
        organisation.branding_themes.append(BrandingTheme(theme_id, name, order, created))
    regions = tuple(
        TrackingOption(str(uuid5(space, f"region {name}")), name)
        for name in ("North", "South", "Bayside")
    )
    category_id = str(uuid5(space, "tracking Region"))
    organisation.tracking_categories.append(TrackingCategory(category_id, "Region", regions))


def add_settings(organisation: Organisation, created: datetime, space: UUID) -> None:
    for tax_type, name, percent, classes, report in TAX_RATES:
        rate = TaxRate(tax_type, name, Decimal(percent), classes, created, report)
        organisation.tax_rates.save(rate)
    for code, name, kind, tax_type, extra in ACCOUNTS:
        account_id = str(uuid5(space, f"account {name}"))
        values: dict[str, object] = {
            "id": account_id,
            "code": code,
            "name": name,
            "type": kind,
            "tax_type": tax_type,
            "updated": created,
        }
        organisation.accounts.save(Account(**{**values, **extra}))  # type: ignore[arg-type]
