"""Inputs and outputs of a listener, in the shapes that Gradio takes."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.gradio_events.block_lists import as_list


def test_none_one_and_several_components_are_lists() -> None:
    first, second = gr.Number(), gr.Number()
    assert as_list("inputs", None) == []
    assert as_list("inputs", first) == [first]
    assert as_list("inputs", (first, second)) == [first, second]
    assert set(as_list("inputs", {first, second})) == {first, second}


@pytest.mark.parametrize("value", ["text", 7, [gr.Number, 7]])
def test_anything_else_is_named(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="outputs must be a component or a list"):
        as_list("outputs", value)
