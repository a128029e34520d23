"""Questions to a person about invoices that changed in Xero: opened, kept true, answered here.

As `questions` does for contacts: one stands or falls with what it is about, and an answer stands
for as long as neither side changes. Doing so twice changes nothing.
"""

from django.utils import timezone

from businesses.models import User
from invoices.models import Invoice
from xero_integration.both_sides.invoice_sides import Sides
from xero_integration.both_sides.questions import ANSWER_LIMIT, STANDING
from xero_integration.models import (
    Connection,
    InvoiceMatter,
    InvoiceQuestion,
    Link,
    QuestionStatus,
)
from xero_integration.models.invoice_question import InvoiceQuestionQuerySet

CODES = {InvoiceMatter.CHANGED: "changed_in_xero", InvoiceMatter.GONE: "gone_in_xero"}


def open_ones(connection: Connection) -> InvoiceQuestionQuerySet:
    """Those that wait for a person."""
    return InvoiceQuestion.objects.open().filter(connection=connection)


def of(connection: Connection, invoice: Invoice) -> list[InvoiceQuestion]:
    return list(open_ones(connection).filter(invoice=invoice).order_by("pk"))


def ask(sides: Sides, matter: InvoiceMatter) -> bool:
    """Ask which side stands, if nobody has answered that of these two states; say if it is new."""
    standing = _standing(sides.link).filter(matter=matter)
    seen = {"ours": sides.our_digest, "theirs": sides.their_digest}
    if standing.filter(**seen).exists():
        return False
    if standing.filter(status=QuestionStatus.OPEN).update(**seen, updated_at=timezone.now()):
        return False
    standing.update(status=QuestionStatus.OVER, updated_at=timezone.now())
    InvoiceQuestion.objects.create(
        business_id=sides.link.business_id,
        connection_id=sides.link.connection_id,
        invoice=sides.invoice,
        xero_id=sides.link.xero_id,
        matter=matter,
        **seen,
    )
    return True


def over(sides: Sides, matter: InvoiceMatter) -> None:
    _end(_standing(sides.link).filter(matter=matter))


def all_over(sides: Sides) -> None:
    _end(_standing(sides.link))


def over_by_link(link: Link) -> None:
    _end(_standing(link))


def answer(question: InvoiceQuestion, sides: Sides, words: str, *, by: User) -> None:
    """Note an answer, of what the two sides are now."""
    asked = InvoiceQuestion.objects.filter(pk=question.pk, status=QuestionStatus.OPEN)
    asked.update(
        status=QuestionStatus.ANSWERED,
        ours=sides.our_digest,
        theirs=sides.their_digest,
        answer=words[:ANSWER_LIMIT],
        answered_by=by,
        answered_at=timezone.now(),
        updated_at=timezone.now(),
    )


def _standing(link: Link) -> InvoiceQuestionQuerySet:
    asked = InvoiceQuestion.objects.filter(connection=link.connection_id, status__in=STANDING)
    return asked.filter(invoice_id=link.object_id)


def _end(questions: InvoiceQuestionQuerySet) -> None:
    questions.update(status=QuestionStatus.OVER, updated_at=timezone.now())
