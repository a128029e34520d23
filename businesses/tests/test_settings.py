"""The settings page."""

import pytest

from businesses.forms import time_zone_choices
from businesses.models import Business

URL = "/b/blue/settings/"
FORM = {
    "name": "Blue Lagoon",
    "abn": "51824753556",
    "gst_registered": "on",
    "email": "office@blue.example",
    "phone": "07 5550 0100",
    "address": "12 Lagoon Street",
    "time_zone": "Australia/Perth",
    "terms_days": "20",
    "terms_type": "OFFOLLOWINGMONTH",
    "payment_details": "BSB 000-000",
}


def test_an_owner_saves_every_field(as_alice) -> None:
    assert as_alice.post(URL, FORM).status_code == 302
    business = Business.objects.get(slug="blue")
    saved = {name: getattr(business, name) for name in FORM}
    assert saved == {**FORM, "abn": "51 824 753 556", "gst_registered": True, "terms_days": 20}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("abn", "51824753557", "not a valid ABN"),
        ("terms_days", "400", "365"),
        ("time_zone", "Mars/Base", "valid choice"),
        ("name", "", "required"),
        ("email", "office", "valid email"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_saved(as_alice, field, value, words) -> None:
    answer = as_alice.post(URL, {**FORM, field: value})
    page = answer.content.decode()
    assert words in page
    assert "error-summary" in page
    assert f'href="#id_{field}"' in page
    assert Business.objects.get(slug="blue").name == "Blue Lagoon Pool Care"


def test_a_refused_name_does_not_stand_in_the_frame_of_the_page(as_alice) -> None:
    page = as_alice.post(URL, {**FORM, "name": "Renamed", "terms_days": "400"}).content.decode()
    assert 'value="Renamed"' in page
    assert "Pooltrackr · Blue Lagoon Pool Care" in page


def test_others_read_and_do_not_change(as_bob, as_rita) -> None:
    for browser in (as_bob, as_rita):
        page = browser.get(URL).content.decode()
        assert "Save settings" not in page
        assert "Only owners change these" in page
        assert browser.post(URL, FORM).status_code == 403


def test_the_time_zones_of_the_region_come_first() -> None:
    (name, near), (_, far) = time_zone_choices()
    assert name == "Australia and New Zealand"
    assert near[0][0] == "Australia/Brisbane"
    assert "Brisbane (Australia, UTC+10:00)" in near[0][1]
    assert len(far) > 300
    assert not {value for value, _ in near} & {value for value, _ in far}
