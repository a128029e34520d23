"""Log lines: whatever raised, and whoever logged it, its text stays out."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from businesses.models import Business
from pooltrackr.celery import app

app.loader.import_default_modules()
TASKS = sorted(name for name in app.tasks if not name.startswith("celery."))
CANARY = "Rosa Sekretova owes 83719264.55"
logger = logging.getLogger("pooltrackr.tests")


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Return what the settings' own format makes of everything that is logged."""
    form = settings.LOGGING["formatters"]["line"]
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(import_string(form["class"])(form["format"], style=form["style"]))
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


def fail() -> None:
    raise ValueError(CANARY)


def test_an_exception_is_its_type_and_its_places(lines) -> None:
    try:
        fail()
    except ValueError as error:
        logger.exception("Job %s stopped", 7)
        logger.error("It said: %s", error)
        logger.exception("It said: %s", str(error))
    first, second, third = lines.getvalue().splitlines()
    assert "ERROR pooltrackr.tests Job 7 stopped type=ValueError at fail:" in first
    assert " < test_an_exception_is_its_type_and_its_places:" in first
    assert second.endswith("It said: ValueError")
    assert "type=ValueError" in third
    assert "Sekretova" not in lines.getvalue()


def test_no_other_handler_has_what_the_formatter_took_out(lines) -> None:
    """AdminEmailHandler would send the request's values by mail; Django's console the traceback."""
    assert logging.getLogger("django").handlers == []
    root = [one for one in settings.LOGGING["handlers"].values() if one["formatter"] != "line"]
    assert root == []


def test_a_request_that_fails_is_told_by_its_path_and_places(lines, as_alice, monkeypatch) -> None:
    as_alice.raise_request_exception = False
    monkeypatch.setattr(Business, "zone", property(lambda self: fail()))
    assert as_alice.get("/b/blue/").status_code == 500
    (line,) = [one for one in lines.getvalue().splitlines() if "django.request" in one]
    assert "Internal Server Error: /b/blue/ type=ValueError at fail:" in line
    assert "Sekretova" not in lines.getvalue()


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_fails_is_told_by_its_name_and_type(lines, name) -> None:
    """By an argument that no task knows: its name stands in the exception's text."""
    assert app.tasks[name].apply(kwargs={"Sekretova": CANARY}).failed()
    (line,) = lines.getvalue().splitlines()
    assert f"Task {name}[" in line
    assert "type=TypeError at " in line
    assert "Sekretova" not in line


def test_a_task_that_fails_within_is_told_by_its_places(lines) -> None:
    assert app.tasks["xero_integration.tasks.drain"].apply([1, CANARY]).failed()
    assert "type=ValueError at __new__:" in lines.getvalue()
    assert " < drain:" in lines.getvalue()
    assert "Sekretova" not in lines.getvalue()


def test_what_is_no_error_is_written_as_it_is(lines) -> None:
    logger.info("sweep rows_freed=%s", 3)
    logger.info("100 %")
    told = [line.partition(" pooltrackr.tests ")[2] for line in lines.getvalue().splitlines()]
    assert told == ["sweep rows_freed=3", "100 %"]
