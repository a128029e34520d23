"""Rules of docs/frontend.md that can be read off the files."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = settings.BASE_DIR
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))
# Bootstrap's utilities: spacing, display, flex, text, sizes, borders, colours, positions.
UTILITY = re.compile(
    r"^([mp][tbsexy]?-|d-|flex-|justify-|align-|gap-|text-|fw-|fs-|w-|h-|border|bg-|rounded|"
    r"position-|overflow-|float-|order-|shadow|opacity-|lh-|font-)"
)

each_template = pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)


@each_template
def test_a_template_compiles(path) -> None:
    get_template(str(path.relative_to(ROOT / "templates")))


@each_template
def test_nothing_is_inline(path) -> None:
    """The Content-Security-Policy would block it without a word to the user."""
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text)
    assert not re.search(r'(src|href)="(https?:)?//', text)


@each_template
def test_icons_exist(path) -> None:
    text = path.read_text()
    names = re.findall(r'{% icon "([^"]+)"', text) + re.findall(r'{% empty_state "([^"]+)"', text)
    names += re.findall(r'{% nav_link "[^"]+" "[^"]+" "([^"]+)"', text)
    assert set(names) <= ICONS


@each_template
def test_a_form_that_posts_carries_its_token(path) -> None:
    for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.S):
        head = form.partition(">")[0]
        if 'method="post"' in head or "hx-post" in head:
            assert "{% csrf_token %}" in form


@each_template
def test_state_is_never_changed_by_a_link(path) -> None:
    assert not re.search(r"<a\b[^>]*\shx-(post|put|delete|patch)", path.read_text())


@each_template
def test_five_utility_classes_at_most(path) -> None:
    for classes in re.findall(r'class="([^"]*)"', path.read_text()):
        assert len([name for name in classes.split() if UTILITY.match(name)]) <= 5, classes


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_has_one_behaviour_that_fits_a_screen(path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 80
    assert text.startswith("//")  # it says what it does
    assert "innerHTML" not in text
    assert "eval(" not in text
