"""The sync step: carry out what was chosen, a few hundred contacts at a time.

Three phases: links (with whose data is kept), contacts made here, and the gate to Xero. Each chunk
is one transaction that marks what it has done, so a killed job goes on where it was and running it
twice changes nothing. Nothing here calls Xero: what Xero must learn goes into the outbox.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from xero_integration import log, outbox
from xero_integration.both_sides import fields
from xero_integration.linking import links, unlinking
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    Keep,
    Kind,
    Lane,
    Link,
    LinkAction,
    LinkChoice,
    OutboxStatus,
    Outcome,
    SyncEntry,
    WizardRun,
    XeroContact,
)
from xero_integration.models.mirror import XeroContactQuerySet
from xero_integration.models.wizard import LinkChoiceQuerySet
from xero_integration.wizard import choices, creating

# Small enough that a page is not kept waiting for SQLite's one writer.
CHUNK = 200
# Our own columns that Xero's data may replace; the same for every row of a bulk write.
TAKEN = sorted({name for pair in fields.PAIRS for name in pair.ours} | {"search_key", "updated_at"})

# (what is being done, how many are done)
Report = Callable[[str, int], None]


def pending(connection: Connection) -> LinkChoiceQuerySet:
    """The choices that no sync has carried out."""
    rows = choices.listed(connection).filter(applied_at=None)
    return rows.exclude(action=LinkAction.UNDECIDED)


def to_create_here(connection: Connection) -> XeroContactQuerySet:
    return creating.unlinked(connection).filter(create_here=True)


def total(connection: Connection) -> int:
    return pending(connection).count() + to_create_here(connection).count()


def carry_out(connection: Connection, *, by: User | None, report: Report) -> None:
    """Carry out every choice that stands, then let contacts go to Xero."""
    keep = Keep(WizardRun.objects.get(business=connection.business_id).keep)
    _let_go(connection, pending(connection), by=by)
    while rows := _next_choices(connection):
        with transaction.atomic():
            _apply(connection, rows, keep=keep, by=by)
        report("Linking contacts", len(rows))
    while found := list(to_create_here(connection).order_by("pk")[:CHUNK]):
        with transaction.atomic():
            create_here(connection, found, by=by)
        report("Creating contacts here", len(found))
    if connection.contacts_open_at is None:
        # What a person left in Xero only is not news afterwards (`inbox`).
        left = creating.unlinked(connection).filter(create_here=False, ignored_at=None)
        left.update(ignored_at=timezone.now())
    outbox.open_contacts(connection)


def apply_now(connection: Connection, choice: LinkChoice, *, by: User) -> None:
    """Carry out one choice at once, which a person may do after the first sync.

    One that two contacts fight over waits until a person has settled it.
    """
    keep = Keep(WizardRun.objects.get(business=connection.business_id).keep)
    with transaction.atomic():
        mine = pending(connection).filter(pk=choice.pk).exclude(choices.conflicted(connection))
        rows = list(mine.select_related("contact__business", "xero_contact"))
        if rows:
            _let_go(connection, mine, by=by)
            _apply(connection, rows, keep=keep, by=by)


def _next_choices(connection: Connection) -> list[LinkChoice]:
    rows = pending(connection).select_related("contact__business", "xero_contact")
    return list(rows.order_by("pk")[:CHUNK])


def _let_go(connection: Connection, rows: LinkChoiceQuerySet, *, by: User | None) -> None:
    """End the links that new choices replace, before any new link is made."""
    wanted: dict[UUID, str] = {
        contact: xero_id if action == LinkAction.LINK else ""
        for contact, action, xero_id in rows.values_list(
            "contact", "action", "xero_contact__xero_id"
        )
    }
    standing = connection.links.current().filter(kind=Kind.CONTACT)
    for link in standing.filter(object_id__in=rows.values("contact")):
        if wanted.get(link.object_id, link.xero_id) != link.xero_id:
            links.unlink(link, by=by)


@dataclass
class Work:
    """What one chunk comes to: pairs to link, by whether Xero has to be told, and the rest."""

    same: dict[UUID, str] = field(default_factory=dict)
    differing: dict[UUID, str] = field(default_factory=dict)
    create: dict[UUID, str] = field(default_factory=dict)
    leave: dict[UUID, str] = field(default_factory=dict)
    changed: list[Contact] = field(default_factory=list)
    # What linking overwrites, by our contact: the side, what it was and what it becomes.
    overwritten: dict[UUID, tuple[str, fields.Values, fields.Values]] = field(default_factory=dict)
    entries: list[SyncEntry] = field(default_factory=list)


def _apply(
    connection: Connection, rows: Sequence[LinkChoice], *, keep: Keep, by: User | None
) -> None:
    held = _held(connection, rows)
    work = Work()
    for row in rows:
        row.applied_at = timezone.now()
        if row.action == LinkAction.CREATE:
            work.create[row.contact_id] = row.contact.name
        elif row.action == LinkAction.LEAVE:
            work.leave[row.contact_id] = row.contact.name
        else:
            _link(row, Keep(row.keep or keep), held, work)
    LinkChoice.objects.bulk_update(rows, ["action", "applied_at", "before", "decided_by"])
    _write(connection, work, {row.contact_id: row.contact.name for row in rows}, by=by)


def _held(connection: Connection, rows: Sequence[LinkChoice]) -> dict[str, UUID]:
    """Which of our contacts hold the Xero contacts of `rows` already."""
    targets = [row.xero_contact.xero_id for row in rows if row.xero_contact]
    standing = connection.links.current().filter(kind=Kind.CONTACT, xero_id__in=targets)
    return dict(standing.values_list("xero_id", "object_id"))


def _link(row: LinkChoice, keep: Keep, held: dict[str, UUID], work: Work) -> None:
    xero = row.xero_contact
    assert xero is not None  # by the constraint link_choice_names_its_contact
    if held.setdefault(xero.xero_id, row.contact_id) != row.contact_id:
        # Chosen by two after the gate was passed: back to a person, to neither by chance.
        row.action, row.decided_by, row.applied_at = LinkAction.UNDECIDED, None, None
        work.entries.append(
            _entry(row, Action.LINK, Outcome.FAILED, message="Contact already selected.")
        )
        return
    if keep == Keep.XERO:
        _take(row, xero, work)
    gives = fields.to_give(row.contact, xero) if keep == Keep.OURS else []
    differs = bool(gives)
    if filled := [one for one in gives if any(one.theirs)]:
        was = {name: fields.their_values(xero)[name] for one in filled for name in one.pair.ours}
        work.overwritten[row.contact_id] = ("theirs", was, fields.our_values(row.contact))
    (work.differing if differs else work.same)[row.contact_id] = xero.xero_id


def _take(row: LinkChoice, xero: XeroContact, work: Work) -> None:
    """Let Xero's data replace ours, and keep what it replaced."""
    replaced = fields.take(row.contact, xero)
    if not replaced:
        return
    # What stood before the first sync wins: that is what an undo goes back to.
    row.before = {**replaced, **row.before}
    row.contact.updated_at = timezone.now()
    work.changed.append(row.contact)
    work.overwritten[row.contact_id] = ("ours", replaced, fields.our_values(row.contact))
    names = ", ".join(sorted({pair.label for pair in fields.PAIRS if {*pair.ours} & {*replaced}}))
    message = f"Taken from Xero: {names}."
    work.entries.append(_entry(row, Action.UPDATE, Outcome.DONE, message=message))


