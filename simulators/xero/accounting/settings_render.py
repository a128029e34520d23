"""Organisation, accounts, tax rates and their like in the API's JSON."""

from decimal import Decimal

from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.settings_model import (
    Account,
    BrandingTheme,
    Item,
    TaxRate,
    TrackingCategory,
)
from simulators.xero.wire import Json, ms_date, ms_day, number

TAXABLE_CLASSES = {
    "CanApplyToAssets": "ASSET",
    "CanApplyToEquity": "EQUITY",
    "CanApplyToExpenses": "EXPENSE",
    "CanApplyToLiabilities": "LIABILITY",
    "CanApplyToRevenue": "REVENUE",
}
ACTIONS = (
    "AddAttachments",
    "ApproveTransactionsBeforePeriodLockDate",
    "CreateApprovedBill",
    "CreateApprovedInvoice",
    "CreateDraftBill",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "CreateTrackingCategories",
    "UseFixedAssets",
    "UseMulticurrency",
    "UsePurchaseOrders",
    "UseTrackingCategories",
)


def render_organisation(organisation: Organisation) -> Json:
    rendered: Json = {
        "OrganisationID": organisation.id,
        "Name": organisation.name,
        "LegalName": organisation.legal_name,
        "PaysTax": True,
        "Version": organisation.country_code,
        "OrganisationType": "COMPANY",
        "BaseCurrency": organisation.base_currency,
        "CountryCode": organisation.country_code,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "TaxNumber": organisation.tax_number,
        "FinancialYearEndDay": 30,
        "FinancialYearEndMonth": 6,
        "SalesTaxBasis": "ACCRUALS",
        "SalesTaxPeriod": "QUARTERLY1",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Inclusive",
        "CreatedDateUTC": ms_date(organisation.created),
        "OrganisationEntityType": "COMPANY",
        "Timezone": organisation.timezone,
        "ShortCode": organisation.short_code,
        "Class": "STANDARD",
        "Edition": "BUSINESS",
        "LineOfBusiness": "Swimming pool maintenance",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
    if organisation.period_lock_date:
        rendered["PeriodLockDate"] = ms_day(organisation.period_lock_date)
    if organisation.end_of_year_lock_date:
        rendered["EndOfYearLockDate"] = ms_day(organisation.end_of_year_lock_date)
    return rendered


def render_actions(organisation: Organisation) -> list[Json]:
    return [
        {"Name": name, "Status": "ALLOWED" if organisation.allows(name) else "NOT-ALLOWED"}
        for name in ACTIONS
    ]


def render_account(account: Account) -> Json:
    rendered: Json = {
        "AccountID": account.id,
        "Name": account.name,
        "Status": account.status,
        "Type": account.type,
        "TaxType": account.tax_type,
        "Class": account.account_class,
        "EnablePaymentsToAccount": account.enable_payments,
        "ShowInExpenseClaims": False,
        "ReportingCode": f"{account.account_class[:3]}",
        "ReportingCodeName": account.account_class.title(),
        "HasAttachments": False,
        "UpdatedDateUTC": ms_date(account.updated),
        "AddToWatchlist": False,
    }
    if account.type == "BANK":
        rendered["BankAccountNumber"] = account.bank_account_number
        rendered["BankAccountType"] = "BANK"
        rendered["CurrencyCode"] = "AUD"
    for member, text in (
        ("Code", account.code),
        ("Description", account.description),
        ("SystemAccount", account.system_account),
    ):
        if text:
            rendered[member] = text
    return rendered


def render_tax_rate(rate: TaxRate) -> Json:
    percent = number(rate.rate)
    rendered: Json = {
        "Name": rate.name,
        "TaxType": rate.id,
        "Status": rate.status,
        "DisplayTaxRate": percent,
        "EffectiveRate": percent,
        "TaxComponents": [
            {"Name": "GST", "Rate": percent, "IsCompound": False, "IsNonRecoverable": False}
        ],
    }
    if rate.report_tax_type:
        rendered["ReportTaxType"] = rate.report_tax_type
    for member, account_class in TAXABLE_CLASSES.items():
        rendered[member] = account_class in rate.applies_to
    return rendered


def render_item(item: Item) -> Json:
    rendered: Json = {
        "ItemID": item.id,
        "Code": item.code,
        "Name": item.name,
        "IsSold": item.is_sold,
        "IsPurchased": item.is_purchased,
        "IsTrackedAsInventory": item.on_hand is not None,
        "UpdatedDateUTC": ms_date(item.updated),
    }
    if item.description:
        rendered["Description"] = item.description
    if item.on_hand is not None:
        rendered["QuantityOnHand"] = number(item.on_hand)
    if item.purchase_description:
        rendered["PurchaseDescription"] = item.purchase_description
    sales = item.unit_price, item.account_code, item.tax_type
    purchases = item.purchase_price, item.purchase_account_code, item.purchase_tax_type
    rendered["SalesDetails"] = render_details(*sales)
    rendered["PurchaseDetails"] = render_details(*purchases)
    return rendered


def render_details(price: Decimal | None, account_code: str, tax_type: str) -> Json:
    details: Json = {}
    if price is not None:
        details["UnitPrice"] = number(price)
    if account_code:
        details["AccountCode"] = account_code
    if tax_type:
        details["TaxType"] = tax_type
    return details


def render_branding_theme(theme: BrandingTheme) -> Json:
    return {
        "BrandingThemeID": theme.id,
        "Name": theme.name,
        "SortOrder": theme.sort_order,
        "CreatedDateUTC": ms_date(theme.created),
    }


def render_tracking_category(category: TrackingCategory, *, archived: bool) -> Json:
    return {
        "TrackingCategoryID": category.id,
        "Name": category.name,
        "Status": category.status,
        "Options": [
            {"TrackingOptionID": option.id, "Name": option.name, "Status": option.status}
            for option in category.options
            if archived or option.status == "ACTIVE"
        ],
    }
