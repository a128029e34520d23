"""Australian business numbers."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from businesses.fields import tidy_abn, validate_abn

GOOD = "51 824 753 556"  # the tax office's own example


@pytest.mark.parametrize("typed", [GOOD, "51824753556", " 51 824753556 "])
def test_a_good_number_passes_however_it_is_spaced_and_is_printed_one_way(typed) -> None:
    validate_abn(typed)
    assert tidy_abn(typed) == GOOD


@pytest.mark.parametrize("typed", ["51 824 753 557", "5182475355", "518247535566", "abc", "0" * 11])
def test_a_wrong_number_is_refused_and_left_as_typed(typed) -> None:
    with pytest.raises(ValidationError, match="not a valid ABN"):
        validate_abn(typed)
    assert tidy_abn(typed) == typed


@given(st.integers(min_value=0, max_value=10), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_always_noticed(place, change) -> None:
    digits = list(GOOD.replace(" ", ""))
    digits[place] = str((int(digits[place]) + change) % 10)
    with pytest.raises(ValidationError):
        validate_abn("".join(digits))
