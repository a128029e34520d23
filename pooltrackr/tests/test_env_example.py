"""The example names every variable that is read, so that nobody has to search the code."""

import re

from django.conf import settings

# Not for .env: a test run gives it.
ELSEWHERE = {"TEST_DATABASE"}


def read_by(source: str) -> set[str]:
    return set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', source))


def test_every_variable_that_settings_read_stands_in_the_example() -> None:
    source = (settings.BASE_DIR / "pooltrackr" / "settings.py").read_text()
    example = (settings.BASE_DIR / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert len(read_by(source)) > 30
    assert read_by(source) - named - ELSEWHERE == set()


def test_every_variable_of_the_example_is_read_somewhere() -> None:
    example = (settings.BASE_DIR / ".env.example").read_text()
    sources = [*settings.BASE_DIR.glob("pooltrackr/**/*.py")]
    text = "\n".join(path.read_text() for path in sources)
    named = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    assert [name for name in named if f'"{name}"' not in text] == []
