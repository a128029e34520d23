import csv
import io
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contacts.exports import csv_lines
from contacts.imports.load import AlreadyDone, BadRows, load, receive
from contacts.imports.plan import make_plan
from contacts.imports.targets import TARGETS
from contacts.imports.undo import undo_import
from contacts.merging.snapshot import snapshot
from contacts.models import Contact, ImportFile, ImportStatus, Pool, PoolContact
from contacts.signals import contacts_imported

OWN = Path(__file__).parent / "data" / "customers.csv"
SHARED = os.environ.get("POOLTRACKR_SHARED", "")
LISTS = [OWN]
if SHARED:
    folder = Path(SHARED) / "matching" / "data"
    LISTS += [folder / "ausbiz_link" / "left.csv", folder / "febrl4" / "left.csv"]


def upload(business, text, name="list.csv") -> ImportFile:
    return receive(text.encode(), name=name, business=business, by=None)


def take(business, text, **choices) -> ImportFile:
    choices = {"good_rows_only": False, "skip_known": False, **choices}
    return load(upload(business, text), **choices)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.parent.name)
def test_the_command_takes_a_real_list_whole(business, path) -> None:
    out = io.StringIO()
    call_command("import_contacts", str(path), business=business.slug, stdout=out)
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    contacts = {contact.external_id: contact for contact in business.contacts.all()}
    assert contacts.keys() == rows.keys()
    for key, row in rows.items():
        contact = contacts[key]
        if row["name"]:
            assert contact.name == " ".join(row["name"].split())
        for column, attribute in (("phone", "phone"), ("city", "postal_city")):
            assert getattr(contact, attribute) == row[column].strip()
        assert (
            row["email"].split(";")[0].casefold() in f"{contact.email} {contact.notes}".casefold()
        )
        assert contact.search_key
    assert f"{len(rows)} of {len(rows)} rows imported, 0 bad" in out.getvalue()


def test_the_command_lists_what_it_named_and_what_it_kept_in_the_notes(business) -> None:
    out = io.StringIO()
    call_command("import_contacts", str(OWN), business=business.slug, stdout=out)
    assert "Row 4: named from its person: Juno Castellan" in out.getvalue()
    assert "Row 7: ABN “12345678901” is not a valid ABN" in out.getvalue()


def test_the_command_says_when_there_is_no_such_business_or_file(business, tmp_path) -> None:
    with pytest.raises(CommandError, match="no business"):
        call_command("import_contacts", str(OWN), business="nobody")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_contacts", str(tmp_path / "none.csv"), business=business.slug)


def test_bad_rows_stop_everything_unless_the_good_ones_are_chosen(business) -> None:
    text = "Name,Phone\nAnn,1\n,2\nBob,3\n"
    with pytest.raises(BadRows):
        take(business, text)
    assert not business.contacts.exists()
    imported = take(business, text, good_rows_only=True)
    assert set(business.contacts.values_list("name", flat=True)) == {"Ann", "Bob"}
    assert [row["number"] for row in imported.left_out] == [3]


def test_a_refused_list_can_still_be_imported(business) -> None:
    imported = upload(business, "Name,Phone\nAnn,1\n,2\n")
    with pytest.raises(BadRows):
        load(imported, good_rows_only=False, skip_known=False)
    imported = ImportFile.objects.get(pk=imported.pk)
    assert imported.status == ImportStatus.UPLOADED
    load(imported, good_rows_only=True, skip_known=False)
    assert business.contacts.count() == 1


def test_a_list_is_imported_once_however_often_one_clicks(business) -> None:
    imported = upload(business, "Name\nAnn\n")
    load(imported, good_rows_only=False, skip_known=False)
    with pytest.raises(AlreadyDone):
        load(imported, good_rows_only=False, skip_known=False)
    assert business.contacts.count() == 1


