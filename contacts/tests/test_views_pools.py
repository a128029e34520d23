import pytest
from django.urls import reverse

from contacts.models import Pool, PoolContact


def address(name, *args, business="clearwater") -> str:
    return reverse(f"contacts:{name}", args=[business, *args])


@pytest.fixture
def pool(business) -> Pool:
    return Pool.objects.create(business=business, name="Lap pool", line1="4 Pelican Court")


def test_a_pool_is_added_from_a_contact_with_its_address_and_role(office, make_contact) -> None:
    contact = make_contact("Ann", street_line1="1 High St", street_city="Noosa")
    url = f"{address('pool_create')}?contact={contact.pk}"
    assert office.get(url).context["form"].initial["line1"] == "1 High St"
    data = {"name": "Spa", "type": "spa", "line1": "1 High St", "role": "tenant"}
    assert office.post(url, data).url == contact.get_absolute_url()
    link = contact.pool_contacts.get()
    assert (link.pool.name, link.role, link.pool.line1) == ("Spa", "tenant", "1 High St")


def test_a_pool_with_a_wrong_field_keeps_what_was_typed(office, business) -> None:
    data = {"name": "Spa", "type": "spa", "volume_litres": "-5", "equipment_notes": "Pump 2"}
    content = office.post(address("pool_create"), data).content.decode()
    assert "Pump 2" in content and not business.pools.exists()


def test_pools_are_found_and_filtered(office, pool, business, make_contact) -> None:
    spa = Pool.objects.create(business=business, name="Spa", type="spa")
    PoolContact.objects.create(business=business, pool=spa, contact=make_contact(), role="owner")
    Pool.objects.create(business=business, name="Old").archive()

    def found(**query) -> list[str]:
        return [row.name for row in office.get(address("pool_list"), query).context["table"]]

    assert found() == ["Lap pool", "Spa"]
    assert found(q="pelican") == ["Lap pool"]
    assert found(type="spa") == ["Spa"]
    assert found(contact="no") == ["Lap pool"]
    assert found(state="archived") == ["Old"]


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(
    office, business, make_contact, queries_of
) -> None:
    def add(count) -> None:
        for number in range(count):
            pool = Pool.objects.create(business=business, name=f"Pool {number}")
            contact = make_contact(f"Contact {number}")
            PoolContact.objects.create(business=business, pool=pool, contact=contact, role="owner")

    add(2)
    few = queries_of(office, address("pool_list"))
    add(60)
    assert queries_of(office, address("pool_list")) == few


def test_a_contact_is_searched_linked_once_and_removed(office, pool, make_contact) -> None:
    contact = make_contact("Ann Lee")
    htmx = {"HX-Request": "true", "HX-Target": "found-contacts"}
    found = office.get(pool.get_absolute_url(), {"find": "ann"}, headers=htmx)
    assert b"Ann Lee" in found.content and b"<html" not in found.content
    data = {"contact": contact.pk, "role": "agent"}
    for _click in range(2):
        office.post(address("pool_contact_add", pool.pk), data)
    link = pool.pool_contacts.get()
    assert (link.contact, link.role) == (contact, "agent")
    office.post(address("pool_contact_remove", pool.pk, link.pk))
    assert not pool.pool_contacts.exists()


def test_an_archived_contact_or_another_business_s_cannot_be_linked(
    office, pool, make_contact, other_business
) -> None:
    gone = make_contact("Gone")
    gone.archive()
    theirs = make_contact("Theirs", business=other_business)
    for contact in (gone, theirs):
        data = {"contact": contact.pk, "role": "owner"}
        response = office.post(address("pool_contact_add", pool.pk), data, follow=True)
        assert "not there any more" in response.content.decode()
    assert not pool.pool_contacts.exists()


def test_a_pool_is_edited_archived_and_restored(office, pool) -> None:
    office.post(address("pool_edit", pool.pk), {"name": "Long pool", "type": "lap"})
    office.post(address("pool_archive", pool.pk))
    pool.refresh_from_db()
    assert pool.name == "Long pool" and pool.is_archived
    office.post(address("pool_restore", pool.pk))
    pool.refresh_from_db()
    assert not pool.is_archived


@pytest.mark.parametrize("name", ["pool_detail", "pool_edit", "pool_archive"])
def test_a_stranger_finds_nothing(stranger, pool, name) -> None:
    assert stranger.get(address(name, pool.pk)).status_code == 404
    assert stranger.get(address(name, pool.pk, business="lagoon")).status_code == 404
