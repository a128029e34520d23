"""Contacts that are out of use in Xero: merged into another one there, or archived.

A merge is followed: the link goes to the survivor and what was refused goes again. Where the
survivor is linked to another contact of ours, or nobody merged anything, a person must see.
"""

from typing import Any

from xero_integration import batches, edits, links, pull
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.models import Batch, BatchMember, Connection
from xero_integration.verdicts import Verdict

Json = dict[str, Any]

CODES = {"contact_archived", "contact_merged"}
# Merged, and merged again; more would be a ring.
MOST_HOPS = 5


def survivor(client: Client, contact: Json) -> Json:
    """Return what `contact` was merged into in the end, or itself. Raises XeroError."""
    for _ in range(MOST_HOPS):
        into = contact.get("MergedToContactID")
        there = _read(client, into) if into else None
        if there is None:
            break
        contact = there
        if not contact.get("MergedToContactID"):
            # One that went on itself stays news to the mirror: it may be linked as well.
            _keep(client.connection, contact)
    return contact


def _keep(connection: Connection, contact: Json) -> None:
    """Keep what was read by the way in the mirror, with the effect that its edits have here.

    What the mirror has is no news to whoever reads it next.
    """
    rows = pull.contact_rows(connection, [contact])
    edits.bring(connection, [row for row in rows if not row.merged_to])
    pull.save_contacts(rows)


def _read(client: Client, xero_id: str) -> Json | None:
    """Read one contact; None where Xero does not show it (it may have been made anonymous)."""
    try:
        found = client.call("get_contact", xero_id).elements("Contacts")
    except XeroError as error:
        if error.code == "not_found":
            return None
        raise
    return found[0] if found else None


def verdict_on(client: Client, batch: Batch, member: BatchMember) -> Verdict:
    """Say what becomes of a member whose contact Xero called archived. Raises XeroError."""
    sent = batches.elements_of(batch)[member.position]
    xero_id = sent.get("ContactID") or sent["Contact"]["ContactID"]
    (there,) = client.call("get_contact", xero_id).elements("Contacts")
    _keep(client.connection, there)
    last = survivor(client, there)
    if last is there or last.get("ContactStatus") != "ACTIVE":
        message = member.error_message or "The contact is archived in Xero."
        return Verdict(member, code="contact_archived", message=message)
    if links.follow(client.connection, merged=xero_id, into=last["ContactID"]):
        return Verdict(member)
    message = f"In Xero it was merged into {last['Name']}, which is linked to another contact here."
    return Verdict(member, code="contact_merged", message=message)
