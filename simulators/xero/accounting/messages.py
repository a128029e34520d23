"""Every sentence by which the API refuses something, in one place.

The first group is word for word as Xero's own specification or vendors' help pages give it. For
the second group no source gives the words, only the rule: there a client must not recognise the
text, and shows it as it is.
"""

from datetime import date
from decimal import Decimal

# --- As Xero words them ---

CONTACT_NEEDS_IDENTITY = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
CONTACT_NAME_EMPTY = "Contact Name cannot be empty."
CONTACT_NUMBER_TAKEN = (
    "Another contact has this contact number. Please enter a different contact number."
)
ACCOUNT_NUMBER_TAKEN = "The Account Number already exists. Please enter a different Account Number."
EMAIL_INVALID = "Email address must be valid."
CONTACT_ARCHIVED = (
    "The contact with the specified contact details has been archived. The contact must be "
    "un-archived before creating new invoices or credit notes."
)
ACCOUNT_INVALID = "Account must be valid."
TAX_RATE_INVALID = "Tax rate must be valid."
INVOICE_NUMBER_TAKEN = "Invoice # must be unique."
STATUS_BARS_CHANGE = "Invoice not of valid status for modification"
STATUS_BARS_CREATION = "Invoice not of valid status for creation"
DOCUMENT_HAS_MONEY = (
    "This document cannot be edited as it has a payment or credit note allocated to it."
)
VOID_WITH_MONEY = (
    "The status VOIDED cannot be applied to the invoice because it has payments or credit notes "
    "allocated to it."
)
PLAN_LIMIT = "You have reached the limit of invoices you can approve"
GROUP_NAME_TAKEN = "Please enter a unique Name."
TOO_MANY_GROUPS = "You've reached the limit of 100 contact groups."
PAYMENT_TOO_LARGE = "Payment amount exceeds the amount outstanding on this document"
# ezo.io/ezrentout/faqs/unable-to-sync-with-xero and other vendors; on a paid document beside the
# one above.
PAYMENT_NOT_FOR_STATUS = "Payments can only be made against Authorised documents"
# help.bookeo.com, "Error message".
PAYMENT_IN_BATCH = "Payments within a batch cannot be deleted."
# Xero's changelog of August 2026, on allowBackorders.
STOCK_INSUFFICIENT = "Insufficient stock. Items are eligible for backorder."
# github.com/XeroAPI/xero-php-oauth2, issue 268; told of a purchase order.
TRACKING_UNKNOWN = (
    "Unknown tracking details. A Tracking Category did not match a known Active TrackingCategory"
)
NOT_FOUND = "The document with the supplied id was not found for this endpoint."


def contact_name_taken(name: str) -> str:
    return (
        f"The contact name {name} is already assigned to another contact. The contact name must "
        "be unique across all active contacts."
    )


def account_not_for_document(code: str) -> str:
    return f"Account code '{code}' is not a valid code for this document."


def account_archived(code: str) -> str:
    return (
        f"Account code '{code}' has been archived, or has been deleted. Each line item must "
        "reference a valid account."
    )


def account_removed(code: str) -> str:
    return f"Account code '{code}' has been removed as it does not match a recognised account."


def tax_type_not_for_account(tax_type: str, code: str) -> str:
    return f"The TaxType code '{tax_type}' cannot be used with account code '{code}'."


def quantity_negative(quantity: Decimal) -> str:
    return f"The quantity value '{quantity:.4f}' is invalid. Quantity must not be less than zero."


def period_locked(lock: date) -> str:
    return (
        "The document date cannot be before the period lock date, currently set at "
        f"{day_in_words(lock)}"
    )


def year_locked(lock: date) -> str:
    return (
        "The document date cannot be before the end of year lock date, currently set at "
        f"{day_in_words(lock)}"
    )


def currency_not_subscribed(currency: str) -> str:
    return f"Organisation is not subscribed to currency {currency}"


def item_code_taken(code: str) -> str:
    return f"Price List Item with Code '{code}' already exists"


def item_invalid(code: str) -> str:
    """Word a deleted or unknown item (magento2-support.fooman.co.nz, article 1706)."""
    return f"Item code '{code}' is not valid"


# --- Known as rules only; the words are the simulator's ---

