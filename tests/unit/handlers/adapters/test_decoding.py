"""The base of the adapters: what is not encoded media passes through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gradio_webrtc.handlers.adapters.decoding import DecodingHandler
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    EndOfStream,
    Handler,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
)

pytestmark = pytest.mark.asyncio


class Inner(DecodingHandler):
    """An adapter that has nothing to emit, and keeps what it is given."""

    receives: frozenset[MediaKind] = frozenset({"audio"})
    audio_format = AudioFormat(16_000, "stereo")
    fps = 12
    dropped = 7
    user_code = None

    def __init__(self, *emits: MediaKind) -> None:
        self.emits: frozenset[MediaKind] = frozenset(emits)
        super().__init__("reply", self.emits)
        self.given: list[tuple[str, Sequence[Any]]] = []
        self.started = self.closed = 0
        self.asked: list[MediaKind] = []
        self.close_error: Exception | None = None

    async def _start(self, link: Any) -> None:
        self.started += 1

    def set_args(self, args: Sequence[Any]) -> None:
        self.given.append(("args", args))

    async def submit(self, args: Sequence[Any]) -> None:
        self.given.append(("submit", args))

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        pass

    async def receive_video(self, frame: ReceivedVideo) -> None:
        pass

    async def _emit(self, kind: MediaKind) -> Any:
        self.asked.append(kind)
        raise EndOfStream

    async def _close(self) -> None:
        self.closed += 1
        if self.close_error is not None:
            raise self.close_error


def decoding(inner: Inner) -> Handler:
    """Return ``inner`` as a session sees it."""
    return inner


async def test_what_is_asked_and_given_passes_through(link: Any) -> None:
    inner = Inner("audio")
    handler = decoding(inner)
    assert (handler.receives, handler.emits) == ({"audio"}, {"audio"})
    assert (handler.audio_format, handler.fps) == (AudioFormat(16_000, "stereo"), 12)
    assert handler.dropped == 7
    await handler.start(link)
    handler.set_args([1])
    await handler.submit([2])
    assert inner.given == [("args", [1]), ("submit", [2])]
    await handler.aclose()
    await handler.aclose()
    assert (inner.started, inner.closed) == (1, 1)


@pytest.mark.parametrize("kinds", [("audio",), ("video",), ("audio", "video")])
async def test_each_kind_that_is_emitted_ends_by_itself(kinds: tuple[MediaKind, ...]) -> None:
    inner = Inner(*kinds)
    handler = decoding(inner)
    for kind in kinds:
        with pytest.raises(EndOfStream):
            await handler.emit(kind)
    assert inner.asked == list(kinds)
    await handler.aclose()


async def test_what_closing_the_handler_raises_comes_out() -> None:
    inner = Inner("audio", "video")
    inner.close_error = LookupError("shutdown")
    with pytest.raises(LookupError, match="shutdown"):
        await decoding(inner).aclose()
