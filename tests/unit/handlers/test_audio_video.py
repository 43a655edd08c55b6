"""The classes for audio and video that authors subclass."""

from __future__ import annotations

import inspect

import pytest

from gradio_webrtc.handlers.audio_video import (
    AsyncAudioVideoStreamHandler,
    AudioVideoStreamHandler,
)
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler

BOTH = [AudioVideoStreamHandler, AsyncAudioVideoStreamHandler]


@pytest.mark.parametrize("kind", BOTH)
def test_all_four_methods_and_copy_must_be_written(kind: type) -> None:
    with pytest.raises(TypeError, match=r"copy.*emit.*receive.*video_emit.*video_receive"):
        kind()


def test_each_is_an_audio_handler_of_its_kind() -> None:
    assert issubclass(AudioVideoStreamHandler, StreamHandler)
    assert issubclass(AsyncAudioVideoStreamHandler, AsyncStreamHandler)
    assert not issubclass(AsyncAudioVideoStreamHandler, StreamHandler)


@pytest.mark.parametrize("name", ["video_receive", "video_emit", "receive", "emit"])
def test_only_the_async_one_is_async(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(AsyncAudioVideoStreamHandler, name))
    assert not inspect.iscoroutinefunction(getattr(AudioVideoStreamHandler, name))


def test_the_rate_of_frames_is_the_authors_and_30_by_default() -> None:
    class Silent(AudioVideoStreamHandler):
        def receive(self, frame: object) -> None: ...
        def emit(self) -> None: ...
        def video_receive(self, frame: object) -> None: ...
        def video_emit(self) -> None: ...
        def copy(self) -> Silent:
            return Silent()

    assert Silent().fps == 30
    assert Silent(fps=12).fps == 12
