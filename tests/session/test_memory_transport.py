"""Sessions over a wire that is not WebRTC: whatever they need of it, shared code brings."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AsyncStreamHandler, CloseStream, ReplyOnPause, current_reply
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.server.output_store import SessionOutputs
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.loudness_detector import RATE, SPEECH, LoudDetector
from tests.support.memory_transport import MemoryTransport, Wire
from tests.support.scripted_conversation import sounds
from tests.support.sessions import settle, until

pytestmark = pytest.mark.looptime

REPLY = 8_000
"""How loud replies are."""


class Caller:
    """The client's end of a line, and the session at the other.

    Attributes:
        heard: the audio that arrived, with the loop's time, 20 ms each.
        told: the control messages that arrived.
        hung_up: whether the other end closed.
    """

    def __init__(self, handler: Any, limits: Limits | None = None) -> None:
        self.heard: list[tuple[float, np.ndarray]] = []
        self.told: list[dict[str, Any]] = []
        self.hung_up = False
        self._out: Wire = asyncio.Queue()
        self._in: Wire = asyncio.Queue()
        self._made = as_handler(handler, mode="send-receive", modality="audio")()
        self.session = Session(
            "a",
            self._made,
            limits or Limits(),
            lambda listener: MemoryTransport(listener, self._out, self._in, RATE),
            SessionOutputs("a"),
        )
        self._reading = asyncio.ensure_future(self._read())

    async def __aenter__(self) -> Caller:
        self.session.start()
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.aclose()
        await self._reading

    @property
    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    @property
    def logged(self) -> list[Any]:
        """The turn-taking events."""
        return [message["data"] for message in self.told if message["type"] == "log"]

    def loud(self, since: float = 0.0) -> list[float]:
        """Return when each 20 ms that are a reply arrived."""
        return [
            time
            for time, samples in self.heard
            if time >= since and np.abs(samples.astype(int)).max() > REPLY - 100
        ]

    async def says(self, *parts: tuple[int, float]) -> None:
        """Send audio of these levels and seconds, in real time."""
        for level, seconds in parts:
            for _ in range(round(seconds * 50)):
                self._out.put_nowait(np.full(RATE // 50, level, np.int16).tobytes())
                await asyncio.sleep(0.02)
                await settle()
                while self._busy():  # threads work in real time, the clock stands still for them
                    await settle()

    def hangs_up(self) -> None:
        """End the call."""
        self._out.put_nowait(None)

    def _busy(self) -> bool:
        handler = self._made._handler  # type: ignore[attr-defined]
        conversation = getattr(handler, "_conversation", None)
        if len(self.session._audio.queue):
            return True  # not even taken from the wire
        return conversation is not None and conversation._watch._lock.locked()

    async def _read(self) -> None:
        while (item := await self._in.get()) is not None:
            if isinstance(item, bytes):
                self.heard.append((self.now, np.frombuffer(item, np.int16)))
            else:
                self.told.append(json.loads(item))
        self.hung_up = True


class Echo(AsyncStreamHandler):
    """Sends back what comes."""

    def __init__(self) -> None:
        super().__init__(input_sample_rate=RATE)
        self.queue: asyncio.Queue[Any] = asyncio.Queue()

    async def receive(self, frame: Any) -> None:
        self.queue.put_nowait(frame)

    async def emit(self) -> Any:
        return await self.queue.get()

    def copy(self) -> Echo:
        return Echo()


async def test_an_echo() -> None:
    async with Caller(Echo()) as caller:
        await caller.says((REPLY, 1.0), (0, 0.2))
        assert len(caller.loud()) * 0.02 == pytest.approx(1.0, abs=0.05)
        caller.hangs_up()
        await until(lambda: caller.session.state is SessionState.CLOSED)
        assert caller.session.ending is not None
        assert caller.session.ending.reason is CloseReason.CLIENT_CLOSED
    assert caller.hung_up


class Speech(AsyncStreamHandler):
    """Emits so many seconds at once, and then ends the stream."""

    played = 0.0

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.values: list[Any] = [
            (48_000, np.full(round(seconds * 48_000), REPLY, np.int16)),
            CloseStream("That was all."),
        ]

    async def receive(self, frame: Any) -> None:
        """Nobody is listened to."""

    async def emit(self) -> Any:
        value = self.values.pop(0)
        if not self.values:
            await self.wait_until_played()
            Speech.played = self.seconds_played()
        return value

    def copy(self) -> Speech:
        return Speech(3.0)


async def test_what_is_queued_is_played_in_real_time_before_the_session_ends() -> None:
    async with Caller(Speech(3.0)) as caller:
        await until(lambda: caller.session.state is SessionState.CLOSED)
        ended = caller.now
    times = caller.loud()
    assert ended - times[0] == pytest.approx(3.0, abs=0.15)
    assert len(times) * 0.02 == pytest.approx(3.0, abs=0.05)
    assert max(np.diff(times[:-1])) <= 0.021  # the last is a remainder, which waits for more
    assert Speech.played == pytest.approx(3.0, abs=0.005)
    assert caller.told[-1] == {
        "type": "end_stream",
        "data": "That was all.",
        "reason": "handler_finished",
    }


class Answers:
    """Answers with five seconds of sound; keeps what was heard of each reply."""

    def __init__(self) -> None:
        self.replies: list[Any] = []

    async def __call__(self, audio: Any) -> AsyncIterator[Any]:
        self.replies.append(current_reply())
        for chunk in sounds(REPLY, 5.0):
            yield chunk


def conversation(answers: Answers) -> ReplyOnPause:
    return ReplyOnPause(answers, input_sample_rate=RATE, model=LoudDetector)


async def test_speaking_into_a_reply_silences_it_and_counts_what_was_heard() -> None:
    answers = Answers()
    async with Caller(conversation(answers)) as caller:
        await caller.says((0, 1.0), (SPEECH, 1.0), (0, 2.0))
        assert len(answers.replies) == 1
        began = caller.now
        await caller.says((SPEECH, 1.2))
        # 0.3 s, and the two frames that are on their way when it is noticed.
        assert caller.loud(since=began + 0.34) == [], "held, then dropped"
        assert "interrupted" in caller.logged
        (reply,) = answers.replies
        assert reply.interrupted
        assert reply.heard_s == pytest.approx(len(caller.loud()) * 0.02, abs=0.06)
        await caller.says((0, 6.5))
        assert len(answers.replies) == 2
        assert answers.replies[1].heard_s == pytest.approx(5.0, abs=0.02)
        assert caller.logged[-1] == "response_ended"


async def test_a_short_word_holds_a_reply_that_then_goes_on() -> None:
    answers = Answers()
    async with Caller(conversation(answers)) as caller:
        await caller.says((0, 1.0), (SPEECH, 1.0), (0, 2.0), (SPEECH, 0.26), (0, 6.0))
        times = caller.loud()
        assert len(answers.replies) == 1
        assert not answers.replies[0].interrupted
        assert answers.replies[0].heard_s == pytest.approx(5.0, abs=0.02)
        assert np.count_nonzero(np.diff(times) > 0.1) == 1, "one pause"
        assert len(times) * 0.02 == pytest.approx(5.0, abs=0.1)
