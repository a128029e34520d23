"""What people do with contacts, on both sides: edits, archives, merges and their undoing."""

from typing import Any

from contacts import merging
from contacts.merging.undo import ChangedSince
from contacts.models import Contact, Merge
from xero_integration.both_sides import edits
from xero_integration.models import Kind, Link, Question
from xero_integration.tests import making
from xero_integration.tests.soak.world import Step, World
from xero_integration.wizard import inbox

# Fewer are in use at no time: merges stop there.
PEOPLE = 6
EDITED = ("name", "first_name", "last_name", "email", "mobile", "street_city", "street_code")
SCALARS = {
    "name": "Name",
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "EmailAddress",
}
ADDRESS = {"street_city": "City", "street_code": "PostalCode"}


# --- here


def edit_here(world: World, link: Link | None = None) -> None:
    link = link or world.dice.choice(world.links())
    contact = Contact.objects.get(pk=link.object_id)
    name = world.dice.choice(EDITED)
    setattr(contact, name, world.value(name))
    contact.save()


def archive_here(world: World) -> None:
    if len(in_use_here(world)) > PEOPLE:
        world.dice.choice(in_use_here(world)).archive()


def restore_here(world: World) -> None:
    gone = world.business.contacts.filter(merged_into=None).exclude(archived_at=None)
    if gone.exists():
        world.dice.choice(list(gone.order_by("created_at", "pk"))).restore()


def merge_here(world: World) -> None:
    if len(in_use_here(world)) > PEOPLE:
        primary, duplicate = world.dice.sample(in_use_here(world), 2)
        chosen = ["xero"] if world.dice.random() < 0.5 else []
        values = {"phone": world.value("phone")}
        merging.merge(primary, [duplicate], values=values, by=world.user, archive_in=chosen)


def undo_merge_here(world: World) -> None:
    standing = list(Merge.objects.filter(undone_at=None).order_by("pk"))
    if not standing:
        return
    try:
        merging.undo(standing[-1], by=world.user, force=world.dice.random() < 0.5)
    except ChangedSince:
        world.refused["undo_merge_here"] = world.refused.get("undo_merge_here", 0) + 1


def in_use_here(world: World) -> list[Contact]:
    # Keys are random: by name, a walk is the same each time.
    return list(world.business.contacts.filter(archived_at=None).order_by("created_at", "pk"))


# --- in Xero


def edit_there(world: World, link: Link | None = None) -> None:
    if not world.in_use():
        return
    link = link or world.dice.choice(world.in_use())
    name = world.dice.choice(EDITED)
    world.xero.control("clock", advance=1)
    world.xero.act("edit_contact", contact=link.xero_id, fields=_in_xero(world, link.xero_id, name))


def _in_xero(world: World, xero_id: str, name: str) -> dict[str, Any]:
    value = world.value(name)
    if name in SCALARS:
        return {SCALARS[name]: value}
    if name == "mobile":
        return {"Phones": [{"PhoneType": "MOBILE", "PhoneNumber": value}]}
    (held,) = [one for one in world.xero.contacts() if one["ContactID"] == xero_id]
    street = [one for one in held["Addresses"] if one["AddressType"] == "STREET"]
    block = {"AddressType": "STREET", **(street[0] if street else {})}
    return {"Addresses": [{**block, ADDRESS[name]: value}]}


def add_there(world: World) -> None:
    world.xero.act("add_contact", fields={"Name": world.value("name")})
    making.poll(world.connection, Kind.CONTACT)
    new = inbox.waiting(world.connection)
    inbox.create(world.connection, list(new.values_list("pk", flat=True)), by=world.user)


def archive_there(world: World) -> None:
    if world.in_use():
        world.xero.act("archive_contact", contact=world.dice.choice(world.in_use()).xero_id)


def restore_there(world: World) -> None:
    gone = [one for one in world.xero.contacts() if one["ContactStatus"] == "ARCHIVED"]
    gone = [one for one in gone if not one.get("MergedToContactID")]
    if gone:
        world.xero.act("restore_contact", contact=world.dice.choice(gone)["ContactID"])


def merge_there(world: World) -> None:
    if len(world.in_use()) > PEOPLE:
        one, other = world.dice.sample([link.xero_id for link in world.in_use()], 2)
        world.xero.act("merge_contacts", **{"from": one, "into": other})


# --- questions


def answer(world: World) -> None:
    for question in Question.objects.open().filter(matter="differs"):
        link = Link.objects.current().filter(object_id=question.contact_id).first()
        row = world.connection.xero_contacts.filter(xero_id=question.xero_id).first()
        if link and row and link.xero_id == row.xero_id:
            chosen = [one for one in question.fields if world.dice.random() < 0.5]
            edits.choose(link, row, chosen, by=world.user)


STEPS: dict[Step, int] = {
    edit_here: 10,
    edit_there: 10,
    World.send: 4,
    World.read: 4,
    answer: 1,
    add_there: 1,
    archive_there: 1,
    restore_there: 2,
    merge_there: 1,
}
# Work on this side beyond edits.
MORE_STEPS: dict[Step, int] = {
    archive_here: 1,
    restore_here: 2,
    merge_here: 1,
    undo_merge_here: 1,
}
