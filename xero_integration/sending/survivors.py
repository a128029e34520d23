"""Contacts that are out of use in Xero: merged into another one there, or archived.

A merge is followed: the link goes to the survivor and what was refused goes again. Where the
survivor is linked to another contact of ours, or nobody merged anything, a person must see.
"""

from typing import Any

from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.linking import links
from xero_integration.models import Batch, BatchMember
from xero_integration.sending import batches, waking
from xero_integration.sending.verdicts import Verdict

Json = dict[str, Any]

CODES = {*waking.OUT_OF_USE}
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
    return contact


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
    # Not into the mirror: what is new about it is yet to have its effect here (`arrivals`).
    (there,) = client.call("get_contact", xero_id).elements("Contacts")
    last = survivor(client, there)
    if last is there or last.get("ContactStatus") != "ACTIVE":
        message = member.error_message or "The contact is archived in Xero."
        return Verdict(member, code="contact_archived", message=message)
    if links.follow(client.connection, merged=xero_id, into=last["ContactID"]):
        return Verdict(member)
    message = f"In Xero it was merged into {last['Name']}, which is linked to another contact here."
    return Verdict(member, code="contact_merged", message=message)
