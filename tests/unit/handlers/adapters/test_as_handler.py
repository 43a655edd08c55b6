"""What is accepted for which mode and modality, and what is said when it is not."""

from __future__ import annotations

import functools
import queue
from typing import Any

import pytest

from gradio_webrtc import ReplyOnPause, Stream
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.adapters.as_handler import (
    as_handler,
    check_arity,
    modality_of,
    needs_args,
    takes_args,
)
from gradio_webrtc.handlers.audio_video import AudioVideoStreamHandler
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from gradio_webrtc.handlers.video import VideoStreamHandler


class Echo(StreamHandler):
    def __init__(self):
        super().__init__()
        self.queue = queue.Queue()

    def receive(self, frame):
        self.queue.put(frame)

    def emit(self):
        return self.queue.get()

    def copy(self):
        return Echo()


class AsyncSilent(AsyncStreamHandler):
    async def receive(self, frame):
        pass

    async def emit(self):
        pass

    def copy(self):
        return AsyncSilent()


class Forgetful(Echo):
    def __init__(self):
        self.queue = queue.Queue()


class EchoBoth(AudioVideoStreamHandler):
    def __init__(self, fps=30):
        super().__init__(fps=fps)

    def receive(self, frame):
        pass

    def emit(self):
        return None

    def video_receive(self, frame):
        pass

    def video_emit(self):
        return None

    def copy(self):
        return EchoBoth(self.fps)


def detection(image, conf_threshold=0.3):
    return image


def numbers(n=1):
    yield from range(n)


def test_a_handler_tells_what_it_is_for() -> None:
    class Both(AudioVideoStreamHandler):
        receive = emit = video_receive = video_emit = copy = Echo.copy

    assert modality_of(Echo()) == modality_of(AsyncSilent()) == "audio"
    assert modality_of(Both()) == "audio-video"
    assert modality_of(lambda image: image) == modality_of(VideoStreamHandler(print)) == "video"


@pytest.mark.parametrize("mode", ["send-receive", "send"])
@pytest.mark.parametrize("fn", [Echo(), AsyncSilent()])
def test_stream_handlers_serve_audio(mode, fn):
    handler = as_handler(fn, mode=mode, modality="audio")()
    assert handler.receives == handler.emits == {"audio"}


@pytest.mark.parametrize("mode", ["send-receive", "send", "receive"])
def test_handlers_of_both_serve_both(mode):
    handler = as_handler(EchoBoth(fps=15), mode=mode, modality="audio-video")()
    assert handler.receives == handler.emits == {"audio", "video"}
    assert handler.fps == 15


@pytest.mark.parametrize("mode", ["send-receive", "send"])
def test_functions_serve_video(mode):
    factory = as_handler(detection, mode=mode, modality="video")
    assert factory(needs_args=True).receives == {"video"}
    assert factory() is not factory()


@pytest.mark.parametrize(
    ("fn", "modality", "words"),
    [
        (Echo, "audio", r"pass Echo\(\)"),
        (detection, "audio", "detection.*ReplyOnPause"),
        (None, "audio", "None"),
        (Forgetful(), "audio", r"Forgetful.*super\(\).__init__\(\)"),
        (Echo(), "video", 'Echo.*modality="audio"'),
        (dict, "video", "the class dict"),
        (3, "video", "not 3"),
        (EchoBoth(), "audio", 'EchoBoth.*modality="audio-video"'),
        (EchoBoth(), "video", 'EchoBoth.*modality="audio-video"'),
        (EchoBoth, "audio-video", r"pass EchoBoth\(\)"),
        (Echo(), "audio-video", "AudioVideoStreamHandler with video_receive"),
        (detection, "audio-video", "not detection"),
        (EchoBoth(fps=61), "audio-video", "fps .* not 61"),
    ],
)
def test_what_cannot_serve_is_named_with_a_remedy(fn, modality, words):
    with pytest.raises(ConfigurationError, match=words):
        as_handler(fn, mode="send-receive", modality=modality)


