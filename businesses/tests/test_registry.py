"""What higher apps put on the dashboard and above every page."""

import pytest

from businesses import registry
from businesses.registry import Figure, Notice, Panel


@pytest.fixture(autouse=True)
def own_registry(monkeypatch) -> None:
    """Only what the test registers."""
    for name in ("figures", "panels", "notices"):
        monkeypatch.setattr(registry, name, {})


def panel(name, order, context=lambda business: {"panel_words": business.slug}) -> Panel:
    return Panel(name=name, template="help/index.html", context=context, order=order)


def test_figures_stand_in_their_order_and_link_to_their_lists(as_bob) -> None:
    late = Figure(label="Overdue", value="$12.00", url="/late/", note="2 invoices", level="bad")
    registry.register_figures("b", lambda business: [Figure(label="Baths", value="3")], order=2)
    registry.register_figures("a", lambda business: [late], order=1)
    page = as_bob.get("/b/blue/").content.decode()
    assert page.index("Overdue") < page.index("Baths")
    assert '<a class="figure figure-bad" href="/late/">' in page


def test_a_panel_without_anything_to_show_is_left_out(blue) -> None:
    registry.register_panel(panel("second", 2))
    registry.register_panel(panel("empty", 1, lambda business: None))
    registry.register_panel(panel("first", 1))
    shown = registry.panels_of(blue)
    assert shown == [("help/index.html", {"panel_words": "blue"})] * 2


def test_registering_a_name_again_replaces_it(blue) -> None:
    registry.register_panel(panel("one", 1))
    registry.register_panel(panel("one", 1, lambda business: None))
    assert registry.panels_of(blue) == []


def test_a_notice_stands_above_every_page_and_may_depend_on_the_role(as_alice, as_rita) -> None:
    def notices(membership) -> list[Notice]:
        if not membership.is_owner:
            return []
        return [Notice(text="Xero is <lost>.", level="error", url="/mend/", label="Reconnect")]

    registry.register_notices("xero", notices)
    for path in ("/b/blue/", "/b/blue/people/", "/b/blue/help/index/"):
        page = as_alice.get(path).content.decode()
        assert "Xero is &lt;lost&gt;." in page
        assert '<a href="/mend/">Reconnect</a>' in page
        assert "Xero is" not in as_rita.get(path).content.decode().partition("<h1>")[0]


def test_notices_are_not_asked_for_by_pages_of_no_business(as_alice) -> None:
    registry.register_notices("broken", lambda membership: 1 / 0)
    assert as_alice.get("/businesses/").status_code == 200
