import datetime as dt
import uuid

import pytest
from django.utils import timezone

from contacts import merging
from contacts.merging.rule import Rule, choose_primary, merged_values
from contacts.models import Merge, NotDuplicates, Pool, PoolContact


def link(pool, contact, role="owner") -> PoolContact:
    return PoolContact.objects.create(business=pool.business, pool=pool, contact=contact, role=role)


def test_a_merge_archives_the_duplicate_and_names_its_primary(make_contact, owner) -> None:
    primary, duplicate = make_contact("Ann Lee"), make_contact("Lee, Ann")
    [merge] = merging.merge(primary, [duplicate], values={"phone": "0299990000"}, by=owner)
    duplicate.refresh_from_db()
    primary.refresh_from_db()
    assert duplicate.merged_into == primary and duplicate.is_archived
    assert primary.phone == "0299990000"
    assert "0299990000" in primary.search_key
    assert merge.done_by == owner and not merge.automatic


def test_pools_move_and_a_link_held_twice_is_kept_once(make_contact, business, owner) -> None:
    primary, duplicate = make_contact("A"), make_contact("B")
    pool, spa = (Pool.objects.create(business=business, name=name) for name in ("Pool", "Spa"))
    link(pool, primary)
    link(pool, duplicate)
    link(spa, duplicate, "tenant")
    [merge] = merging.merge(primary, [duplicate], values=None, by=owner)
    assert set(primary.pool_contacts.values_list("pool", "role")) == {
        (pool.pk, "owner"),
        (spa.pk, "tenant"),
    }
    assert not duplicate.pool_contacts.exists()
    merging.undo(merge, by=owner)
    assert set(duplicate.pool_contacts.values_list("pool", "role")) == {
        (pool.pk, "owner"),
        (spa.pk, "tenant"),
    }
    assert list(primary.pool_contacts.values_list("pool", "role")) == [(pool.pk, "owner")]


def test_undo_asks_when_a_merged_field_was_changed_since_and_then_keeps_the_change(
    make_contact, owner
) -> None:
    primary, duplicate = make_contact("A", phone=""), make_contact("B", phone="1")
    values = {"phone": "1", "notes": "Gate code 4"}
    [merge] = merging.merge(primary, [duplicate], values=values, by=owner)
    primary.refresh_from_db()
    primary.phone = "2"
    primary.save()
    with pytest.raises(merging.ChangedSince) as caught:
        merging.undo(merge, by=owner)
    assert caught.value.what == ["Phone of A"]
    duplicate.refresh_from_db()
    assert duplicate.is_archived
    merging.undo(merge, by=owner, force=True)
    primary.refresh_from_db()
    duplicate.refresh_from_db()
    assert (primary.phone, primary.notes) == ("2", "")
    assert not duplicate.is_archived


def test_undo_asks_when_a_moved_pool_was_unlinked_since(make_contact, business, owner) -> None:
    primary, duplicate = make_contact("A"), make_contact("B")
    link(Pool.objects.create(business=business, name="Lap pool"), duplicate)
    [merge] = merging.merge(primary, [duplicate], values=None, by=owner)
    primary.pool_contacts.all().delete()
    with pytest.raises(merging.ChangedSince, match="Lap pool"):
        merging.undo(merge, by=owner)


def test_an_edit_of_a_field_that_the_merge_left_alone_is_no_conflict(make_contact, owner) -> None:
    primary, duplicate = make_contact("A"), make_contact("B")
    [merge] = merging.merge(primary, [duplicate], values={"phone": "1"}, by=owner)
    primary.refresh_from_db()
    primary.email = "a@example.com"
    primary.save()
    merging.undo(merge, by=owner)
    primary.refresh_from_db()
    assert (primary.email, primary.phone) == ("a@example.com", "")


def test_a_merge_into_a_contact_that_was_merged_later_is_undone_last(make_contact, owner) -> None:
    a, b, c = make_contact("A"), make_contact("B"), make_contact("C")
    [first] = merging.merge(b, [a], values=None, by=owner)
    [second] = merging.merge(c, [b], values=None, by=owner)
    with pytest.raises(merging.StillMerged, match="B was itself merged"):
        merging.undo(first, by=owner, force=True)
    merging.undo_all([first, second], by=owner)
    a.refresh_from_db()
    b.refresh_from_db()
    assert not a.is_archived and not b.is_archived


def test_undoing_twice_changes_nothing(make_contact, owner) -> None:
    primary, duplicate = make_contact("A"), make_contact("B")
    [merge] = merging.merge(primary, [duplicate], values={"phone": "1"}, by=owner)
    merging.undo(merge, by=owner)
    first = Merge.objects.get(pk=merge.pk).undone_at
    merging.undo(merge, by=owner)
    assert Merge.objects.get(pk=merge.pk).undone_at == first


