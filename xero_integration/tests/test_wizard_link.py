"""The link step: proposals, choices, the flag "Contact already selected", and the gate."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from xero_integration.models import (
    Connection,
    Job,
    JobKind,
    JobStatus,
    Keep,
    Kind,
    Link,
    LinkAction,
    LinkChoice,
    Step,
    WizardRun,
    XeroContact,
)
from xero_integration.tests.factories import (
    ConnectionFactory,
    ContactFactory,
    LinkChoiceFactory,
    XeroContactFactory,
)
from xero_integration.wizard import choices, suggestions
from xero_integration.wizard.choices import Filter


@pytest.fixture
def connection(blue: Business) -> Connection:
    """Connected, read, and at the link step."""
    connection = ConnectionFactory(business=blue)
    Job.objects.create(
        business=blue,
        connection=connection,
        kind=JobKind.READ,
        status=JobStatus.DONE,
        finished_at=timezone.now(),
    )
    WizardRun.objects.create(business=blue, step=Step.LINK)
    return connection


def both(connection: Connection, name: str, **fields: Any) -> tuple[Contact, XeroContact]:
    """The same customer on both sides."""
    contact = ContactFactory(business=connection.business, name=name, **fields)
    return contact, XeroContactFactory(connection=connection, name=name, **fields)


def chosen(connection: Connection, contact: Contact) -> LinkChoice:
    return LinkChoice.objects.get(connection=connection, contact=contact)


def link_choice(connection: Connection, target: XeroContact, **fields: Any) -> LinkChoice:
    return LinkChoiceFactory(
        connection=connection, action=LinkAction.LINK, xero_contact=target, **fields
    )


# --- proposals


def test_a_sure_match_is_linked_and_a_stranger_is_to_be_created(connection: Connection) -> None:
    contact, xero = both(connection, "Marigold Vance", email="marigold@vance.example")
    alone = ContactFactory(business=connection.business, name="Ottoline Quirke")
    suggestions.suggest(connection)
    assert chosen(connection, contact).action == LinkAction.LINK
    assert chosen(connection, contact).xero_contact == xero
    assert chosen(connection, alone).action == LinkAction.CREATE
    assert chosen(connection, alone).decided_by is None


def test_a_match_by_name_alone_needs_a_look(connection: Connection) -> None:
    contact, xero = both(connection, "Marigold Vance")
    suggestions.suggest(connection)
    choice = chosen(connection, contact)
    assert (choice.action, choice.xero_contact) == (LinkAction.UNDECIDED, xero)
    assert choice.alternatives[0]["xero_contact"] == xero.pk


def test_comparing_again_leaves_what_a_person_decided(connection: Connection, bob: User) -> None:
    contact, _ = both(connection, "Marigold Vance", email="marigold@vance.example")
    suggestions.suggest(connection)
    choices.choose(chosen(connection, contact), action=LinkAction.LEAVE, by=bob)
    suggestions.suggest(connection)
    assert chosen(connection, contact).action == LinkAction.LEAVE


def test_a_xero_contact_that_a_person_chose_is_proposed_to_nobody_else(
    connection: Connection, bob: User
) -> None:
    contact, xero = both(connection, "Marigold Vance", email="marigold@vance.example")
    other = ContactFactory(business=connection.business, name="Quite Another")
    suggestions.suggest(connection)
    choices.choose(chosen(connection, other), action=LinkAction.LINK, xero_contact=xero, by=bob)
    suggestions.suggest(connection)
    assert chosen(connection, contact).xero_contact is None
    assert chosen(connection, contact).action == LinkAction.CREATE


def test_archived_contacts_of_either_side_are_not_compared(connection: Connection) -> None:
    ours, _ = both(connection, "Marigold Vance", email="marigold@vance.example")
    ours.archive()
    theirs, xero = both(connection, "Ottoline Quirke", email="otto@quirke.example")
    XeroContact.objects.filter(pk=xero.pk).update(status="ARCHIVED")
    suggestions.suggest(connection)
    assert not LinkChoice.objects.filter(contact=ours).exists()
    assert chosen(connection, theirs).action == LinkAction.CREATE


def test_a_standing_link_is_shown_as_linked(connection: Connection) -> None:
    contact, xero = both(connection, "Marigold Vance")
    Link.objects.create(
        business=connection.business,
        connection=connection,
        kind=Kind.CONTACT,
        object_id=contact.pk,
        xero_id=xero.xero_id,
    )
    suggestions.suggest(connection)
    choice = chosen(connection, contact)
    assert (choice.action, choice.xero_contact) == (LinkAction.LINK, xero)
    assert choice.applied_at is not None


# --- "Contact already selected"


def test_two_rows_at_one_xero_contact_are_both_flagged(connection: Connection) -> None:
    target = XeroContactFactory(connection=connection)
    first, second = link_choice(connection, target), link_choice(connection, target)
    link_choice(connection, XeroContactFactory(connection=connection))
    assert choices.counts(connection)[Filter.CONFLICT] == 2
    rows = choices.filtered(connection, show=Filter.CONFLICT)
    assert set(rows) == {first, second}
    names = choices.taken(connection, rows).names
    assert names == {first.pk: [second.contact.name], second.pk: [first.contact.name]}


def test_an_archived_contact_takes_no_xero_contact_from_anybody(connection: Connection) -> None:
    target = XeroContactFactory(connection=connection)
    link_choice(connection, target).contact.archive()
    link_choice(connection, target)
    assert choices.counts(connection)[Filter.CONFLICT] == 0


def test_a_standing_link_of_an_unlisted_contact_is_a_conflict(connection: Connection) -> None:
    target = XeroContactFactory(connection=connection)
    holder = ContactFactory(business=connection.business, name="Holder")
    Link.objects.create(
        business=connection.business,
        connection=connection,
        kind=Kind.CONTACT,
        object_id=holder.pk,
        xero_id=target.xero_id,
    )
    row = link_choice(connection, target)
    assert choices.counts(connection)[Filter.CONFLICT] == 1
    assert choices.taken(connection, [row]).names == {row.pk: ["Holder"]}


def test_a_link_that_is_being_let_go_is_no_conflict(connection: Connection, bob: User) -> None:
    target = XeroContactFactory(connection=connection)
    former = link_choice(connection, target, applied_at=timezone.now())
    Link.objects.create(
        business=connection.business,
        connection=connection,
        kind=Kind.CONTACT,
        object_id=former.contact.pk,
        xero_id=target.xero_id,
    )
    link_choice(connection, target)
    assert choices.counts(connection)[Filter.CONFLICT] == 2
    choices.choose(former, action=LinkAction.CREATE, by=bob)
    assert choices.counts(connection)[Filter.CONFLICT] == 0


# --- the gate


def test_the_gate_opens_only_when_every_contact_is_decided(
    connection: Connection, bob: User
) -> None:
    contact = ContactFactory(business=connection.business)
    assert choices.gate(connection).missing == 1
    suggestions.seed(connection)
    row = chosen(connection, contact)
    assert choices.gate(connection).undecided == 1
    choices.choose(row, action=LinkAction.CREATE, by=bob)
    assert choices.gate(connection).is_open


def test_next_is_refused_with_the_way_to_what_is_in_the_way(
    connection: Connection, as_bob: Client
) -> None:
    target = XeroContactFactory(connection=connection)
    link_choice(connection, target)
    link_choice(connection, target)
    answer = as_bob.post(reverse("xero:link_next", args=["blue"]))
    assert answer.url == reverse("xero:link", args=["blue"]) + "?show=conflict"
    assert WizardRun.objects.get().step == Step.LINK
    page = as_bob.get(answer.url)
    assert "2 contacts point at a Xero contact" in page.content.decode()
    assert page.content.decode().count("Contact already selected") >= 3


def test_next_goes_on_once_all_is_decided(connection: Connection, as_bob: Client) -> None:
    link_choice(connection, XeroContactFactory(connection=connection))
    answer = as_bob.post(reverse("xero:link_next", args=["blue"]))
    assert answer.url == reverse("xero:create", args=["blue"])


def test_a_link_to_a_contact_archived_meanwhile_shuts_the_gate(connection: Connection) -> None:
    link_choice(connection, XeroContactFactory(connection=connection, status="ARCHIVED"))
    assert choices.gate(connection).undecided == 1


# --- the page


def choose(browser: Client, choice: LinkChoice, **data: object) -> Any:
    return browser.post(reverse("xero:link_choose", args=["blue", choice.pk]), data)


def test_a_person_accepts_a_suggestion(connection: Connection, as_bob: Client, bob: User) -> None:
    contact, xero = both(connection, "Marigold Vance")
    suggestions.suggest(connection)
    choose(as_bob, chosen(connection, contact), act="link", target=xero.pk)
    choice = chosen(connection, contact)
    assert (choice.action, choice.decided_by) == (LinkAction.LINK, bob)


def test_a_xero_contact_of_another_business_cannot_be_chosen(
    connection: Connection, as_bob: Client
) -> None:
    foreign = XeroContactFactory()
    row = LinkChoiceFactory(connection=connection)
    choose(as_bob, row, act="link", target=foreign.pk)
    row.refresh_from_db()
    assert (row.action, row.xero_contact) == (LinkAction.UNDECIDED, None)


def test_htmx_gets_the_row_and_the_rows_whose_flag_changed(
    connection: Connection, as_bob: Client
) -> None:
    target = XeroContactFactory(connection=connection)
    taken = link_choice(connection, target)
    row = LinkChoiceFactory(connection=connection)
    answer = as_bob.post(
        reverse("xero:link_choose", args=["blue", row.pk]),
        {"act": "link", "target": target.pk},
        headers={"HX-Request": "true", "HX-Target": f"choice-{row.pk}"},
    )
    text = answer.content.decode()
    assert text.index(f'id="choice-{row.pk}"') < text.index(f'id="choice-{taken.pk}"')
    assert text.count("Contact already selected") >= 2
    assert 'id="link-tabs" hx-swap-oob' in text


def test_a_pair_may_keep_the_other_sides_data(connection: Connection, as_bob: Client) -> None:
    row = link_choice(connection, XeroContactFactory(connection=connection))
    choose(as_bob, row, act="keep", keep="xero")
    row.refresh_from_db()
    assert (row.keep, row.action) == (Keep.XERO, LinkAction.LINK)


def test_the_editor_searches_all_contacts_of_the_organisation(
    connection: Connection, as_bob: Client
) -> None:
    XeroContactFactory(connection=connection, name="Zephyrine Oakes")
    XeroContactFactory(connection=connection, name="Zephyrine Gone", status="ARCHIVED")
    row = LinkChoiceFactory(connection=connection)
    url = reverse("xero:link_edit", args=["blue", row.pk])
    assert "Zephyrine" not in as_bob.get(url).content.decode()
    found = as_bob.get(url, {"find": "zephyr"}).content.decode()
    assert "Zephyrine Oakes" in found
    assert "Zephyrine Gone" not in found


def test_accepting_all_skips_what_somebody_selected_meanwhile(
    connection: Connection, bob: User
) -> None:
    wanted, free = XeroContactFactory.create_batch(2, connection=connection)
    link_choice(connection, wanted)
    blocked = LinkChoiceFactory(connection=connection, xero_contact=wanted)
    clear = LinkChoiceFactory(connection=connection, xero_contact=free)
    assert choices.accept(connection, choices.listed(connection), by=bob) == 1
    clear.refresh_from_db()
    blocked.refresh_from_db()
    assert (clear.action, blocked.action) == (LinkAction.LINK, LinkAction.UNDECIDED)


def test_a_bulk_choice_reaches_only_the_list_as_filtered(
    connection: Connection, as_bob: Client
) -> None:
    hit = LinkChoiceFactory(connection=connection, contact__name="Palm Court")
    miss = LinkChoiceFactory(connection=connection, contact__name="Reef House")
    as_bob.post(
        reverse("xero:link_bulk", args=["blue"]), {"act": "create", "show": "needs", "q": "palm"}
    )
    hit.refresh_from_db()
    miss.refresh_from_db()
    assert (hit.action, miss.action) == (LinkAction.CREATE, LinkAction.UNDECIDED)


def test_a_reader_sees_the_list_and_changes_nothing(
    connection: Connection, as_rita: Client
) -> None:
    row = LinkChoiceFactory(connection=connection)
    assert as_rita.get(reverse("xero:link", args=["blue"])).status_code == 200
    assert choose(as_rita, row, act="create").status_code == 403


def test_a_stranger_finds_nothing(connection: Connection, as_charlie: Client) -> None:
    row = LinkChoiceFactory(connection=connection)
    assert as_charlie.get(reverse("xero:link", args=["blue"])).status_code == 404
    assert choose(as_charlie, row, act="create").status_code == 404


def test_the_list_makes_the_same_queries_however_long_it_is(
    connection: Connection, as_bob: Client, django_assert_num_queries: Any
) -> None:
    url = reverse("xero:link", args=["blue"])
    target = XeroContactFactory(connection=connection)
    for _ in range(2):
        link_choice(connection, target)
    as_bob.get(url)
    for _ in range(30):
        link_choice(connection, XeroContactFactory(connection=connection))
        link_choice(connection, target)
    with django_assert_num_queries(QUERIES):
        as_bob.get(url)


# Session, user, membership, notice, run, connection, jobs, reading done, counts, missing, new,
# rows counted, rows, rivals, holders.
QUERIES = 15
