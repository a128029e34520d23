"""Xero's messages by pattern: which known cause each has, what it means and what mends it.

Data only. Sources of the messages: Xero's OpenAPI examples and vendors' help pages (facts on
Xero's errors); what matches nothing stays `unknown_message` and goes to a person as it is.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Opens(StrEnum):
    """Which record's own page mends it, beside the page of `action_url_name`."""

    NOTHING = ""
    EDIT = "edit"  # the form of the record itself
    CONTACT = "contact"  # the page of the invoice's contact


@dataclass(frozen=True)
class Explanation:
    """`action_url_name` is a name within /b/<slug>/, or empty where only Xero itself helps."""

    what: str
    meaning: str
    action_label: str = ""
    action_url_name: str = ""
    opens: Opens = Opens.NOTHING


@dataclass(frozen=True)
class Known:
    code: str
    pattern: re.Pattern[str]


def _known(code: str, pattern: str) -> Known:
    return Known(code, re.compile(pattern, re.IGNORECASE))


# The first that matches wins.
MESSAGES: tuple[Known, ...] = (
    _known("name_taken", r"contact name .* is already assigned to another contact"),
    _known("contact_number_taken", r"another contact has this contact number"),
    _known("account_number_taken", r"account number already exists"),
    _known("name_missing", r"contact name cannot be empty|must contain at least 1 of the follow"),
    _known("contact_archived", r"contact .* has been archived|must be un-archived"),
    _known("email_invalid", r"email address must be valid"),
    _known("account_archived", r"account code .* (has been archived|been deleted)"),
    _known("account_invalid", r"account code .* (is not a valid|has been removed)"),
    _known("account_invalid", r"account must be valid"),
    _known("tax_not_for_account", r"taxtype code .* cannot be used with account code"),
    _known("tax_invalid", r"tax rate must be valid"),
    _known("item_code_taken", r"price list item with code .* already exists"),
    _known("item_invalid", r"item code .* is not valid"),
    _known("item_stock", r"insufficient stock"),
    # No source has these words; whatever they are, they name what they are about.
    _known("theme_invalid", r"branding ?theme"),
    _known("tracking_invalid", r"tracking (details|category|option)"),
    _known("period_locked", r"(period|end of year) lock date"),
    _known("number_taken", r"invoice # must be unique"),
    _known("payment_too_large", r"payment amount exceeds the amount outstanding"),
    _known("payment_not_approved", r"payments can only be made against authorised"),
    _known("payment_in_batch", r"payments within a batch cannot be deleted"),
    _known("payment_reconciled", r"reconciled payment"),
    _known("payment_gone", r"payment (is|has been) already deleted|payment is already deleted"),
    _known("has_payments", r"cannot be edited as it has a payment|has payments or credit notes"),
    _known("wrong_status", r"not of valid status for (modification|creation)"),
    _known("plan_limit", r"reached the limit of invoices"),
    _known("currency", r"not subscribed to currency"),
    _known("key_reused", r"is used with a different request"),
    _known("not_found", r"was not found for this endpoint"),
    _known("offline", r"organisation is offline|offline for maintenance|temporarily unavailable"),
)


def code_of(message: str) -> str:
    """Return the code of the known cause of `message`, or `unknown_message`."""
    return next((one.code for one in MESSAGES if one.pattern.search(message)), "unknown_message")


_ACCOUNTS = ("Open the account mapping", "xero:accounts")
_CARDS = ("Open the card accounts", "xero:card_accounts")
_ITEMS = ("Open the products in Xero", "xero:items")
_LOG = ("Open the sync log", "xero:log")
_XERO = ("Open the Xero page", "xero:home")
_ASKED = ("Decide", "xero:questions")
_ASKED_INVOICES = ("Decide", "xero:invoice_questions")
_COMPARE = ("Open the reconciliation", "xero:reconciliation")

