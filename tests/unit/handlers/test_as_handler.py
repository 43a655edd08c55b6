"""What is accepted for which mode and modality, and what is said when it is not."""

from __future__ import annotations

import functools
import queue

import pytest

from gradio_webrtc.errors import ConfigurationError, NotYetSupportedError
from gradio_webrtc.handlers.adapt import as_handler, check_arity
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
    ("mode", "modality"),
    [
        ("receive", "audio"),
        ("receive", "video"),
    ],
)
def test_what_comes_later_says_so(mode, modality):
    with pytest.raises(NotYetSupportedError, match=f"{mode}.*{modality}"):
        as_handler(detection, mode=mode, modality=modality)


def test_frame_format_is_checked():
    with pytest.raises(ConfigurationError, match="bgr24"):
        as_handler(detection, mode="send", modality="video", frame_format="yuv420p")


class TestVideoStreamHandler:
    def test_published_defaults(self):
        handler = VideoStreamHandler(detection)
        assert (handler.fps, handler.skip_frames, handler.frame_format) == (30, True, None)
        assert handler.callable is detection

    @pytest.mark.parametrize("fps", [1, 60])
    def test_fps_in_range(self, fps):
        assert VideoStreamHandler(detection, fps=fps).fps == fps

    @pytest.mark.parametrize(
        "arguments",
        [
            {"fps": 0},
            {"fps": 61},
            {"frame_format": "yuv"},
            {"callable": None},
            {"callable": dict},
        ],
    )
    def test_values_that_cannot_work(self, arguments):
        with pytest.raises(ConfigurationError):
            VideoStreamHandler(**{"callable": detection, **arguments})


class TestArity:
    @pytest.mark.parametrize(
        ("fn", "count"),
        [
            (detection, 1),
            (detection, 2),
            (lambda image, *rest: image, 5),
            (functools.partial(detection, conf_threshold=1), 1),
            (VideoStreamHandler(detection), 2),
            (Echo(), 7),
            (max, 2),
        ],
    )
    def test_fits(self, fn, count):
        check_arity(fn, count)

    @pytest.mark.parametrize(
        ("fn", "count", "words"),
        [
            (detection, 3, "detection.*3 values.*2 from the other inputs"),
            (lambda: None, 1, "1 value:"),
            (lambda image, threshold: image, 1, "threshold"),
            (VideoStreamHandler(detection), 3, "detection"),
            (lambda image, *, threshold: image, 1, "threshold"),
        ],
    )
    def test_does_not_fit(self, fn, count, words):
        with pytest.raises(ConfigurationError, match=words):
            check_arity(fn, count)
