import re

import pytest
from django.urls import reverse

from businesses.models import User
from contacts import dedupe, jobs
from contacts.models import Contact, DuplicateJob, JobStatus, Merge, NotDuplicates
from contacts.views.duplicates import tool


def address(name, *args, business="clearwater") -> str:
    return reverse(f"contacts:{name}", args=[business, *args])


def groups(client, **query) -> list[list[str]]:
    shown = client.get(address("duplicates"), query).context["tool"]["groups"]
    return [sorted(contact.name for contact in one.contacts) for one in shown]


@pytest.fixture
def twins(make_contact) -> list[Contact]:
    """Two of one name, an e-mail apart."""
    return [make_contact("Ann Lee", email="ann@example.com"), make_contact("ANN  LEE", phone="1")]


def test_contacts_of_one_name_are_found_without_choosing_anything(
    office, twins, make_contact
) -> None:
    make_contact("Bob")
    assert groups(office) == [["ANN  LEE", "Ann Lee"]]


def test_all_chosen_fields_must_be_the_same(office, twins, make_contact) -> None:
    make_contact("Ann Lee", email="ANN@example.com")
    chosen = {"mode": "strict", "by": ["name", "email"]}
    assert groups(office, **chosen) == [["Ann Lee", "Ann Lee"]]
    assert groups(office, mode="strict", by=["phone"]) == []


def test_archived_contacts_are_no_duplicates(office, twins) -> None:
    twins[0].archive()
    assert groups(office) == []


def test_similar_contacts_come_with_a_probability_and_reasons(office, make_contact) -> None:
    for name in ("Hargreaves, Marlow", "Marlow Hargreaves"):
        make_contact(name, mobile="0491570156", street_line1="4 Pelican Court", street_city="Noosa")
    for number in range(20):
        make_contact(f"Other {number}", phone=f"07555501{number:02}")
    [shown] = office.get(address("duplicates"), {"mode": "similar"}).context["tool"]["groups"]
    assert len(shown.contacts) == 2 and shown.percent > 90 and shown.group.reasons


def test_a_group_is_merged_into_the_primary_and_the_page_offers_to_undo_it(office, twins) -> None:
    data = {"c": [c.pk for c in twins], "primary": twins[1].pk, "next": address("duplicates")}
    response = office.post(address("duplicates_merge"), data)
    first, second = (Contact.objects.get(pk=contact.pk) for contact in twins)
    assert first.merged_into == second
    assert second.email == "ann@example.com"
    page = office.get(response.url)
    assert "merged into" in page.content.decode() and not page.context["tool"]["groups"]
    [url] = re.findall(r'action="(/[^"]*/undo/)"', page.content.decode())
    office.post(url, {"next": address("duplicates")})
    assert not Contact.objects.get(pk=first.pk).is_archived
    assert Contact.objects.get(pk=second.pk).email == ""


def test_only_ticked_contacts_are_merged(office, twins, make_contact) -> None:
    third = make_contact("Ann Lee")
    data = {"c": [twins[0].pk, twins[1].pk], "primary": twins[0].pk}
    office.post(address("duplicates_merge"), data)
    third.refresh_from_db()
    assert not third.is_archived and Merge.objects.count() == 1


def test_a_primary_that_is_not_ticked_merges_nothing(office, twins, make_contact) -> None:
    third = make_contact("Ann Lee")
    data = {"c": [c.pk for c in twins], "primary": third.pk}
    response = office.post(address("duplicates_merge"), data, follow=True)
    assert "Nothing was merged" in response.content.decode() and not Merge.objects.exists()


def test_contacts_told_apart_are_never_shown_again_until_that_is_forgotten(
    office, twins, make_contact
) -> None:
    office.post(address("duplicates_ignore"), {"c": [c.pk for c in twins]})
    assert groups(office) == []
    make_contact("Ann Lee", notes="A third one")
    assert [len(one) for one in groups(office)] == [2]
    pair = NotDuplicates.objects.get()
    office.post(address("not_duplicates"), {"pair": pair.pk})
    assert [len(one) for one in groups(office)] == [3]


def test_every_field_can_be_chosen_or_typed_when_comparing(office, twins) -> None:
    url = f"{address('duplicates_compare')}?c={twins[0].pk}&c={twins[1].pk}&primary={twins[0].pk}"
    page = office.get(url)
    form = page.context["form"]
    data = {name: form.initial.get(name) or "" for name in form.fields}
    assert data["name"] == "Ann Lee" and data["phone"] == "1"
    used = office.post(url, data | {"notes": "Dog", "use": f"name:{twins[1].pk}"})
    assert used.context["form"].initial["name"] == "ANN  LEE"
    assert used.context["form"].initial["notes"] == "Dog"
    assert not Merge.objects.exists()
    office.post(url, data | {"name": "Ann Leigh", "phone": "2"})
    first, second = (Contact.objects.get(pk=contact.pk) for contact in twins)
    assert (first.name, first.phone) == ("Ann Leigh", "2") and second.merged_into == first


def test_a_wrong_value_when_comparing_is_named_and_nothing_is_merged(office, twins) -> None:
    url = f"{address('duplicates_compare')}?c={twins[0].pk}&c={twins[1].pk}"
    data = {"kind": "person", "name": "Ann", "email": "nonsense", "notes": "Dog"}
    content = office.post(url, data).content.decode()
    assert "valid email" in content and "Dog" in content and not Merge.objects.exists()


