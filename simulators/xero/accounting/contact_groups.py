"""Contact groups: named once, filled and emptied by contact."""

from dataclasses import replace

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.extras_model import ContactGroup
from simulators.xero.accounting.problems import Problems
from simulators.xero.answers import Answer, envelope, validation_exception
from simulators.xero.wire import Json, new_id

# Xero, "Contact groups": the most an organisation can have.
MOST_GROUPS = 100


def list_groups(call: Call) -> Answer:
    groups = [one for one in call.organisation.contact_groups if one.status == "ACTIVE"]
    rendered = [render_group(one) for one in sorted(groups, key=lambda one: one.name)]
    return envelope("ContactGroups", rendered, call.now)


def read_group(call: Call) -> Answer:
    return envelope("ContactGroups", [group_json(call, named_group(call))], call.now)


def named_group(call: Call) -> ContactGroup:
    group = call.organisation.contact_groups.get(call.path[1])
    if group is None or group.status != "ACTIVE":
        raise NotFound
    return group


def create_group(call: Call, sent: Json, problems: Problems) -> ContactGroup | None:
    active = [one for one in call.organisation.contact_groups if one.status == "ACTIVE"]
    if len(active) >= MOST_GROUPS:
        problems.add(messages.TOO_MANY_GROUPS)
    return save_group(call, ContactGroup(new_id(), "", call.now), sent, problems)


def change_group(call: Call, sent: Json, problems: Problems) -> ContactGroup | None:
    group = call.organisation.contact_groups.get(text_of(sent, "ContactGroupID"))
    return save_group(call, group, sent, problems) if group else None


def save_group(
    call: Call, group: ContactGroup, sent: Json, problems: Problems
) -> ContactGroup | None:
    groups = call.organisation.contact_groups
    name = text_of(sent, "Name") or group.name
    holder = groups.find("name", name.casefold())
    if not name or (holder is not None and holder.id != group.id):
        problems.add(messages.GROUP_NAME_TAKEN)
    status = text_of(sent, "Status") or group.status
    if status not in {"ACTIVE", "DELETED"}:
        problems.add(messages.CONTACT_STATUS_INVALID)
    if problems:
        return None
    saved = replace(group, name=name, status=status, updated=call.now)
    groups.save(saved)
    return saved


def add_contacts(call: Call) -> Answer:
    """Put contacts into a group; one that is in it already stays there once."""
    group, contacts = named_group(call), call.organisation.contacts
    sent = call.elements("Contacts")
    found = [contacts.get(text_of(one, "ContactID")) for one in sent]
    if not all(found):
        refused = {"ValidationErrors": [{"Message": messages.CONTACT_NOT_FOUND}]}
        return validation_exception([refused])
    added = [contact.id for contact in found if contact]
    ids = tuple(dict.fromkeys((*group.contact_ids, *added)))
    call.organisation.contact_groups.save(replace(group, contact_ids=ids, updated=call.now))
    return envelope("Contacts", [{"ContactID": one} for one in added], call.now)


def remove_contacts(call: Call) -> Answer:
    """Take out the contact that the address names, or all without one."""
    group = named_group(call)
    gone = {call.path[3].lower()} if len(call.path) > 3 else set(group.contact_ids)
    if not gone <= set(group.contact_ids):
        raise NotFound
    left = tuple(one for one in group.contact_ids if one not in gone)
    call.organisation.contact_groups.save(replace(group, contact_ids=left, updated=call.now))
    return Answer(204)


def group_json(call: Call, group: ContactGroup) -> Json:
    contacts = call.organisation.contacts
    held = [contact for one in group.contact_ids if (contact := contacts.get(one))]
    named = [{"ContactID": contact.id, "Name": contact.name} for contact in held]
    return {**render_group(group), "Contacts": named}


def render_group(group: ContactGroup) -> Json:
    return {"ContactGroupID": group.id, "Name": group.name, "Status": group.status, "Contacts": []}