@pytest.mark.parametrize(
    ("fn", "modality"),
    [
        (numbers, "audio"),
        (numbers, "video"),
        (numbers, "audio-video"),
        (functools.partial(numbers, 3), "audio"),
        (VideoStreamHandler(numbers), "video"),
        (VideoStreamHandler(numbers), "audio-video"),
        (Echo(), "audio"),
        (AsyncSilent(), "audio"),
    ],
)
def test_generators_and_functions_make_what_is_received(fn, modality):
    factory = as_handler(fn, mode="receive", modality=modality)
    assert factory().emits == set(modality.split("-"))
    assert factory(needs_args=True) is not factory(needs_args=True)


@pytest.mark.parametrize(
    ("fn", "modality", "words"),
    [
        (Echo, "audio", r"pass Echo\(\)"),
        (Echo(), "video", 'Echo.*modality="audio"'),
        (Echo(), "audio-video", "AudioVideoStreamHandler"),
        (VideoStreamHandler(numbers), "audio", "receive.*audio.*generator"),
        (numbers(3), "audio", "generator function.*pass numbers without"),
        (dict, "video", "the class dict"),
        (None, "audio-video", "receive.*audio-video.*None"),
    ],
)
def test_what_cannot_make_anything_is_named(fn, modality, words):
    with pytest.raises(ConfigurationError, match=words):
        as_handler(fn, mode="receive", modality=modality)


def test_frame_format_is_checked():
    with pytest.raises(ConfigurationError, match="bgr24"):
        as_handler(detection, mode="send", modality="video", frame_format="yuv420p")


class TestArity:
    @pytest.mark.parametrize(
        ("fn", "further", "mode"),
        [
            (detection, 0, "send-receive"),
            (detection, 1, "send-receive"),
            (lambda image, *rest: image, 4, "send"),
            (functools.partial(detection, conf_threshold=1), 0, "send"),
            (VideoStreamHandler(detection), 1, "send-receive"),
            (Echo(), 6, "send-receive"),
            (max, 1, "send-receive"),
            (detection, 2, "receive"),
            (lambda: None, 0, "receive"),
            (VideoStreamHandler(detection), 1, "receive"),
        ],
    )
    def test_fits(self, fn, further, mode):
        check_arity(fn, further, mode=mode)

    @pytest.mark.parametrize(
        ("fn", "further", "mode", "words"),
        [
            (detection, 2, "send-receive", "detection.*3 values.*2 from the other inputs"),
            (lambda: None, 0, "send-receive", "1 value:"),
            (lambda image, threshold: image, 0, "send-receive", "threshold"),
            (VideoStreamHandler(detection), 2, "send-receive", "detection"),
            (lambda image, *, threshold: image, 0, "send-receive", "threshold"),
            (detection, 3, "receive", "detection.*3 values:.*no frame"),
            (detection, 0, "receive", "detection.*0 values:.*no frame.*image"),
        ],
    )
    def test_does_not_fit(self, fn, further, mode, words):
        with pytest.raises(ConfigurationError, match=words):
            check_arity(fn, further, mode=mode)

    def test_whether_values_are_needed(self):
        assert needs_args(detection, "receive")
        assert not needs_args(detection, "send-receive")
        assert needs_args(max, "receive") is False  # it does not tell


def test_who_takes_values_of_further_inputs_defaults_included():
    def one(frame: Any) -> Any: ...
    def two(frame: Any, confidence: float = 0.3) -> Any: ...
    def many(frame: Any, *values: Any) -> Any: ...
    def named(frame: Any, *, confidence: float = 0.3) -> Any: ...

    for fn, takes in ((one, False), (two, True), (many, True), (named, False)):
        assert takes_args(fn, "send-receive") is takes
        assert takes_args(VideoStreamHandler(fn), "send-receive") is takes
        assert takes_args(ReplyOnPause(fn), "send-receive") is takes
    assert takes_args(one, "receive")


@pytest.mark.parametrize("modality", ["video", "audio"])
def test_a_mounted_stream_asks_for_what_has_defaults(modality):
    def fn(frame: Any, confidence: float = 0.3) -> Any: ...

    handler = fn if modality == "video" else ReplyOnPause(fn)
    made = Stream(handler, modality=modality).host.settings.make_handler()
    assert made._asks_args
    assert not made._needs_args
