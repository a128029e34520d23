"""Addresses as they arrive when somebody pastes, guesses or tampers: never an error."""

import pytest

from pooltrackr.tests.test_strangers import ALL, STATES, Address
from pooltrackr.tests.world import World

QUERIES = (
    "page=-1&sort=evil",
    "page=abc&sort=-",
    "page=" + "9" * 30,
    # More words than a statement of SQLite takes conditions.
    "q=" + "a+" * 1500 + "&find=" + "b+" * 1500,
    "q=" + "+".join(f"w{n}" for n in range(1500)),
    "q=%00&find=%00&tags=%00&state=%00&show=%00&line-0-item=%00",
    "q=1e30&since=9999-12-31&until=0001-01-01&contact=abc&category=" + "9" * 25,
    "q=NaN&since=0000-01-01&tag=" + "9" * 25 + "&merged=abc&by=evil&mode=evil",
)
PAGES = [address for address in ALL if not address.names_an_object or "link_edit" in address.name]


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
def test_what_an_address_says_wrong_is_never_an_error(
    address: Address, blue, alice, as_alice
) -> None:
    world = World(blue, alice)
    for name in ("connection", "invoice", "link_choice", "outbox_row", "product", "pool"):
        world.get(name)
    path = address.filled(world)
    STATES.get(address.name, lambda world: None)(world)
    for query in QUERIES:
        answer = as_alice.get(f"{path}?{query}")
        if answer.streaming:
            b"".join(answer.streaming_content)
        assert answer.status_code < 500, query


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
def test_no_address_sends_people_to_another_site(address: Address, blue, alice, as_alice) -> None:
    world = World(blue, alice)
    world.get("connection")
    path = address.filled(world)
    # A bare word is what redirect() would take for the name of a view.
    for target in ("//evil.example/", "https://evil.example/", "javascript:alert(1)", "word"):
        query = {"next": target, "back": target, "from": target}
        answer = as_alice.get(path, query)
        posted = as_alice.post(f"{path}?next={target}&back={target}", query)
        for one in (answer, posted):
            assert not one.headers.get("Location", "").startswith(target)
            assert not one.headers.get("HX-Redirect", "").startswith(target)
        if not answer.streaming:
            assert f'href="{target}'.encode() not in answer.content