def _entry(row: LinkChoice, action: Action, outcome: Outcome, *, message: str = "") -> SyncEntry:
    return SyncEntry(
        business_id=row.business_id,
        connection_id=row.connection_id,
        direction=Direction.FROM_XERO,
        kind=Kind.CONTACT,
        action=action,
        outcome=outcome,
        object_id=row.contact_id,
        xero_id=row.xero_contact.xero_id if row.xero_contact else "",
        label=row.contact.name,
        message=message,
    )


def _write(connection: Connection, work: Work, names: dict[UUID, str], *, by: User | None) -> None:
    # No signal: what came from Xero must not be sent back to it.
    Contact.objects.bulk_update(work.changed, TAKEN)
    for pairs, in_step in ((work.same, True), (work.differing, False)):
        links.link_contacts(connection, pairs, by=by, in_step=in_step)
    _remember(connection, work)
    # Pairs that were linked before are told apart no more: they too are in step, or sent.
    links.mark_in_step(connection, work.same)
    send = {key: names[key] for key in (*work.differing, *work.create)}
    outbox.enqueue_many(Kind.CONTACT, send, business=connection.business, lane=Lane.BULK)
    _let_in(connection, send, by=by)
    outbox.exclude_objects(Kind.CONTACT, work.leave, connection=connection, by=by)
    log.write(work.entries)


def _remember(connection: Connection, work: Work) -> None:
    """Keep with each link what making it overwrites, for its undo."""
    made = connection.links.current().filter(kind=Kind.CONTACT, object_id__in=work.overwritten)
    found = list(made)
    for link in found:
        side, was, became = work.overwritten[link.object_id]
        unlinking.remember(link, side=side, was=was, became=became)
    Link.objects.bulk_update(found, ["before"])


def _let_in(connection: Connection, keys: Collection[UUID], *, by: User | None) -> None:
    """A contact left out stays so until somebody says otherwise: here somebody did."""
    rows = connection.outbox.filter(kind=Kind.CONTACT, object_id__in=keys)
    outbox.retry(rows.filter(status=OutboxStatus.EXCLUDED), by=by)


def create_here(connection: Connection, found: Sequence[XeroContact], *, by: User | None) -> None:
    """Make contacts of ours from the organisation's, linked from the start."""
    now = timezone.now()
    pairs = [(fields.new_contact(xero), xero) for xero in found]
    for contact, _ in pairs:
        contact.updated_at = now
    Contact.objects.bulk_create(contact for contact, _ in pairs)
    rows = [
        LinkChoice(
            business_id=connection.business_id,
            connection=connection,
            contact=contact,
            action=LinkAction.LINK,
            xero_contact=xero,
            decided_by=by,
            decided_at=now,
            applied_at=now,
        )
        for contact, xero in pairs
    ]
    LinkChoice.objects.bulk_create(rows)
    linked = {contact.pk: xero.xero_id for contact, xero in pairs}
    links.link_contacts(connection, linked, by=by, in_step=True)
    log.write(_entry(row, Action.CREATE, Outcome.DONE) for row in rows)
