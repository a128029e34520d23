"""The platform's own view of people and businesses."""

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, Membership, User
from businesses.tests.factories import UserFactory

MODELS = [User, Business, Membership]


def url(model, page, *args) -> str:
    return reverse(f"admin:businesses_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def as_staff(db, browser_of) -> Client:
    return browser_of(UserFactory(is_staff=True, is_superuser=True, email="staff@platform.example"))


@pytest.mark.parametrize("model", MODELS)
def test_each_list_is_searched_and_each_object_opens(as_staff, alice, bob, model) -> None:
    assert as_staff.get(url(model, "changelist"), {"q": "blue"}).status_code == 200
    found = model.objects.first()
    assert as_staff.get(url(model, "change", found.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_lists_take_one_number_of_queries_however_long(
    as_staff, alice, bob, rita, charlie, model, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(8):
        as_staff.get(url(model, "changelist"))


@pytest.mark.parametrize("model", [User, Business])
def test_what_hangs_together_is_never_deleted_here(as_staff, alice, model) -> None:
    found = model.objects.first()
    assert as_staff.post(url(model, "delete", found.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=found.pk).exists()


def test_a_person_is_added_by_e_mail(as_staff) -> None:
    form = {"email": "nina@new.example", "password1": "calm-water-94", "password2": "calm-water-94"}
    inline = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    assert as_staff.post(url(User, "add"), {**form, **inline}).status_code == 302
    assert User.objects.get(email="nina@new.example").check_password("calm-water-94")


def test_a_slug_stays_once_it_is_given(as_staff, blue) -> None:
    page = as_staff.get(url(Business, "change", blue.pk)).content.decode()
    assert 'name="slug"' not in page


def test_owners_of_businesses_have_no_business_here(as_alice) -> None:
    assert as_alice.get("/admin/").status_code == 302
    assert "Pooltrackr platform" in as_alice.get("/admin/login/").content.decode()
