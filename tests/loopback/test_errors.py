"""User code that fails, seen from the client and from its neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradio_webrtc import Stream, StreamHandler, WebRTCError
from tests.support.echo_handlers import EchoHandler
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until


class Failing(EchoHandler):
    """Raises ``error`` in the method named ``where``, in the second copy made."""

    def __init__(self, where: str, error: Exception, copies: list[Any] | None = None) -> None:
        super().__init__()
        self.where = where
        self.error = error
        self.copies: list[Any] = [] if copies is None else copies
        self.fails = False

    def _at(self, where: str) -> None:
        if self.fails and where == self.where:
            raise self.error

    def start_up(self) -> None:
        self._at("start_up")

    def receive(self, frame: Any) -> None:
        self._at("receive")
        super().receive(frame)

    def emit(self) -> Any:
        self._at("emit")
        return super().emit()

    def copy(self) -> StreamHandler:
        made = Failing(self.where, self.error, self.copies)
        self.copies.append(made)
        made.fails = len(self.copies) == 2
        return made


@pytest.mark.parametrize("where", ["start_up", "receive", "emit"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WebRTCError("Please speak up."), "Please speak up."),
        (KeyError("voice"), "KeyError: 'voice'"),
    ],
)
async def test_its_client_is_told_and_others_go_on(
    where: str, error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(
        Failing(where, error), modality="audio", concurrency_limit=None, show_error=True
    )
    async with Served(stream) as server:
        other = await server.connected(SineTrack())
        await until(lambda: other.heard > 0.2)
        client = await server.connected(SineTrack())
        goodbye = await client.message("end_stream")
        assert goodbye == {"type": "end_stream", "data": words, "reason": "handler_error"}
        assert [message for message in client.messages if message["type"] == "error"] == [
            {"type": "error", "data": words, "message": words}
        ]
        await until(lambda: client.closed)
        await until(lambda: len(stream.host.registry) == 1)
        before = other.heard
        await until(lambda: other.heard > before + 0.5)
        assert other.messages == []
    assert caplog.text.count("Traceback") == 1
    assert f"in {where}" in caplog.text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.5, "Expected"),
        ("not a picture", "not a picture: there is no such file"),
        (np.zeros((4, 4, 2), np.uint8), "(4, 4, 2)"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
    ],
)
async def test_a_wrong_picture_names_what_was_expected_and_what_came(
    value: Any, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Served(Stream(lambda frame: value)) as server:
        client = await server.connected(NumberedTrack())
        error = await client.message("error")
        assert expected in error["data"]
        assert (await client.message("end_stream"))["reason"] == "handler_error"


class Mistaken(EchoHandler):
    """Emits what is no sound."""

    def emit(self) -> Any:
        return 24_000, np.zeros((7, 9), np.int16)

    def copy(self) -> StreamHandler:
        return Mistaken()


async def test_wrong_sound_names_what_was_expected_and_what_came(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Served(Stream(Mistaken(), modality="audio")) as server:
        client = await server.connected(SineTrack())
        error = await client.message("error")
        assert "Expected audio" in error["data"]
        assert "(7, 9)" in error["data"]


async def test_bad_control_messages_disturb_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with Served(Stream(EchoHandler(), modality="audio")) as server:
        client = await server.connected(SineTrack())
        for text in ("hello", "{}", '{"type":"reboot"}', "[" * 5000, "x" * 60_000):
            client.say(text)
        assert (await client.message("warning"))["data"].startswith("A control message")
        before = client.heard
        await until(lambda: client.heard > before + 0.5)
        assert len(client.messages) == 1
