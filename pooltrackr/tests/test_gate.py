"""The gate itself: no package's tests are left out of it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_every_package_with_tests_is_tested(pytestconfig: pytest.Config) -> None:
    found = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[a-z]*/**/test_*.py")}
    assert "stripe_integration" in found
    assert found <= set(pytestconfig.getini("testpaths"))