def test_rows_that_look_like_a_contact_there_is_are_shown_and_skipped_by_choice(
    business, make_contact
) -> None:
    make_contact("Ann Lee")
    make_contact("Bob", email="bob@example.com")
    make_contact("Cid", archived_at="2026-01-01T00:00:00Z")
    text = "Name,E-mail\nANN  LEE,\nRobert,Bob@example.com\nCid,\nDee,\n"
    shared = [known.shared for known in make_plan(upload(business, text)).known]
    assert shared == ["the same name", "the same e-mail"]
    imported = take(business, text, skip_known=True)
    assert (imported.result["created"], imported.result["skipped"]) == (2, 2)


def test_integrations_hear_of_the_import_with_its_business_and_ids(business) -> None:
    heard = []

    def listen(*, business, ids, **kwargs) -> None:
        heard.append((business, ids))

    contacts_imported.connect(listen)
    try:
        take(business, "Name\nAnn\nBob\n")
    finally:
        contacts_imported.disconnect(listen)
    assert heard == [(business, list(heard[0][1]))] and len(heard[0][1]) == 2


def test_tags_of_the_list_are_made_once(business, make_contact) -> None:
    make_contact("Zoe", tags="weekly")
    take(business, 'Name,Tags\nAnn,"Weekly, pool shop"\nBob,weekly\n')
    assert sorted(business.tags.values_list("name", flat=True)) == ["pool shop", "weekly"]
    assert Contact.objects.get(name="Ann").tags.count() == 2


def test_what_is_exported_is_imported_again_without_loss(
    business, other_business, make_contact
) -> None:
    make_contact(
        "=HYPERLINK(1)",
        kind="company",
        phone="+61 2 9999 0000",
        email="a@example.com",
        other_emails=["b@example.com", "c@example.com"],
        street_line1="'-1 High St",
        street_city="Noosa",
        postal_line1="PO Box 1",
        abn="51 824 753 556",
        terms_days=14,
        terms_type="OFFOLLOWINGMONTH",
        notes='Gate "4",\n@home; dog',
        external_id="K1",
        tags="weekly,pool shop",
    )
    make_contact("Zoë Łukasz", archived_at="2026-01-01T00:00:00Z")
    text = "".join(csv_lines(business.contacts.all()))
    assert not any(
        cell[:1] in "=+-@" for row in csv.reader(text.splitlines()) for cell in row if cell
    )
    take(other_business, text.removeprefix("\ufeff"))
    ours, theirs = (
        [
            (snapshot(c), c.archived_at, c.external_id, sorted(t.name for t in c.tags.all()))
            for c in b.contacts.order_by("name")
        ]
        for b in (business, other_business)
    )
    assert ours == theirs
    assert {target.key for target in TARGETS} >= set(ours[0][0])


def test_undo_deletes_what_is_untouched_archives_what_is_used_and_keeps_what_was_changed(
    business,
) -> None:
    imported = take(business, "Name,Tags\nAnn,x\nBob,x\nCid,x\n")
    ann, bob, cid = business.contacts.order_by("name")
    pool = Pool.objects.create(business=business, name="Pool")
    PoolContact.objects.create(business=business, pool=pool, contact=bob, role="owner")
    cid.phone = "1"
    cid.save()
    undone = undo_import(imported)
    assert (undone.deleted, undone.archived, undone.kept) == (1, 1, ["Cid"])
    assert not Contact.objects.filter(pk=ann.pk).exists()
    bob.refresh_from_db()
    cid.refresh_from_db()
    assert bob.is_archived and not cid.is_archived
    with pytest.raises(AlreadyDone):
        undo_import(imported)


def test_lists_are_forgotten_after_a_day(business, time_machine) -> None:
    time_machine.move_to("2026-03-01T08:00:00Z")
    waiting = upload(business, "Name\nAnn\n")
    done = take(business, "Name\nAnn\n,\n")
    time_machine.move_to("2026-03-02T07:59:00Z")
    ImportFile.objects.all().clean_up()
    assert ImportFile.objects.filter(pk=waiting.pk).exists()
    time_machine.move_to("2026-03-02T08:01:00Z")
    ImportFile.objects.all().clean_up()
    done.refresh_from_db()
    assert not ImportFile.objects.filter(pk=waiting.pk).exists() and done.rows == []
    assert undo_import(done).deleted == 1
