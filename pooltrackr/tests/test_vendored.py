"""Files of others are what VENDORED.md says they are."""

import hashlib
import re

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
LINES = re.findall(
    r"^\| (\S+) \|.*`([0-9a-f]{64})` \|$", (VENDOR / "VENDORED.md").read_text(), re.M
)


@pytest.mark.parametrize(("name", "digest"), LINES)
def test_a_vendored_file_is_unchanged(name, digest) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_nothing_is_vendored_unnamed_and_each_has_its_licence() -> None:
    files = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    named = {name for name, _ in LINES}
    licences = {f"{name.partition('/')[0]}/LICENSE" for name in named}
    assert files == named | licences | {"VENDORED.md"}
