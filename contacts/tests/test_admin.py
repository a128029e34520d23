import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from businesses.models import User
from contacts.models import Contact, Pool


@pytest.fixture
def staff(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "secret"))
    return client


SHOWN = ["contact", "pool", "tag", "merge", "notduplicates", "importfile", "duplicatejob"]


@pytest.mark.parametrize("model", SHOWN)
def test_staff_can_search_every_list(staff, make_contact, model) -> None:
    make_contact("Ann", tags="weekly")
    url = reverse(f"admin:contacts_{model}_changelist")
    query = {} if model == "duplicatejob" else {"q": "ann"}
    assert staff.get(url, query).status_code == 200


def test_staff_can_open_and_correct_a_contact_and_a_pool(staff, business, make_contact) -> None:
    contact = make_contact("Ann", tags="weekly")
    pool = Pool.objects.create(business=business, name="Lap pool")
    for row in (contact, pool):
        name = f"admin:contacts_{row._meta.model_name}_change"
        assert staff.get(reverse(name, args=[row.pk])).status_code == 200


def test_nothing_of_ours_can_be_deleted_in_the_admin(staff, make_contact) -> None:
    contact = make_contact("Ann")
    url = reverse("admin:contacts_contact_delete", args=[contact.pk])
    assert staff.post(url, {"post": "yes"}).status_code == 403
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_every_model_of_its_own_is_in_the_admin() -> None:
    hidden = {"contacttag", "poolcontact"}  # shown within their contact and pool
    for model in apps.get_app_config("contacts").get_models():
        assert admin.site.is_registered(model) or model._meta.model_name in hidden
