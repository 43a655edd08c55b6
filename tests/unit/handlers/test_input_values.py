"""How many values an app may give a session."""

from __future__ import annotations

import pytest

from gradio_webrtc import ConfigurationError, WebRTCData
from gradio_webrtc.handlers.input_values import fitting


def one_or_two(count: int) -> None:
    if count not in (1, 2):
        raise ConfigurationError(f"{count} do not fit")


def test_values_that_fit_are_left_alone():
    assert fitting((None, 5), one_or_two, "someone") == (None, 5)
    assert fitting((None, 5, 6, 7), None, "someone") == (None, 5, 6, 7)


def test_a_first_value_too_many_is_one_of_the_frame():
    assert fitting((None, 5, 6), one_or_two, "someone") == (5, 6)
    for dummy in ("__webrtc_value__", "", "someone"):
        assert fitting([dummy, 5, 6], one_or_two, "someone") == [5, 6]


def test_what_was_submitted_is_no_value_of_an_input():
    data = WebRTCData("someone")
    assert fitting((data, 5, 6), one_or_two, "someone") == (data, 5, 6)
    with pytest.raises(ConfigurationError, match="3 do not fit"):
        fitting((data, 5, 6, 7), one_or_two, "someone")


@pytest.mark.parametrize("args", [(), (None, 2, 3, 4), (1, 2, 3), ("red", 2, 3)])
def test_other_numbers_are_refused(args: tuple[int, ...]):
    with pytest.raises(ConfigurationError, match=f"{len(args)} do not fit"):
        fitting(args, one_or_two, "someone")
