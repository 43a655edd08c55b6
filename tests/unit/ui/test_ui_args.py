"""``UIArgs``: what is let through, and what its author is told of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, UIArgs
from gradio_webrtc.ui.ui_args import check_ui_args

PUBLISHED = {
    "title", "subtitle", "icon", "icon_button_color", "pulse_color", "icon_radius",
    "send_input_on", "hide_title", "full_screen", "variant",
}  # fmt: skip


def test_it_has_the_published_keys_and_none_is_needed() -> None:
    assert set(UIArgs.__annotations__) >= PUBLISHED
    assert not UIArgs.__required_keys__


def test_what_is_none_is_as_if_it_were_left_out() -> None:
    given = {"title": "Echo", "icon": None}
    args = check_ui_args(given)
    assert args == {"title": "Echo"}
    assert args is not given
    assert check_ui_args(None) == {}


def test_a_key_that_means_nothing_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigurationError, match=r'no key .titel.\. Did you mean "title"\?'):
        check_ui_args({"titel": "Echo"})
    with pytest.raises(ValueError, match="It takes title, subtitle, hide_title, icon"):
        check_ui_args({"zzz": 1})


@pytest.mark.parametrize("given", ["title", ["title"], 7])
def test_what_is_no_dict_is_refused(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="ui_args must be a dict"):
        check_ui_args(given)
