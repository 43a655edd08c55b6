"""How many values an app may give a session."""

from __future__ import annotations

import pytest

from gradio_webrtc import ConfigurationError, WebRTCData
from gradio_webrtc.handlers.input_values import fitting


def one_or_two(count: int) -> None:
    if count not in (1, 2):
        raise ConfigurationError(f"{count} do not fit")


def test_values_that_fit_are_left_alone():
    assert fitting((None, 5), one_or_two) == (None, 5)
    assert fitting((None, 5, 6, 7), None) == (None, 5, 6, 7)


def test_a_first_value_too_many_is_one_of_the_frame():
    assert fitting((None, 5, 6), one_or_two) == (5, 6)
    assert fitting(["__webrtc_value__", 5, 6], one_or_two) == [5, 6]


def test_what_was_submitted_is_no_value_of_an_input():
    data = WebRTCData("someone")
    assert fitting((data, 5, 6), one_or_two) == (data, 5, 6)
    with pytest.raises(ConfigurationError, match="3 do not fit"):
        fitting((data, 5, 6, 7), one_or_two)


@pytest.mark.parametrize("args", [(), (1, 2, 3, 4)])
def test_other_numbers_are_refused(args: tuple[int, ...]):
    with pytest.raises(ConfigurationError, match=f"{len(args)} do not fit"):
        fitting(args, one_or_two)
