"""The tags that all pages share."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template

from businesses.models import User
from businesses.tests.factories import UserFactory
from pooltrackr.lib.tables import Table
from pooltrackr.lib.widgets import DateInput, SearchSelect


def render(template, **variables) -> str:
    return Template(template).render(Context(variables))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("1234.5"), "1,234.50"),
        (Decimal("-1234567.895"), "−1,234,567.90"),  # noqa: RUF001
        (0, "0.00"),
        (None, "–"),  # noqa: RUF001
        (Decimal("0.005"), "0.01"),
    ],
)
def test_money_has_cents_thousands_and_a_real_minus(amount, shown) -> None:
    assert render("{% money amount %}", amount=amount) == f'<span class="money">{shown}</span>'


@pytest.mark.parametrize(
    ("currency", "shown"), [("AUD", "$5.00"), ("NZD", "NZ$5.00"), ("XPF", "XPF 5.00")]
)
def test_money_names_its_currency_when_asked(currency, shown) -> None:
    assert shown in render("{% money 5 currency %}", currency=currency)


def test_a_status_is_told_by_words_and_icon_not_by_colour_alone() -> None:
    badge = render('{% status_badge "bad" text %}', text="<Refused>")
    assert "&lt;Refused&gt;" in badge
    assert "icons.svg#alert" in badge
    with pytest.raises(KeyError):
        render('{% status_badge "purple" "x" %}')


def test_an_icon_is_silent_beside_words_and_speaks_when_alone() -> None:
    assert 'aria-hidden="true"' in render('{% icon "plus" %}')
    assert 'role="img" aria-label="Linked"' in render('{% icon "link" "Linked" %}')


class Form(forms.Form):
    name = forms.CharField(help_text="As on <invoices>.")
    day = forms.DateField(required=False, widget=DateInput())
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()
    contact = forms.ChoiceField(choices=[("1", "Mira")], widget=SearchSelect(url="/find/"))
    secret = forms.CharField(widget=forms.HiddenInput, initial="s")
    code = forms.CharField(required=False, widget=forms.TextInput(attrs={"class": "short"}))


def test_every_control_has_a_label_its_help_and_its_error() -> None:
    page = render("{% form_fields form %}", form=Form({"name": "", "day": "soon"}))
    assert '<label class="form-label" for="id_name">' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_helptext">As on &lt;invoices&gt;.' in page
    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert page.count("optional</span>") == 2
    assert '<legend class="form-label">Kind' in page
    assert 'class="form-check-input is-invalid"' in page
    assert 'type="hidden" name="secret"' in page
    assert 'class="short form-control"' in page
    assert 'data-search-select="/find/"' in page


def test_a_date_goes_to_the_browsers_picker_in_iso(settings) -> None:
    page = render(
        "{{ form.day.as_field_group }}",
        form=Form(initial={"day": __import__("datetime").date(2026, 2, 1)}),
    )
    assert 'type="date"' in page
    assert 'value="2026-02-01"' in page


def test_the_error_summary_links_each_field_and_is_silent_without_errors() -> None:
    assert render("{% error_summary form %}", form=Form()).strip() == ""
    form = Form({"name": "", "agreed": "on", "kind": "a", "contact": "1", "secret": "s"})
    form.add_error(None, "The whole is wrong.")
    page = render("{% error_summary form %}", form=form)
    assert '<a href="#id_name">Name</a>: This field is required.' in page
    assert "<li>The whole is wrong.</li>" in page
    assert 'role="alert" tabindex="-1"' in page


@pytest.fixture
def list_of(rf, db) -> Callable[..., dict[str, object]]:
    def make(query="", *, rows=5, per_page=2) -> dict[str, object]:
        UserFactory.create_batch(rows)
        request = rf.get(f"/{query}")
        table = Table(
            request,
            User.objects.all(),
            sorts={"email": "email"},
            default="email",
            per_page=per_page,
        )
        return {"table": table, "request": request}

    return make


def test_a_sort_header_is_a_real_link_that_tells_its_direction(list_of) -> None:
    head = render('{% sort_header "email" "E-mail" "number" %}', **list_of("?q=x&page=2"))
    assert 'aria-sort="ascending" class="number"' in head
    assert 'href="?q=x&amp;sort=-email"' in head
    assert 'hx-get="?q=x&amp;sort=-email" hx-target="#table" hx-push-url="true"' in head


def test_the_pager_counts_links_and_speaks(list_of) -> None:
    page = render('{% pager "person" "people" %}', **list_of("?page=2"))
    assert "data-announce>3–4 of 5 people</p>" in page  # noqa: RUF001
    assert 'aria-current="page" aria-label="Page 2"' in page
    assert 'id="page-next" href="?page=3"' in page
    assert '<input type="hidden" name="sort" value="email" form="filters">' in page


def test_one_row_needs_no_pages(list_of) -> None:
    page = render('{% pager "person" "people" %}', **list_of(rows=1))
    assert "data-announce>1 person</p>" in page
    assert "<nav" not in page


def test_an_empty_list_says_what_to_do_next() -> None:
    page = render('{% empty_state "contacts" "No contacts yet" "Add one." "/add/" "New contact" %}')
    assert "<h2>No contacts yet</h2>" in page
    assert '<a class="btn btn-primary" href="/add/">New contact</a>' in page
