"""Questions to a person about contacts that changed in Xero: opened, kept true, answered here.

A question stands or falls with what it is about: whoever sees that again says so here, and it is
opened, changed or over accordingly. Doing so twice changes nothing.
"""

from collections.abc import Collection

from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from xero_integration.models import Connection, Link, Matter, Question, QuestionStatus
from xero_integration.models.question import QuestionQuerySet

# An answer stands for as long as what was asked about does.
ANSWER_LIMIT = 200
STANDING = (QuestionStatus.OPEN, QuestionStatus.ANSWERED)


def open_ones(connection: Connection) -> QuestionQuerySet:
    """Those that wait for a person, with what a list shows."""
    return Question.objects.open().filter(connection=connection)


def standing(connection: Connection, matter: Matter) -> QuestionQuerySet:
    """Those whose matter is as it was when they were asked, answered or not."""
    return Question.objects.filter(connection=connection, matter=matter, status__in=STANDING)


def of(connection: Connection, contact: Contact) -> list[Question]:
    found = open_ones(connection).filter(contact=contact).select_related("other")
    return list(found.order_by("pk"))


def differs(link: Link, names: Collection[str]) -> bool:
    """Ask which side's values of these fields stand; with none of them nothing is asked any more.

    Returns whether the question is new.
    """
    if not names:
        _over(link, Matter.DIFFERS)
        return False
    standing = _standing(link, Matter.DIFFERS).filter(status=QuestionStatus.OPEN)
    if standing.update(fields=sorted(names), xero_id=link.xero_id, updated_at=timezone.now()):
        return False
    _ask(link, Matter.DIFFERS, fields=sorted(names))
    return True


def archived(link: Link, *, is_archived: bool) -> bool:
    """Ask what becomes of a contact archived in Xero, once for each time; say whether it is new."""
    if not is_archived:
        _over(link, Matter.ARCHIVED)
        return False
    in_use = Contact.objects.filter(pk=link.object_id, archived_at=None)
    if _standing(link, Matter.ARCHIVED).exists() or not in_use.exists():
        return False
    _ask(link, Matter.ARCHIVED)
    return True


def merged(link: Link, *, into: Contact) -> bool:
    """Ask whether two contacts that were merged in Xero are to be merged here too."""
    if _standing(link, Matter.MERGED).filter(other=into).exists():
        return False
    _over(link, Matter.MERGED)
    _ask(link, Matter.MERGED, other=into)
    return True


def differs_answered(link: Link, words: str, *, by: User | None) -> None:
    for question in _standing(link, Matter.DIFFERS).filter(status=QuestionStatus.OPEN):
        answer(question, words, by=by)


def answer(question: Question, words: str, *, by: User | None) -> None:
    Question.objects.filter(pk=question.pk, status=QuestionStatus.OPEN).update(
        status=QuestionStatus.ANSWERED,
        answer=words[:ANSWER_LIMIT],
        answered_by=by,
        answered_at=timezone.now(),
        updated_at=timezone.now(),
    )


def all_over(link: Link) -> None:
    """The link is gone, and whatever was asked by it."""
    for matter in Matter:
        _over(link, matter)


def _standing(link: Link, matter: Matter) -> QuestionQuerySet:
    return standing(link.connection, matter).filter(contact_id=link.object_id)


def _ask(link: Link, matter: Matter, **more: object) -> None:
    Question.objects.create(
        business_id=link.business_id,
        connection_id=link.connection_id,
        contact_id=link.object_id,
        xero_id=link.xero_id,
        matter=matter,
        **more,
    )


def _over(link: Link, matter: Matter) -> None:
    _standing(link, matter).update(status=QuestionStatus.OVER, updated_at=timezone.now())
