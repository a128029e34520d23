"""What must hold at rest: contacts by the rule, money to the cent, each payment once a side."""

from collections import Counter
from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from contacts import merging
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, InvoiceStatus, Payment
from xero_integration import outbox
from xero_integration.both_sides.fields import PAIRS, Values, beside, our_values, their_values
from xero_integration.health import problems
from xero_integration.models import Kind, Link, Question
from xero_integration.numbers import contact_number
from xero_integration.payments import money_questions
from xero_integration.tests.soak.payments import payments_there, remove_all
from xero_integration.tests.soak.world import World

GONE = {"VOIDED", "DELETED"}
# What a person is asked about when money or edits crossed; anything else is a fault.
ASKED = {
    *("has_payments", "wrong_status", "payment_too_large", "payment_not_approved"),
    *("payment_in_batch", "maybe_paid_twice", "contact_archived", "contact_not_linked"),
    *("contact_merged", "invoice_not_sent", "link_taken", "name_taken"),
}


def sides(world: World, link: Link) -> tuple[Values, Values]:
    contact = Contact.objects.get(pk=link.object_id)
    row = world.connection.xero_contacts.get(xero_id=link.xero_id)
    return our_values(contact), their_values(row)


def check_contacts(world: World) -> None:
    """Each pair of each linked contact is alike, blank on one side, or asked about."""
    asked = {
        question.contact_id: set(question.fields)
        for question in Question.objects.open().filter(matter="differs")
    }
    # Nothing of a contact moves while somebody has to say what its merge in Xero is to mean here.
    others = Question.objects.open().exclude(matter="differs")
    waiting = set(others.values_list("contact_id", flat=True))
    # Nor of one that Xero has refused.
    waiting |= set(problems.parked(world.connection).values_list("object_id", flat=True))
    for link in world.in_use():
        if link.object_id in waiting:
            continue
        ours, theirs = sides(world, link)
        for pair in PAIRS:
            both = beside(pair, ours, theirs)
            is_asked = bool({*pair.ours} & asked.get(link.object_id, set()))
            blank = not (any(both.ours) and any(both.theirs))
            assert both.is_alike or blank or is_asked, (pair.label, both)


def check_all(world: World) -> None:
    check_contacts(world)
    check_money(world, but=asked_about(world))


def asked_about(world: World) -> set[UUID]:
    """Return the invoices that a person has to decide about: on the problems page, or told."""
    parked = problems.parked(world.connection)
    odd = [(row.label, row.error_code, row.error_message) for row in parked]
    odd = [one for one in odd if one[1] not in ASKED]
    assert not odd, odd
    objects = set(parked.values_list("object_id", flat=True))
    of_payments = Payment.objects.filter(pk__in=objects).values_list("invoice_id", flat=True)
    asked = money_questions.open_ones(world.connection).values_list("invoice_id", flat=True)
    return objects | set(of_payments) | set(asked)


def check_money(world: World, *, but: Collection[UUID] = ()) -> None:
    """Total, status and payments of every invoice that Xero has are the same on both sides."""
    there = {one["InvoiceID"]: one for one in world.xero.invoices()}
    paid = payments_there(world)
    ids = {link.object_id: link.xero_id for link in world.links(Kind.PAYMENT)}
    for link in world.links(Kind.INVOICE):
        if link.object_id in but:
            continue
        invoice, other = Invoice.objects.get(pk=link.object_id), there[link.xero_id]
        assert invoice.number == other["InvoiceNumber"]
        if invoice.status == InvoiceStatus.VOID:
            assert other["Status"] in GONE, invoice
            continue
        state = "AUTHORISED" if invoice.amount_due > 0 else "PAID"
        here = (invoice.total, invoice.amount_paid, state)
        assert here == (_sum(other["Total"]), _sum(other["AmountPaid"]), other["Status"]), invoice
        ours = Counter((ids.get(p.pk), p.amount) for p in invoice.payments.standing())
        theirs = [one for one in paid if one["Invoice"]["InvoiceID"] == link.xero_id]
        assert ours == Counter((one["PaymentID"], _sum(one["Amount"])) for one in theirs), invoice


def _sum(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def mend_everything(world: World) -> None:
    """Do what a person does who starts anew: no money on either side, and all is tried again."""
    for link in world.links(Kind.INVOICE):
        if link.object_id in asked_about(world):
            remove_all(world, link.xero_id)
            for payment in Payment.objects.standing().filter(invoice_id=link.object_id):
                services.reverse_payment(payment, by=world.user)
    for question in Question.objects.filter(matter="merged", status="open").order_by("pk"):
        merge_in_use(world, question.other, question.contact)
    merge_what_is_one_there(world)
    for gone in [one for one in world.xero.contacts() if one["ContactStatus"] == "ARCHIVED"]:
        if not gone.get("MergedToContactID"):
            world.xero.act("restore_contact", contact=gone["ContactID"])
    world.come_to_rest()
    outbox.retry(problems.parked(world.connection), by=world.user)
    world.come_to_rest()


def merge_what_is_one_there(world: World) -> None:
    """Merge contacts here that Xero has as one: whose number its contact holds, into its owner."""
    owners = {link.xero_id: link.object_id for link in world.links()}
    numbers = {one.get("ContactNumber"): one for one in world.xero.contacts()}
    into = {one["ContactID"]: one.get("MergedToContactID") for one in world.xero.contacts()}
    for row in problems.parked(world.connection).filter(error_code="link_taken").order_by("pk"):
        there = numbers[contact_number(row.object_id)]["ContactID"]
        while into[there]:
            there = into[there]
        # Without an owner by now, it is enough that it is tried again.
        if there in owners:
            both = (owners[there], row.object_id)
            merge_in_use(world, *(Contact.objects.get(pk=pk) for pk in both))


def merge_in_use(world: World, primary: Contact, duplicate: Contact) -> None:
    """Merge two, or what they were merged into meanwhile; whoever is archived comes back first."""
    both = [primary, duplicate]
    for place, contact in enumerate(both):
        contact.refresh_from_db()
        while contact.merged_into is not None:
            contact = contact.merged_into
        if contact.is_archived:
            contact.restore()
        both[place] = contact
    if both[0] != both[1]:
        merging.merge(both[0], [both[1]], values=None, by=world.user)