CONTACT_NOT_FOUND = "The ContactID does not match a contact of this organisation."
CONTACT_EXISTS = "A contact with this ContactID already exists; PUT only creates."
NAME_HAS_BRACKETS = "The contact name must not contain the characters < or >."
NAME_HAS_SPACES = "The contact name must not start or end with a space or hold two in a row."
NEW_CONTACT_NOT_ACTIVE = "A new contact must be ACTIVE."
CONTACT_STATUS_INVALID = "The ContactStatus must be ACTIVE or ARCHIVED."
COUNTRY_NOT_LETTERS = "The country must hold letters only."
ADDRESS_TYPE_INVALID = "The AddressType must be POBOX or STREET."
PHONE_TYPE_INVALID = "The PhoneType must be DEFAULT, DDI, MOBILE or FAX."
TOO_MANY_PERSONS = "A contact can have at most 5 contact persons."
PAYMENT_TERMS_INVALID = "The payment terms are not valid."
INVOICE_NEEDS_CONTACT = "An invoice must have a contact."
INVOICE_NEEDS_LINES = "One or more line items must be specified."
INVOICE_NEEDS_DUE_DATE = "A due date is needed to approve or submit this invoice."
INVOICE_EXISTS = "A document with this id already exists; PUT only creates."
INVOICE_NOT_FOUND = "The id does not match a document of this organisation."
CREDIT_NOTE_NUMBER_TAKEN = "The credit note number must be unique."
BANK_ACCOUNT_INVALID = "The account must be an active one of the type BANK."
TRANSFER_NEEDS_TWO = "A transfer needs two different bank accounts."
TRANSFER_ONLY_DELETED = "A transfer cannot be changed, only set once to the Status DELETED."
DETAILS_EMPTY = "A history record needs Details."
FILE_NAME_INVALID = "The file name holds a character that is not allowed."
FILE_EMPTY = "The attachment is empty."
TOO_MANY_FILES = "A document can have at most 10 attachments."
NO_ONLINE_INVOICE = "Only a sales invoice that is no draft has an online invoice."
NOT_TO_BE_SENT = "Only a submitted, approved or paid sales invoice can be sent."
ALLOCATION_TOO_LARGE = "The allocation exceeds the credit left or the amount due."
ALLOCATION_NEEDS_INVOICE = "An allocation must name a sales invoice of this organisation."
ALLOCATION_NOT_FOR_STATUS = "Only approved credit can be allocated, to approved invoices."
ALLOCATION_OTHER_CONTACT = "Credit can be allocated to invoices of the same contact only."
INVOICE_STATUS_INVALID = "The invoice status is not valid."
LINE_NEEDS_DESCRIPTION = "A description is needed on every line."
LINE_AMOUNT_TOO_LARGE = "The line amount exceeds 9,999,999,999.99."
LINE_AMOUNT_TYPES_INVALID = "LineAmountTypes must be Exclusive, Inclusive or NoTax."
LINE_NOT_FOUND = "The LineItemID does not match a line of this invoice."
DISCOUNT_ON_BILL = "A discount can be given on sales invoices only."
DISCOUNT_INVALID = "The discount rate must be between 0 and 100."
TOTAL_NEGATIVE = "The total of the document must not be less than zero."
DATE_INVALID = "The date is not valid."
URL_INVALID = "The Url must be an absolute address."
URL_NAMES_XERO = "The Url must not contain the word xero."
BRANDING_THEME_INVALID = "The BrandingThemeID does not match a branding theme."
TOO_MUCH_TRACKING = "A line can have at most 2 tracking categories."
TRACKING_OPTION_INVALID = "The tracking option does not exist or is archived."
ITEM_NEEDS_CODE = "An item must have a Code."
PAYMENT_NEEDS_DOCUMENT = "The payment must name a document of this organisation."
PAYMENT_ACCOUNT_MISSING = "The payment must name an active account of this organisation."
PAYMENT_ACCOUNT_INVALID = "The account must be a bank account or be enabled for payments."
PAYMENT_ONLY_DELETED = "A payment cannot be changed, only set to the Status DELETED."
ACTION_FORBIDDEN = "The connected user has no permission for"
PAYMENT_RECONCILED = "A reconciled payment cannot be deleted."
BATCH_NEEDS_PAYMENTS = "A batch payment needs at least one payment."
BATCH_OF_ONE_KIND = "A batch pays either invoices or bills."
BATCH_ONLY_DELETED = "A batch payment cannot be changed, only set to the Status DELETED."
PAYMENT_GONE = "The payment is already deleted."
AMOUNT_INVALID = "The Amount must be more than zero and have at most two decimals."
TYPE_CANNOT_CHANGE = "The Type of an invoice cannot be changed."


def type_invalid(types: tuple[str, ...]) -> str:
    return f"The Type must be {' or '.join(types)}."


def too_long(member: str, limit: int) -> str:
    return f"{member} must not be longer than {limit} characters."


def line_amount_mismatch(sent: object, expected: object) -> str:
    return f"The line total {sent} does not match the expected line total {expected}"


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
