"""Handlers and their types, where published code imports them from."""

from __future__ import annotations

import gradio_webrtc.tracks as tracks
import pytest

import gradio_webrtc
from gradio_webrtc import ReplacedNameError


def test_handlers_are_those_of_the_package_itself():
    assert tracks.StreamHandler is gradio_webrtc.StreamHandler
    assert issubclass(tracks.AsyncStreamHandler, tracks.StreamHandlerBase)
    assert isinstance(gradio_webrtc.ReplyOnPause(print), tracks.AsyncHandler)


@pytest.mark.parametrize("name", ["VideoCallback", "AudioCallback", "ServerToClientVideo"])
def test_there_are_no_tracks(name: str):
    with pytest.raises(ReplacedNameError, match="Subclass a stream handler"):
        getattr(tracks, name)