def test_a_merge_is_undone_a_day_later_as_well(make_contact, business, owner, time_machine) -> None:
    primary, duplicate = make_contact("A"), make_contact("B", phone="1", tags="vip")
    link(Pool.objects.create(business=business, name="Lap pool"), duplicate)
    [merge] = merging.merge(primary, [duplicate], values={"phone": "1"}, by=owner)
    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    merging.undo(Merge.objects.get(pk=merge.pk), by=owner)
    primary.refresh_from_db()
    duplicate.refresh_from_db()
    assert (primary.phone, duplicate.is_archived, duplicate.pools.count()) == ("", False, 1)
    assert not primary.tags.exists() and not primary.pools.exists()


def test_a_contact_archived_or_taken_meanwhile_is_not_merged_and_nothing_moves(
    make_contact, owner
) -> None:
    primary, free, gone = make_contact("A"), make_contact("B"), make_contact("C")
    gone.archive()
    with pytest.raises(merging.NotMergeable, match="C has been archived"):
        merging.merge(primary, [free, gone], values={"phone": "1"}, by=owner)
    primary.refresh_from_db()
    free.refresh_from_db()
    assert primary.phone == "" and not free.is_archived and not Merge.objects.exists()


def test_contacts_of_two_businesses_are_never_merged(make_contact, other_business, owner) -> None:
    ours, theirs = make_contact("A"), make_contact("A", business=other_business)
    with pytest.raises(merging.NotMergeable):
        merging.merge(ours, [theirs], values=None, by=owner)


def test_a_field_outside_the_merge_is_refused(make_contact, owner) -> None:
    with pytest.raises(ValueError, match="merged_into"):
        merging.merge(
            make_contact("A"), [make_contact("B")], values={"merged_into": None}, by=owner
        )


def test_pairs_that_are_not_duplicates_follow_the_primary(make_contact, business, owner) -> None:
    primary, duplicate, other = make_contact("A"), make_contact("B"), make_contact("C")
    first, second = sorted((duplicate.pk, other.pk))
    NotDuplicates.objects.create(business=business, first_id=first, second_id=second)
    [merge] = merging.merge(primary, [duplicate], values=None, by=owner)
    pair = tuple(sorted((primary.pk, other.pk)))
    assert pair in NotDuplicates.objects.values_list("first_id", "second_id")
    merging.undo(merge, by=owner)
    assert list(NotDuplicates.objects.values_list("first_id", "second_id")) == [(first, second)]


def test_merges_done_together_share_a_batch(make_contact, owner) -> None:
    batch = uuid.uuid4()
    merges = merging.merge(
        make_contact("A"),
        [make_contact("B"), make_contact("C")],
        values=None,
        by=owner,
        batch=batch,
    )
    assert [merge.batch for merge in merges] == [batch, batch]


def test_the_rule_fills_blanks_and_keeps_what_differs(make_contact) -> None:
    primary = make_contact("Ann Lee", email="ann@example.com", phone="02 9999 0000", abn="1")
    other = make_contact(
        "A. Lee",
        email="lee@example.com",
        phone="0298887777",
        mobile="0412 345 678",
        abn="2",
        street_line1="1 High St",
        street_city="Noosa",
        notes="Dog in the yard",
    )
    values = merged_values(primary, [other])
    assert values["other_emails"] == ["lee@example.com"]
    assert values["mobile"] == "0412 345 678"
    assert (values["street_line1"], values["street_city"]) == ("1 High St", "Noosa")
    for kept in ("A. Lee", "0298887777", "ABN 2", "Dog in the yard"):
        assert kept in values["notes"]


def test_the_rule_never_mixes_two_addresses(make_contact) -> None:
    primary = make_contact("A", street_line1="1 High St", street_city="")
    other = make_contact("A", street_line1="9 Low Rd", street_city="Noosa")
    values = merged_values(primary, [other])
    assert values["street_city"] == ""
    assert "9 Low Rd, Noosa" in values["notes"]


def test_the_rule_keeps_a_name_that_is_written_with_another_accent(make_contact) -> None:
    primary, other = make_contact("Jose Lee"), make_contact("José Lee")
    assert "José Lee" in merged_values(primary, [other])["notes"]


def test_the_rule_does_not_note_the_same_value_written_otherwise(make_contact) -> None:
    primary = make_contact("Ann Lee", phone="0412 345 678", email="ann@example.com")
    other = make_contact("ANN LEE", mobile="+61 412 345 678", email="Ann@Example.com")
    other.phone, other.mobile = other.mobile, ""
    assert merged_values(primary, [other])["notes"] == ""
    assert merged_values(primary, [other])["other_emails"] == []


def test_the_primary_is_the_most_complete_or_the_oldest(make_contact) -> None:
    oldest, fullest = make_contact("A"), make_contact("A", phone="1", email="a@example.com")
    assert choose_primary([fullest, oldest], rule=Rule.OLDEST) == oldest
    assert choose_primary([oldest, fullest], rule=Rule.MOST_COMPLETE) == fullest
