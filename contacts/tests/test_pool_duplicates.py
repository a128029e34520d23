"""Duplicates among pools: found, compared, merged, told apart, undone, by the same tool."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from contacts import merging
from contacts.models import (
    Contact,
    DuplicateJob,
    NotDuplicatePools,
    Pool,
    PoolContact,
    PoolMerge,
)

POOLS = {"of": "pool"}


def address(name: str, *args: Any, business: str = "clearwater") -> str:
    return reverse(f"contacts:{name}", args=[business, *args])


@pytest.fixture
def twins(business: Business, make_contact: Callable[..., Contact]) -> list[Pool]:
    """One pool that stands twice, with two contacts, and a spa beside it."""
    place = {"line1": "4 Pelican Court", "city": "Noosa", "business": business}
    pools = [
        Pool.objects.create(name="Lap pool", volume_litres=40_000, **place),
        Pool.objects.create(name="LAP  POOL", surface="tiled", **place),
    ]
    Pool.objects.create(name="Spa", type="spa", **place)
    for pool, name in zip(pools, ("Ann Lee", "Lee Family"), strict=True):
        contact = make_contact(name)
        PoolContact.objects.create(business=business, pool=pool, contact=contact, role="owner")
    return pools


def groups(client: Client, **query: str) -> list[list[str]]:
    page = client.get(address("duplicates"), POOLS | query)
    return [sorted(pool.name for pool in one.contacts) for one in page.context["tool"]["groups"]]


def test_pools_of_one_name_and_address_are_found_without_choosing_anything(
    office: Client, twins: list[Pool]
) -> None:
    assert groups(office) == [["LAP  POOL", "Lap pool"]]
    content = office.get(address("duplicates"), POOLS).content.decode()
    assert "<mark>Ann Lee</mark>" in content and "1 pool too many" in content


def test_similar_pools_come_with_a_probability_and_the_spa_beside_is_none(
    office: Client, twins: list[Pool], business: Business
) -> None:
    for number in range(30):
        Pool.objects.create(business=business, name=f"Pool {number}", line1=f"{number} Low Rd")
    shown = office.get(address("duplicates"), POOLS | {"mode": "similar"}).context["tool"]["groups"]
    assert [sorted(pool.name for pool in one.contacts) for one in shown] == [
        ["LAP  POOL", "Lap pool"]
    ]
    assert shown[0].percent >= 50 and shown[0].group.reasons


def test_a_group_is_merged_contacts_follow_and_the_page_undoes_it(
    office: Client, twins: list[Pool]
) -> None:
    first, second = twins
    data = POOLS | {"c": [first.pk, second.pk], "primary": first.pk}
    response = office.post(address("duplicates_merge"), data)
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.merged_into == first and first.surface == "tiled"
    assert sorted(first.contacts.values_list("name", flat=True)) == ["Ann Lee", "Lee Family"]
    assert "merged into" in office.get(response.url).content.decode()
    assert b"was merged into" in office.get(second.get_absolute_url()).content
    office.post(address("merge_undo", PoolMerge.objects.get().pk), POOLS)
    first.refresh_from_db()
    assert (first.surface, first.contacts.get().name) == ("", "Ann Lee")
    assert second.contacts.get().name == "Lee Family"


def test_every_field_can_be_chosen_or_typed_when_comparing(
    office: Client, twins: list[Pool]
) -> None:
    first, second = twins
    url = f"{address('duplicates_compare')}?of=pool&c={first.pk}&c={second.pk}&primary={first.pk}"
    form = office.get(url).context["form"]
    data = {name: form.initial.get(name) or "" for name in form.fields} | POOLS
    used = office.post(url, data | {"use": f"name:{second.pk}"})
    assert used.context["form"].initial["name"] == "LAP  POOL"
    office.post(url, data | {"name": "Long pool"})
    first.refresh_from_db()
    assert (first.name, first.volume_litres, first.surface) == ("Long pool", 40_000, "tiled")


def test_pools_told_apart_are_never_shown_again_until_that_is_forgotten(
    office: Client, twins: list[Pool]
) -> None:
    office.post(address("duplicates_ignore"), POOLS | {"c": [pool.pk for pool in twins]})
    assert groups(office) == []
    data = POOLS | {"pair": NotDuplicatePools.objects.get().pk}
    office.post(address("not_duplicates"), data)
    assert len(groups(office)) == 1


def test_all_groups_are_merged_by_a_rule_and_undone_as_one(
    office: Client, twins: list[Pool], business: Business
) -> None:
    url = f"{address('duplicates_automatic')}?of=pool&mode=strict&by=name&by=address_line1"
    assert office.get(url).context["group_count"] == 1
    office.post(url, {"rule": "complete"})
    job = DuplicateJob.objects.get()
    assert job.message == "1 duplicates were merged into 1 pools."
    assert business.pools.active().count() == 2
    page = office.get(address("duplicates_job", job.pk)).content.decode()
    assert "Undo all 1 merge" in page
    office.post(address("merge_batch_undo", job.batch), POOLS)
    assert business.pools.active().count() == 3


def test_undo_asks_about_a_pool_that_was_changed_since(
    office: Client, twins: list[Pool], owner: User
) -> None:
    first, second = twins
    (merge,) = merging.merge(first, [second], values={"surface": "tiled"}, by=owner)
    Pool.objects.filter(pk=first.pk).update(surface="vinyl")
    asked = office.post(address("merge_undo", merge.pk), POOLS)
    assert "Surface of Lap pool" in asked.content.decode()
    office.post(address("merge_undo", merge.pk), POOLS | {"force": "yes"})
    second.refresh_from_db()
    first.refresh_from_db()
    assert not second.is_archived and first.surface == "vinyl"


def test_a_merged_pool_is_not_restored_or_edited(
    office: Client, twins: list[Pool], owner: User
) -> None:
    merging.merge(twins[0], [twins[1]], values=None, by=owner)
    assert office.post(address("pool_restore", twins[1].pk)).status_code == 404
    edited = office.get(address("pool_edit", twins[1].pk))
    assert edited["Location"] == twins[0].get_absolute_url()
    gone = office.get(address("pool_list"), {"state": "archived"}).context["table"]
    assert list(gone) == []


def test_a_contact_and_a_pool_are_never_merged(
    office: Client, twins: list[Pool], make_contact: Callable[..., Contact]
) -> None:
    data = POOLS | {"c": [twins[0].pk, make_contact().pk], "primary": twins[0].pk}
    page = office.post(address("duplicates_merge"), data, follow=True)
    assert "Nothing was merged" in page.content.decode() and not PoolMerge.objects.exists()


def test_the_page_takes_the_same_number_of_queries_however_many_groups(
    office: Client, business: Business, queries_of: Callable[[Client, str], int]
) -> None:
    def add(*numbers: int) -> None:
        for number in numbers * 2:
            Pool.objects.create(business=business, name="Pool", line1=f"{number} High St")

    add(0)
    url = f"{address('duplicates')}?of=pool"
    few = queries_of(office, url)
    add(*range(1, 20))
    assert queries_of(office, url) == few


def test_a_stranger_finds_nothing_and_merges_nothing(stranger: Client, twins: list[Pool]) -> None:
    data = POOLS | {"c": [pool.pk for pool in twins], "primary": twins[0].pk}
    stranger.post(address("duplicates_merge", business="lagoon"), data)
    assert stranger.post(address("duplicates_merge"), data).status_code == 404
    assert not PoolMerge.objects.exists()
