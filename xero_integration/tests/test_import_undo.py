from contacts.imports.load import load, receive
from contacts.imports.undo import undo_import
from contacts.models import ImportFile
from xero_integration.models import Link


def imported(business) -> ImportFile:
    file = receive(b"Name\nAnn\nBob\n", name="list.csv", business=business, by=None)
    return load(file, good_rows_only=False, skip_known=False)


def test_an_undone_import_archives_what_is_linked_to_xero_and_deletes_nothing_of_it(
    connection, blue
) -> None:
    file = imported(blue)
    ann = blue.contacts.get(name="Ann")
    Link.objects.create(
        business=blue, connection=connection, kind="contact", object_id=ann.pk, xero_id="x-1"
    )
    undone = undo_import(file)
    ann.refresh_from_db()
    assert ann.is_archived and undone.archived >= 1


def test_an_undone_import_leaves_no_waiting_row_without_its_contact(connection, blue) -> None:
    file = imported(blue)
    undone = undo_import(file)
    assert (undone.deleted, undone.archived) == (0, 2)
    assert blue.contacts.archived().count() == 2


def test_without_a_connection_an_undone_import_is_gone(blue) -> None:
    assert undo_import(imported(blue)).deleted == 2
