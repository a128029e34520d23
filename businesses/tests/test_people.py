"""Who may belong to a business, and how they get in."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from businesses.errors import AlreadyMember, LastOwner
from businesses.models import Business, Membership, Role, User
from businesses.services import add_member, change_role, create_business, free_slug, remove_member

PEOPLE = "/b/blue/people/"


def role_of(user) -> str:
    return Membership.objects.get(business__slug="blue", user=user).role


def membership(user) -> Membership:
    return Membership.objects.get(business__slug="blue", user=user)


def test_who_sets_up_a_business_owns_it(charlie) -> None:
    business = create_business(Business(name="Sandy Bay Pools"), owner=charlie)
    assert business.slug == "sandy-bay-pools"
    assert business.memberships.get().is_owner


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Blue", "blue-2"), ("Admin", "admin-2"), ("???", "business"), ("x" * 60, "x" * 40)],
)
def test_a_slug_is_free_and_fits(blue, name, slug) -> None:
    assert free_slug(name) == slug


def test_the_last_owner_is_never_removed_or_made_less(blue, alice, bob) -> None:
    with pytest.raises(LastOwner):
        remove_member(membership(alice))
    with pytest.raises(LastOwner):
        change_role(membership(alice), role=Role.OFFICE)
    assert role_of(alice) == Role.OWNER


def test_an_owner_may_go_when_another_stays(blue, alice, bob) -> None:
    change_role(membership(bob), role=Role.OWNER)
    remove_member(membership(alice))
    assert list(blue.members.all()) == [bob]
    assert User.objects.filter(pk=alice.pk).exists()


def test_owners_of_other_businesses_do_not_count(blue, alice, charlie) -> None:
    with pytest.raises(LastOwner):
        remove_member(membership(alice))


def test_nobody_is_added_twice_whatever_the_case_of_the_address(blue, alice, bob) -> None:
    with pytest.raises(AlreadyMember):
        add_member(blue, email="BOB@blue.example", role=Role.OWNER)
    assert role_of(bob) == Role.OFFICE


def test_a_new_person_gets_a_link_sets_a_password_and_is_in(as_alice, blue, client) -> None:
    as_alice.post(f"{PEOPLE}add/", {"email": "nina@new.example", "role": Role.OFFICE})
    (message,) = mail.outbox
    assert message.to == ["nina@new.example"]
    assert "Alice Waters has added you to Blue Lagoon Pool Care" in message.body
    link = re.search(r"http://\S+", message.body).group()
    page = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    answer = client.post(
        page.request["PATH_INFO"],
        {"new_password1": "calm-water-94", "new_password2": "calm-water-94"},
    )
    assert answer.status_code == 302
    assert client.login(username="nina@new.example", password="calm-water-94")
    assert client.get("/", follow=True).context["business"] == blue


def test_a_person_with_an_account_gets_no_password_link(as_alice, charlie) -> None:
    charlie.set_password("dry-as-dust-1")
    charlie.save()
    as_alice.post(f"{PEOPLE}add/", {"email": charlie.email, "role": Role.READ_ONLY})
    assert role_of(charlie) == Role.READ_ONLY
    assert "/password/" not in mail.outbox[0].body


def test_a_mail_that_cannot_be_sent_loses_nothing_and_is_said(as_alice, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    answer = as_alice.post(
        f"{PEOPLE}add/", {"email": "nina@new.example", "role": Role.OFFICE}, follow=True
    )
    assert "The mail to nina@new.example could not be sent" in answer.content.decode()
    assert Membership.objects.filter(user__email="nina@new.example").exists()


def test_a_wrong_address_stays_in_the_form_with_the_reason(as_alice, blue) -> None:
    answer = as_alice.post(f"{PEOPLE}add/", {"email": "nina", "role": Role.OFFICE})
    assert answer.context["form"]["email"].value() == "nina"
    assert "error-summary" in answer.content.decode()
    assert blue.memberships.count() == 1


def test_an_owner_changes_a_role_and_removes_a_person(as_alice, bob) -> None:
    pk = membership(bob).pk
    as_alice.post(f"{PEOPLE}{pk}/role/", {"role": Role.READ_ONLY})
    assert role_of(bob) == Role.READ_ONLY
    as_alice.post(f"{PEOPLE}{pk}/remove/")
    assert not Membership.objects.filter(pk=pk).exists()


def test_the_last_owner_is_told_why_they_stay(as_alice, alice) -> None:
    pk = membership(alice).pk
    answer = as_alice.post(f"{PEOPLE}{pk}/remove/", follow=True)
    assert "A business always keeps one owner" in answer.content.decode()


def test_office_staff_see_the_people_and_change_none(as_bob, alice) -> None:
    assert "Alice Waters" in as_bob.get(PEOPLE).content.decode()
    pk = membership(alice).pk
    for action in ("role", "remove", "invite"):
        assert as_bob.post(f"{PEOPLE}{pk}/{action}/", {"role": "office"}).status_code == 403
    assert as_bob.post(f"{PEOPLE}add/", {"email": "x@y.example"}).status_code == 403


def test_a_membership_of_another_business_is_404(as_alice, charlie) -> None:
    other = charlie.memberships.get()
    assert as_alice.post(f"{PEOPLE}{other.pk}/remove/").status_code == 404
    assert charlie.memberships.exists()


def test_who_removes_themselves_lands_on_their_own_pages(as_alice, bob) -> None:
    change_role(membership(bob), role=Role.OWNER)
    alice = User.objects.get(email="alice@blue.example")
    answer = as_alice.post(f"{PEOPLE}{membership(alice).pk}/remove/")
    assert answer.headers["Location"] == reverse("home")
