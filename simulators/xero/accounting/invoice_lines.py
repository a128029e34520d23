"""The lines of an invoice: which are kept, what fills their gaps, which account and tax fit."""

from dataclasses import dataclass, replace
from decimal import Decimal

from simulators.xero.accounting import messages, totals
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_write import entries, text_of
from simulators.xero.accounting.invoice_model import Invoice, Line
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.settings_model import (
    Account,
    Item,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from simulators.xero.wire import Json, new_id, parse_decimal

# Greatest lengths and amounts as Xero's description of line items gives them.
LARGEST_LINE = Decimal("9999999999.99")
DESCRIPTION_LIMIT = 4000
TRACKING_LIMIT = 2
NO_TAX = "NONE"
ONE = Decimal(1)
# Prices have four decimals at most, whatever a line amount divides to.
PRICE_STEP = Decimal("0.0001")


@dataclass(frozen=True)
class LineRules:
    """What the document asks of its lines."""

    call: Call
    problems: Problems
    types: str
    is_sale: bool
    # Drafts may lack accounts and taxes; what is submitted or approved may not.
    complete: bool


def checked_lines(rules: LineRules, before: Invoice | None, sent: Json) -> tuple[Line, ...]:
    """Return the new set of lines: a line with an id is changed, one not sent is gone."""
    known = {line.id: line for line in before.lines} if before else {}
    lines = []
    for index, entry in entries(sent, "LineItems"):
        line_id = text_of(entry, "LineItemID").lower()
        if line_id and before and line_id not in known:
            rules.problems.add(messages.LINE_NOT_FOUND, "LineItems", index)
            continue
        base = known.get(line_id) or Line(id=new_id())
        own = replace(rules, problems=Problems())
        lines.append(checked_line(own, base, entry))
        carry_over(rules, own.problems, index)
    return tuple(lines)


def carry_over(rules: LineRules, found_there: Problems, index: int) -> None:
    """Say of the document what is wrong with a line, or of the line where the switch says so."""
    within = rules.call.switches.line_errors == "line"
    for _, message in found_there.found():
        rules.problems.add(message, *(("LineItems", index) if within else ()))
    for message in found_there.warnings:
        rules.problems.warn(message)


def checked_line(rules: LineRules, base: Line, sent: Json) -> Line:
    line = with_item(rules, replace(base, description=described(rules, base, sent)), sent)
    line = with_account_and_tax(rules, line, sent)
    line = with_quantities(rules, line, sent)
    check_stock(rules, line)
    line = replace(line, tracking=checked_tracking(rules, line, sent))
    return with_amounts(rules, line, sent)


def described(rules: LineRules, base: Line, sent: Json) -> str:
    description = sent.get("Description")
    text = base.description if description is None else str(description)
    if len(text) > DESCRIPTION_LIMIT:
        rules.problems.add(messages.too_long("Description", DESCRIPTION_LIMIT))
    return text


def with_item(rules: LineRules, line: Line, sent: Json) -> Line:
    """Fill gaps from the item named: description, price, account and tax."""
    code = text_of(sent, "ItemCode")
    if not code:
        return checked_description(rules, line)
    item: Item | None = rules.call.organisation.items.find("code", code.casefold())
    if item is None:
        rules.problems.add(messages.item_invalid(code))
        return line
    filled = replace(
        line,
        item_code=item.code,
        description=line.description or item.description or item.name,
        unit_amount=line.unit_amount if line.unit_amount is not None else item.unit_price,
        account_code=line.account_code or item.account_code,
        tax_type=line.tax_type or item.tax_type,
    )
    return checked_description(rules, filled)


def checked_description(rules: LineRules, line: Line) -> Line:
    if rules.complete and not line.description.strip():
        rules.problems.add(messages.LINE_NEEDS_DESCRIPTION)
    return line


def with_account_and_tax(rules: LineRules, line: Line, sent: Json) -> Line:
    account = named_account(rules, line, sent)
    tax_type = text_of(sent, "TaxType") or line.tax_type
    if account is None:
        line = replace(line, account_id="", account_code="")
    else:
        line = replace(line, account_id=account.id, account_code=account.code)
        # A tax type sent or stored wins over the default of the account.
        tax_type = tax_type or account.tax_type
    if rules.types == "NoTax":
        return replace(line, tax_type=NO_TAX)
    check_tax(rules, account, tax_type)
    return replace(line, tax_type=tax_type)


def named_account(rules: LineRules, line: Line, sent: Json) -> Account | None:
    """Return the account a line names, refusing one that this document cannot use."""
    accounts = rules.call.organisation.accounts
    account_id, code = text_of(sent, "AccountID"), text_of(sent, "AccountCode")
    if not account_id and not code:
        account_id, code = line.account_id, line.account_code
    if not account_id and not code:
        if rules.complete:
            rules.problems.add(messages.ACCOUNT_INVALID)
        return None
    account = accounts.get(account_id) if account_id else accounts.find("code", code.casefold())
    shown = account.code if account else code or account_id
    if account is None and not rules.complete:
        rules.problems.warn(messages.account_removed(shown))
    elif account is None or not account.takes_invoice_lines:
        rules.problems.add(messages.account_not_for_document(shown))
    elif account.status != "ACTIVE":
        rules.problems.add(messages.account_archived(shown))
    return account


def check_tax(rules: LineRules, account: Account | None, tax_type: str) -> None:
    if not tax_type:
        if rules.complete:
            rules.problems.add(messages.TAX_RATE_INVALID)
        return
    rate = tax_rate(rules.call, tax_type)
    if rate is None or rate.status != "ACTIVE":
        rules.problems.add(messages.TAX_RATE_INVALID)
    elif account is not None and account.account_class not in rate.applies_to:
        rules.problems.add(messages.tax_type_not_for_account(tax_type, account.code))


def tax_rate(call: Call, tax_type: str) -> TaxRate | None:
    return call.organisation.tax_rates.find("code", tax_type)


def with_quantities(rules: LineRules, line: Line, sent: Json) -> Line:
    quantity = parse_decimal(sent.get("Quantity"))
    unit = parse_decimal(sent.get("UnitAmount"))
    line = replace(
        line,
        quantity=quantity if quantity is not None else line.quantity,
        unit_amount=unit if unit is not None else line.unit_amount,
        discount_rate=changed_number(sent, "DiscountRate", line.discount_rate),
        discount_amount=changed_number(sent, "DiscountAmount", line.discount_amount),
    )
    if line.quantity is not None and line.quantity < 0:
        rules.problems.add(messages.quantity_negative(line.quantity))
    if (line.discount_rate or line.discount_amount) and not rules.is_sale:
        rules.problems.add(messages.DISCOUNT_ON_BILL)
    if line.discount_rate is not None and not 0 <= line.discount_rate <= 100:
        rules.problems.add(messages.DISCOUNT_INVALID)
    if line.unit_amount is not None and line.quantity is None:
        line = replace(line, quantity=ONE)
    if unit is not None:
        # Only a price sent now is rounded: a later call must not coarsen one that is stored.
        decimals, switches = rules.call.unit_decimals, rules.call.switches
        rounded = totals.unit_amount(unit, decimals=decimals, switches=switches)
        line = replace(line, unit_amount=rounded)
    return line


def check_stock(rules: LineRules, line: Line) -> None:
    """Refuse to sell more of a tracked item than there is, once the sale counts."""
    item = rules.call.organisation.items.find("code", line.item_code.casefold())
    is_tracked = rules.is_sale and rules.complete and item and item.on_hand is not None
    backorder = rules.call.flag("allowBackorders")
    if is_tracked and item and not backorder and (line.quantity or 0) > (item.on_hand or 0):
        rules.problems.add(messages.STOCK_INSUFFICIENT)


def changed_number(sent: Json, member: str, before: Decimal | None) -> Decimal | None:
    """Return a number sent; one that is sent as null is taken away."""
    return parse_decimal(sent[member]) if member in sent else before


def checked_tracking(rules: LineRules, line: Line, sent: Json) -> tuple[Json, ...]:
    if "Tracking" not in sent:
        return line.tracking
    chosen = [option for _, entry in entries(sent, "Tracking") if (option := found(rules, entry))]
    if len(entries(sent, "Tracking")) > TRACKING_LIMIT:
        rules.problems.add(messages.TOO_MUCH_TRACKING)
    return tuple(chosen)


def found(rules: LineRules, sent: Json) -> Json | None:
    """Return a tracking option as lines carry it; the ids decide where they are sent."""
    category = next(
        (
            one
            for one in rules.call.organisation.tracking_categories
            if one.status == "ACTIVE" and is_named(sent, one, "TrackingCategoryID", "Name")
        ),
        None,
    )
    if category is None:
        rules.problems.add(messages.TRACKING_UNKNOWN)
        return None
    for option in category.options:
        if option.status == "ACTIVE" and is_named(sent, option, "TrackingOptionID", "Option"):
            return {
                "Name": category.name,
                "Option": option.name,
                "TrackingCategoryID": category.id,
                "TrackingOptionID": option.id,
            }
    rules.problems.add(messages.TRACKING_OPTION_INVALID)
    return None


def is_named(
    sent: Json, one: TrackingCategory | TrackingOption, id_member: str, name_member: str
) -> bool:
    if named := text_of(sent, id_member):
        return named.lower() == one.id
    return text_of(sent, name_member) == one.name


def with_amounts(rules: LineRules, line: Line, sent: Json) -> Line:
    """Compute the line amount and its tax; amounts sent must agree or are an override."""
    switches = rules.call.switches
    sent_amount = parse_decimal(sent.get("LineAmount"))
    if line.unit_amount is None:
        amount = totals.cents(sent_amount or Decimal(0), switches)
        if sent_amount is not None:
            line = with_price_from(line, amount)
    else:
        amount = expected_amount(rules, line)
        if sent_amount is not None and totals.cents(sent_amount, switches) != amount:
            rules.problems.add(messages.line_amount_mismatch(sent_amount, amount))
    if abs(amount) > LARGEST_LINE:
        rules.problems.add(messages.LINE_AMOUNT_TOO_LARGE)
    return replace(line, line_amount=amount, tax_amount=tax_of(rules, line, amount, sent))


def with_price_from(line: Line, amount: Decimal) -> Line:
    """Fill quantity and price of a line that came with its amount only."""
    quantity = ONE if line.quantity is None else line.quantity
    price = amount / quantity if quantity else Decimal(0)
    return replace(line, quantity=quantity, unit_amount=price.quantize(PRICE_STEP))


def expected_amount(rules: LineRules, line: Line) -> Decimal:
    return totals.line_amount(
        ONE if line.quantity is None else line.quantity,
        line.unit_amount or Decimal(0),
        discount_rate=line.discount_rate,
        discount_amount=line.discount_amount,
        switches=rules.call.switches,
    )


def tax_of(rules: LineRules, line: Line, amount: Decimal, sent: Json) -> Decimal:
    switches = rules.call.switches
    # Xero takes a tax amount from the client as it is, and asks clients not to send any.
    override = parse_decimal(sent.get("TaxAmount"))
    if override is not None and rules.types != "NoTax":
        return totals.cents(override, switches)
    rate = tax_rate(rules.call, line.tax_type)
    percent = rate.rate if rate else Decimal(0)
    return totals.line_tax(amount, percent, types=rules.types, switches=switches)
