"""Log-in, the way to one's business, and a business's first day."""

import re

import pytest
from django.core import mail
from django.http import HttpResponse

from businesses.models import Business, User
from businesses.tests.factories import MembershipFactory, UserFactory

PASSWORD = "calm-water-94"


@pytest.fixture
def alice_with_password(alice) -> User:
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def log_in(client, email, password=PASSWORD) -> HttpResponse:
    return client.post("/login/", {"username": email, "password": password})


def test_a_person_logs_in_by_e_mail_whatever_its_case(client, alice_with_password) -> None:
    assert log_in(client, "ALICE@blue.example").headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/b/blue/"


def test_a_wrong_password_says_so_and_keeps_the_address(client, alice_with_password) -> None:
    answer = log_in(client, "alice@blue.example", "wrong")
    assert answer.status_code == 200
    assert 'value="alice@blue.example"' in answer.content.decode()
    assert "error-summary" in answer.content.decode()


def test_log_out_is_a_post(as_alice) -> None:
    assert as_alice.get("/logout/").status_code == 405
    as_alice.post("/logout/")
    assert as_alice.get("/b/blue/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_the_mail(
    client, alice_with_password, settings
) -> None:
    client.post("/password/reset/", {"email": "alice@blue.example"}, HTTP_HOST="127.0.0.1")
    link = re.search(r"http\S+", mail.outbox[0].body).group()
    assert link.startswith(settings.SITE_URL)  # not the Host header of the request
    page = client.get(link.removeprefix(settings.SITE_URL), follow=True)
    new = {"new_password1": "warmer-water-95", "new_password2": "warmer-water-95"}
    client.post(page.request["PATH_INFO"], new)
    assert log_in(client, "alice@blue.example", "warmer-water-95").status_code == 302
    again = client.get(link.removeprefix(settings.SITE_URL), follow=True)
    assert "This link no longer works" in again.content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, db) -> None:
    answer = client.post("/password/reset/", {"email": "nobody@example.com"}, follow=True)
    assert "Check your mail" in answer.content.decode()
    assert not mail.outbox


def test_a_person_of_two_businesses_chooses(as_alice, alice, dry) -> None:
    MembershipFactory(business=dry, user=alice)
    page = as_alice.get("/", follow=True).content.decode()
    assert "Blue Lagoon Pool Care" in page and "Dry Creek Pools" in page


def test_a_person_without_a_business_is_told_what_to_do_and_can_begin_one(client, db) -> None:
    client.force_login(UserFactory())
    assert "You do not belong to a business yet" in client.get("/", follow=True).content.decode()
    form = {"name": "Sandy Bay Pools", "abn": "51824753556", "time_zone": "Australia/Hobart"}
    answer = client.post("/businesses/new/", form)
    business = Business.objects.get()
    assert answer.headers["Location"] == "/b/sandy-bay-pools/"
    assert (business.abn, business.time_zone) == ("51 824 753 556", "Australia/Hobart")


def test_the_chooser_lists_only_ones_own(as_charlie, blue) -> None:
    assert "Blue Lagoon" not in as_charlie.get("/businesses/").content.decode()
