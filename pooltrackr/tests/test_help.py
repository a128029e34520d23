"""Help for every page."""

import pytest
from django.conf import settings as project

from pooltrackr.tests.test_strangers import ALL


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("members", "Adding a person"),
        ("business-settings", "Payment terms"),
        ("no-such-topic", "finding your way"),
    ],
)
def test_a_topic_has_its_text_and_an_unknown_one_the_overview(as_rita, topic, words) -> None:
    page = as_rita.get(f"/b/blue/help/{topic}/").content.decode()
    assert words in page
    assert f'href="mailto:{project.SUPPORT_EMAIL}?subject=' in page


def test_a_topic_cannot_leave_the_folder(as_alice) -> None:
    assert as_alice.get("/b/blue/help/../../base/").status_code == 404


def test_every_page_links_to_its_own_help_and_to_support(as_bob) -> None:
    page = as_bob.get("/b/blue/people/").content.decode()
    assert 'href="/b/blue/help/members/"' in page
    assert f'href="mailto:{project.SUPPORT_EMAIL}"' in page


def test_the_log_in_page_shows_support_too(client, db) -> None:
    assert f"mailto:{project.SUPPORT_EMAIL}" in client.get("/login/").content.decode()


def test_every_help_text_belongs_to_a_page() -> None:
    pages = {address.name.replace(":", "-").replace("_", "-") for address in ALL}
    apps = {name.partition("-")[0] for name in pages}
    texts = {path.stem for path in (project.BASE_DIR / "templates" / "help").glob("*.html")}
    assert texts - pages - apps - {"index", "page"} == set()