def test_undo_asks_about_what_changed_since(office, twins) -> None:
    office.post(address("duplicates_merge"), {"c": [c.pk for c in twins], "primary": twins[0].pk})
    primary = Contact.objects.get(pk=twins[0].pk)
    primary.phone = "3"
    primary.save()
    merge = Merge.objects.get()
    asked = office.post(address("merge_undo", merge.pk))
    assert "Phone of Ann Lee" in asked.content.decode()
    assert Contact.objects.get(pk=twins[1].pk).is_archived
    office.post(address("merge_undo", merge.pk), {"force": "yes"})
    assert not Contact.objects.get(pk=twins[1].pk).is_archived
    assert Contact.objects.get(pk=primary.pk).phone == "3"


def test_all_groups_are_merged_by_a_rule_and_undone_as_one(office, business, make_contact) -> None:
    for number in range(5):
        make_contact(f"Contact {number}")
        make_contact(f"contact {number}", phone=str(number))
    url = f"{address('duplicates_automatic')}?mode=strict&by=name"
    page = office.get(url)
    assert (page.context["group_count"], page.context["gone_count"]) == (5, 5)
    response = office.post(url, {"rule": "complete"})
    content = office.get(response.url).content.decode()
    assert "5 duplicates were merged into 5 contacts" in content
    assert business.contacts.active().count() == 5
    assert all(contact.phone for contact in business.contacts.active())
    batch = Merge.objects.values_list("batch", flat=True).distinct().get()
    assert "Undo the whole run" in office.get(address("merge_list")).content.decode()
    office.post(address("merge_batch_undo", batch))
    assert business.contacts.active().count() == 10


def test_the_undo_of_a_run_leaves_and_names_what_was_changed_since(
    office, business, make_contact
) -> None:
    for number in range(3):
        make_contact(f"Contact {number}", phone="9", email="a@example.com")
        make_contact(f"contact {number}", mobile=str(number))
    office.post(f"{address('duplicates_automatic')}?mode=strict&by=name", {"rule": "complete"})
    changed = business.contacts.active().get(name="Contact 1")
    changed.mobile = "7"
    changed.save()
    office.post(address("merge_batch_undo", Merge.objects.first().batch))
    job = DuplicateJob.objects.first()
    assert job.message.startswith("2 merges were undone.") and "Contact 1" in job.message
    assert business.contacts.active().count() == 5


def test_an_automatic_merge_whose_worker_died_goes_on_where_it_was(
    business, owner, make_contact, time_machine
) -> None:
    for number in range(3):
        make_contact(f"Contact {number}")
        make_contact(f"contact {number}")
    time_machine.move_to("2026-03-01T08:00:00Z")
    job = DuplicateJob.objects.create(
        business=business,
        kind="merge",
        mode="strict",
        fields=["name"],
        rule="oldest",
        batch="6d9f2c56-6b8e-4d0a-9a53-1a5f7b0f7d11",
        status=JobStatus.RUNNING,
    )
    jobs._merge_group(job, dedupe.strict(business, fields=["name"])[0])
    jobs.run(job.pk)
    assert Merge.objects.count() == 1  # another worker may still have it
    time_machine.move_to("2026-03-01T08:05:00Z")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 3, 3)
    assert Merge.objects.count() == 3


def test_an_action_never_leads_to_another_site(office, twins) -> None:
    data = {"c": [c.pk for c in twins], "next": "https://evil.example/"}
    assert office.post(address("duplicates_ignore"), data).url == address("duplicates")


def test_the_page_takes_the_same_number_of_queries_however_many_groups(
    office, make_contact, queries_of
) -> None:
    def add(*numbers) -> None:
        for number in numbers:
            make_contact(f"Contact {number}")
            make_contact(f"Contact {number}")

    add(0)
    few = queries_of(office, address("duplicates"))
    add(*range(1, 20))
    assert queries_of(office, address("duplicates")) == few


def test_a_stranger_finds_nothing_and_merges_nothing(stranger, twins) -> None:
    assert stranger.get(address("duplicates")).status_code == 404
    data = {"c": [c.pk for c in twins], "primary": twins[0].pk}
    stranger.post(address("duplicates_merge", business="lagoon"), data)
    assert stranger.post(address("duplicates_merge"), data).status_code == 404
    assert not Merge.objects.exists()


def test_a_reader_may_not_merge(reader, twins) -> None:
    data = {"c": [c.pk for c in twins], "primary": twins[0].pk}
    assert reader.post(address("duplicates_merge"), data).status_code == 403


def test_inside_another_page_every_action_comes_back_to_it(office, twins, rf, business) -> None:
    home = "/b/clearwater/elsewhere/"
    request = rf.get(home, {"by": "name"})
    request.business = business
    request.user = User.objects.get(email="office@clearwater.example")
    found = tool(request)
    assert found["home"] == home and len(found["groups"]) == 1
    data = {"c": [c.pk for c in twins], "primary": twins[0].pk, "next": found["next"]}
    url = office.post(address("duplicates_merge"), data).url
    assert url.startswith(f"{home}?by=name&merged=")


def test_a_search_of_a_long_list_shows_its_progress(office, business, owner) -> None:
    job = DuplicateJob.objects.create(
        business=business, kind="search", mode="similar", status=JobStatus.RUNNING, total=9, done=4
    )
    page = office.get(address("duplicates"), {"mode": "similar"}).content.decode()
    assert "runs in the background" in page
    assert "4 of 9 done" in office.get(address("duplicates_job", job.pk)).content.decode()
    assert jobs.start_search(business, by=owner) == job