EXPLANATIONS: dict[str, Explanation] = {
    # --- refused by Xero -------------------------------------------------------------------
    "name_taken": Explanation(
        "Another contact in Xero has this name.",
        "Xero allows a name once among its active contacts. Accept the proposed name, change it, "
        "or link this contact to the one in Xero.",
        *_LOG,
    ),
    "contact_number_taken": Explanation(
        "Another contact in Xero carries this contact's code.",
        "It was probably merged in Xero. Link this contact to the one that Xero kept.",
        *_LOG,
    ),
    "account_number_taken": Explanation(
        "Another contact in Xero has this account number.",
        "Xero allows an account number once. Change or clear it here, or change it in Xero.",
        opens=Opens.EDIT,
    ),
    "name_missing": Explanation(
        "The contact has no name.",
        "Xero needs a name. Give the contact one and it goes by itself.",
        opens=Opens.EDIT,
    ),
    "name_characters": Explanation(
        "The name holds < or >.",
        "Xero refuses these two characters. Change the name.",
        opens=Opens.EDIT,
    ),
    "email_invalid": Explanation(
        "Xero does not accept the e-mail address.",
        "It must be a plain address without accented letters. Correct or clear it.",
        opens=Opens.EDIT,
    ),
    "too_long": Explanation(
        "A field is longer than Xero allows.",
        "Shorten the field that is named.",
        opens=Opens.EDIT,
    ),
    "contact_archived": Explanation(
        "The contact is archived in Xero.",
        "Xero takes no invoices for archived contacts. Open the contact and restore it in Xero: "
        "what waits then goes by itself.",
        *_LOG,
        opens=Opens.CONTACT,
    ),
    "contact_merged": Explanation(
        "The contact was merged into another one in Xero.",
        "Both are still apart here, and each is linked. Merge the two here as well, then retry.",
        *_ASKED,
    ),
    "account_archived": Explanation(
        "An account was archived or deleted in Xero.",
        "Choose another account in the account mapping; waiting invoices then go by themselves.",
        *_ACCOUNTS,
    ),
    "account_invalid": Explanation(
        "Xero does not accept an account for sales.",
        "It was changed in Xero, or it is of a kind that takes no sales. Choose another account.",
        *_ACCOUNTS,
    ),
    "tax_not_for_account": Explanation(
        "The tax rate does not fit the account.",
        "Xero does not allow this tax rate on this account. Change one of the two in the mapping.",
        *_ACCOUNTS,
    ),
    "tax_invalid": Explanation(
        "Xero does not accept the tax rate.",
        "It was changed or removed in Xero. Choose another one in the mapping.",
        *_ACCOUNTS,
    ),
    "theme_invalid": Explanation(
        "Xero does not accept the branding theme.",
        "It was probably deleted there. Press Refresh from Xero in the account mapping and choose "
        "another theme; waiting invoices then go by themselves.",
        *_ACCOUNTS,
    ),
    "tracking_invalid": Explanation(
        "Xero does not accept a tracking option.",
        "It was probably archived there. Press Refresh from Xero in the account mapping and choose "
        "another option; waiting invoices then go by themselves.",
        *_ACCOUNTS,
    ),
    "item_invalid": Explanation(
        "Xero does not accept the code of an item.",
        "The item was probably deleted there. Press Refresh from Xero, then link the product to "
        "another item or unlink it; waiting invoices then go by themselves.",
        *_ITEMS,
    ),
    "item_stock": Explanation(
        "Xero has too little of an item in stock.",
        "Xero counts the stock of this item and sells no more than there is. Correct the stock in "
        "Xero and retry, or unlink the product: its lines then go without the item's code.",
        *_ITEMS,
    ),
    "item_code_taken": Explanation(
        "Xero's price list has another item with this code.",
        "Link the product to that item, or give it another code here and send it again.",
        *_ITEMS,
    ),
    "period_locked": Explanation(
        "The invoice's date lies in a locked period.",
        "Your accountant closed that period in Xero. Change the invoice's date, or ask for the "
        "lock date to be moved; then retry.",
        *_LOG,
        opens=Opens.EDIT,
    ),
    "number_taken": Explanation(
        "Another invoice in Xero has this number.",
        "The two invoices are not the same. Change the other one's number in Xero, or set a "
        "prefix of your own for new invoices; then retry.",
        *_LOG,
    ),
    "payment_too_large": Explanation(
        "In Xero less is left to pay than this payment.",
        "Somebody entered money there as well, or the invoice's total differs. Compare the two in "
        "the reconciliation; reverse the payment here if Xero has it already.",
        *_COMPARE,
    ),
    "payment_not_approved": Explanation(
        "The invoice takes no payments in Xero yet.",
        "Xero takes money for approved invoices only. Approve it in Xero, and the payment goes by "
        "itself; if it is paid or void there already, reverse the payment here.",
        *_LOG,
    ),
    "credit_note_number_taken": Explanation(
        "Another credit note in Xero has this number.",
        "The two are not the same. Change the other one's number in Xero, then retry.",
        *_LOG,
    ),
    "attachments_not_allowed": Explanation(
        "Xero has not been asked for permission to attach files.",
        "Reconnect once and accept it; waiting PDFs then go by themselves. Or take the tick off "
        "“Attach our PDF” again.",
        "Open the invoice settings",
        "xero:invoice_settings",
    ),
    "bank_not_allowed": Explanation(
        "Xero has not been asked for permission to enter bank transactions.",
        "Card fees and payouts are entered by it. Reconnect once and accept it; what waits then "
        "goes by itself.",
        *_CARDS,
    ),
    "movement_account_not_mapped": Explanation(
        "No Xero account is chosen for this kind of card money.",
        "Choose one among the card accounts; what waits then goes by itself.",
        *_CARDS,
    ),
    "movement_account_unusable": Explanation(
        "The account chosen for this kind of card money cannot be used in Xero.",
        "It was archived or changed there, or is of a type that does not take it. Choose another "
        "one; what waits then goes by itself.",
        *_CARDS,
    ),
    "movement_comes_in": Explanation(
        "Money came in on an account that is no bank account in Xero.",
        "Enter it in Xero by hand and leave it out here, or choose a bank account for cards paid "
        "online; what waits then goes by itself.",
        *_CARDS,
    ),
    "movement_contact_unusable": Explanation(
        "The contact chosen for card money cannot be used in Xero.",
        "It was archived or is no longer there. Choose another one; what waits then goes by "
        "itself.",
        *_CARDS,
    ),
    "movement_tax_not_mapped": Explanation(
        "The fee contains tax, and no usable Xero tax rate is chosen for it.",
        "Choose the rate among the card accounts; what waits then goes by itself.",
        *_CARDS,
    ),
    "payment_in_batch": Explanation(
        "The payment is part of a batch in Xero.",
        "Xero takes back whole batches only: do so in Xero, then retry.",
        *_LOG,
    ),
    "payment_reconciled": Explanation(
        "The payment is reconciled with a bank statement in Xero.",
        "Unreconcile it in Xero first, then retry.",
        *_LOG,
    ),
    "payment_gone": Explanation(
        "The payment is not in Xero any more.", "It was taken back there. There is nothing to do."
    ),
    "payment_account_not_mapped": Explanation(
        "No Xero account is chosen for this payment method.",
        "Choose one in the account mapping; waiting payments then go by themselves.",
        *_ACCOUNTS,
    ),
    "payment_account_unusable": Explanation(
        "The account chosen for this payment method takes no payments in Xero.",
        "It was archived or changed there. Choose another one; waiting payments then go by "
        "themselves.",
        *_ACCOUNTS,
    ),
    "invoice_not_sent": Explanation(
        "The invoice of this payment is not in Xero.",
        "It waits for you itself: mend that, and the payment follows.",
        *_LOG,
    ),
    "maybe_paid_twice": Explanation(
        "Xero has a payment of the same amount.",
        "It may be the same money, entered on both sides, or two payments. Both are shown under "
        "“Needs you” and on the invoice, with a button for each.",
        *_LOG,
    ),
    "paid_twice": Explanation(
        "More was paid in Xero than is left to pay here.",
        "It may be the same money, entered on both sides, or the customer has paid too much. Both "
        "payments are shown under “Needs you” and on the invoice, with a button for each.",
        "See both payments",
        "xero:queue",
    ),
    "has_payments": Explanation(
        "The invoice has payments in Xero.",
        "Xero changes no amounts once money is applied. Remove the payment in Xero, then retry; "
        "the reconciliation shows both sides.",
        *_COMPARE,
    ),
    "wrong_status": Explanation(
        "The invoice's status in Xero does not allow this change.",
        "It was probably voided, deleted or paid in Xero. The reconciliation shows both sides: "
        "void it here as well, or copy it to a new invoice.",
        *_COMPARE,
    ),
    "plan_limit": Explanation(
        "The organisation's Xero plan allows no more invoices this month.",
        "Upgrade the Xero plan or wait for next month, then retry.",
        *_LOG,
    ),
    "currency": Explanation(
        "The organisation does not use this currency.",
        "Its Xero plan has no multi-currency. The invoice must be in its base currency.",
    ),
    "total_differs": Explanation(
        "Xero comes to another total.",
        "The invoice is in Xero, but its total there is not ours. Compare both figures, correct "
        "the invoice here or there, then retry. Under Link accounts you can allow rounding lines, "
        "which mend a difference of up to five cents by themselves.",
        *_LOG,
        opens=Opens.EDIT,
    ),
    "link_taken": Explanation(
        "The record in Xero is already linked to another one here.",
        "Two records here cannot be one in Xero. Merge them here, or unlink the other one.",
        *_LOG,
    ),
    "second_made": Explanation(
        "Xero created a second record.",
        "It was linked or merged here at the same moment. Your link stands. Archive or void the "
        "second one in Xero if you do not need it.",
        *_LOG,
    ),
    "not_found": Explanation(
        "Xero no longer has this record.",
        "It may belong to another organisation, or was removed. Link it again.",
        *_LOG,
    ),
    "unknown_message": Explanation(
        "Xero refused this record.", "Xero's own words say why. Correct it, then retry.", *_LOG
    ),
    # --- not ready to send ------------------------------------------------------------------
    "contact_not_linked": Explanation(
        "The invoice's contact is not in Xero.",
        "Open the contact to link it or to send it to Xero, or leave the invoice out.",
        *_LOG,
        opens=Opens.CONTACT,
    ),
    "contact_undecided": Explanation(
        "Nobody has yet chosen what to do with this contact.",
        "Choose in the link step: link, create in Xero, or leave out.",
        "Open the link step",
        "xero:link",
    ),
    "account_not_mapped": Explanation(
        "No Xero account is chosen for some lines.",
        "Choose accounts in the mapping; waiting invoices then go by themselves.",
        *_ACCOUNTS,
    ),
    "account_unusable": Explanation(
        "A chosen account can no longer be used.",
        "It was archived or changed in Xero. Choose another one; the invoice then goes by itself.",
        *_ACCOUNTS,
    ),
    "tax_not_mapped": Explanation(
        "No Xero tax rate is chosen for a tax rate here.",
        "Choose it in the mapping; waiting invoices then go by themselves.",
        *_ACCOUNTS,
    ),
    "tax_unusable": Explanation(
        "A chosen tax rate can no longer be used.",
        "It was changed in Xero. Choose another one; the invoice then goes by itself.",
        *_ACCOUNTS,
    ),
    "theme_unusable": Explanation(
        "The branding theme chosen for invoices is gone.",
        "It was deleted in Xero. Choose another one, or the organisation's own; waiting invoices "
        "then go by themselves.",
        *_ACCOUNTS,
    ),
    "tracking_unusable": Explanation(
        "A chosen tracking option can no longer be used.",
        "It was archived in Xero. Choose another one or none; waiting invoices then go by "
        "themselves.",
        *_ACCOUNTS,
    ),
    "item_unusable": Explanation(
        "The item that a product is linked to can no longer be used.",
        "It was deleted in Xero, or is not sold any more. Link the product to another item or "
        "unlink it; waiting invoices then go by themselves.",
        *_ITEMS,
    ),
    "currency_differs": Explanation(
        "This is not in the organisation's currency.",
        "Only invoices and card money in the base currency of the Xero organisation are sent.",
    ),
    # --- asked of a person -------------------------------------------------------------------
    "both_changed": Explanation(
        "A field of this contact was changed here and in Xero, differently.",
        "Each side keeps its own value until somebody has chosen which one stays.",
        *_ASKED,
    ),
    "changed_in_xero": Explanation(
        "This invoice was changed in Xero after it was sent.",
        "Neither side is overwritten until somebody has seen both and chosen.",
        *_ASKED_INVOICES,
    ),
    "gone_in_xero": Explanation(
        "This invoice was voided or deleted in Xero, and stands here.",
        "It has payments here, or was changed here since: see both sides and choose.",
        *_ASKED_INVOICES,
    ),
    # --- not about one record ---------------------------------------------------------------
    "no_answer": Explanation(
        "Xero did not answer.", "It is asked again by itself; nothing is sent twice."
    ),
    "not_reached": Explanation("Xero could not be reached.", "It is tried again by itself."),
    "server_error": Explanation(
        "Xero had a fault of its own.", "It is asked again by itself; nothing is sent twice."
    ),
    "offline": Explanation("Xero is offline.", "It is tried again by itself until it is back."),
    "limit_minute": Explanation("Xero's limit for a minute is reached.", "Goes on in a minute."),
    "limit_day": Explanation(
        "Xero's limit for the day is reached.", "Goes on by itself when the day is over."
    ),
    "limit_day_share": Explanation(
        "Nearly all of today's calls to Xero are used up.",
        "The rest is kept for what you do yourselves; this goes on when Xero's day is over.",
    ),
    "limit_app": Explanation(
        "Xero's limit for all of Pooltrackr is reached.", "Goes on within a minute."
    ),
    "limit_concurrent": Explanation("Too many calls at once.", "Goes on in a moment."),
    "disconnected": Explanation(
        "The connection to Xero was ended.",
        "Somebody disconnected this app in Xero, or its access ran out. Nothing is lost: "
        "everything that waits goes once you reconnect.",
        *_XERO,
    ),
    "scope_missing": Explanation(
        "Xero does not allow this with the permissions given.",
        "Reconnect and accept all permissions.",
        *_XERO,
    ),
    "no_key_fits": Explanation(
        "The stored access to Xero cannot be opened.",
        "The operator has to put the installation's encryption keys back. Nothing is lost: what "
        "waits then goes by itself.",
    ),
    "client_refused": Explanation(
        "Xero does not know this installation.",
        "Its client id or secret is wrong. The operator has to correct the settings.",
    ),
    "key_reused": Explanation(
        "Xero has seen this request in another form.", "It is looked up, then sent anew."
    ),
    "key_died": Explanation(
        "Xero may have forgotten this request by now.", "It is looked up first, then sent anew."
    ),
    "bad_answer": Explanation(
        "Xero's answer could not be read.", "It is asked again by itself; nothing is sent twice."
    ),
    "unknown": Explanation(
        "Something unexpected happened.",
        "It was not tried again, to be safe. Retry; if it happens again, write to support.",
        *_LOG,
    ),
}


def explain(error_code: str) -> Explanation:
    """Return what `error_code` means and what mends it."""
    return EXPLANATIONS.get(error_code, EXPLANATIONS["unknown"])
