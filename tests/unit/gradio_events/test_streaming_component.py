"""What the instances of one component share, and what it is called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import ConfigurationError, WebRTC
from gradio_webrtc.gradio_events.streaming_component import OutputListeners


def function(number: int) -> Any:
    return SimpleNamespace(_id=number)


def test_listeners_are_known_by_place_or_key_and_by_gradios_newest_numbers() -> None:
    listeners, moved = OutputListeners(), function(3)
    assert listeners.add(moved, None) == ("place", 0)
    assert listeners.add(function(5), "captions") == ("key", "captions")
    moved._id = 11
    assert listeners.ids() == [11, 5]
    assert listeners.readers == [("place", 0), ("key", "captions")]


async def test_a_component_is_named_by_its_label() -> None:
    with gr.Blocks():
        assert WebRTC(label="Door").own_name() == "WebRTC(label='Door')"
        assert WebRTC().own_name() == "WebRTC"


async def test_without_a_stream_there_are_no_sessions_to_act_on() -> None:
    with gr.Blocks():
        door = WebRTC(label="Door")
    with pytest.raises(ConfigurationError, match=r"Door: call stream\(\) first"):
        door.close_stream("id")
