"""A session whose person is as loud as the test says, and whose microphone may fall silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradio_webrtc import ReplyOnPause, ReplyOnStopWords
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.turns.turn_events import TurnEvent, TurnObserver
from tests.support.loudness_detector import RATE, LoudDetector, LoudModel
from tests.support.scripted_conversation import PlayingTransport, sounds
from tests.support.sessions import make_session, settle

PACKET = RATE // 50


@dataclass(frozen=True)
class Asked:
    """What the function was called with.

    Attributes:
        at: when, in seconds of the loop's clock.
        loud_s: how many seconds of the utterance are loud.
        seconds: how long it is.
    """

    at: float
    loud_s: float
    seconds: float


class _Observed(ReplyOnPause):
    told: list[TurnEvent]

    def _turn_observers(self) -> list[TurnObserver]:
        return [*super()._turn_observers(), self.told.append]


class _ObservedStopWords(ReplyOnStopWords):
    told: list[TurnEvent]

    def _turn_observers(self) -> list[TurnObserver]:
        return [*super()._turn_observers(), self.told.append]


class LoudCall:
    """One session on a virtual clock, with a detector that takes what is loud for speech.

    Args:
        seconds: of sound in each reply.
        fn: replies instead, and has to note down what it wants to know.
        needs_args: whether the stream has other inputs.
        stop_words: makes it a ``ReplyOnStopWords``, for which what is very loud is "computer".
        options: of the handler.

    Attributes:
        asked: what the function was called with.
        events: what an observer was told.
    """

    def __init__(
        self,
        seconds: float = 0.5,
        *,
        fn: Callable[..., Any] | None = None,
        needs_args: bool = False,
        stop_words: bool = False,
        **options: Any,
    ) -> None:
        self.asked: list[Asked] = []
        self.events: list[TurnEvent] = []

        async def reply(audio: tuple[int, np.ndarray]) -> AsyncIterator[Any]:
            loud = np.count_nonzero(np.abs(audio[1]) > 1000) / audio[0]
            self.asked.append(Asked(self.now, float(loud), audio[1].shape[1] / audio[0]))
            for chunk in sounds(8_000, seconds):
                yield chunk

        options = {"input_sample_rate": RATE, "model": LoudDetector, **options}
        fn = fn or reply
        handler = (
            _ObservedStopWords(fn, ["computer"], spotter=LoudModel(), **options)
            if stop_words
            else _Observed(fn, **options)
        )
        handler.told = self.events
        make = as_handler(handler, mode="send-receive", modality="audio")
        self.transport = PlayingTransport()
        self.session = make_session(make(needs_args=needs_args), self.transport)

    async def __aenter__(self) -> LoudCall:
        self.session.start()
        self.session.on_connected()
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.aclose()

    @property
    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    @property
    def handler(self) -> Any:
        """The handler of this session."""
        return self.session._handler._handler  # type: ignore[attr-defined]

    async def hears(self, *parts: tuple[int, float]) -> None:
        """Send sound of these levels and seconds, in real time."""
        sound = np.concatenate([np.full(round(s * RATE), level, np.int16) for level, s in parts])
        for at in range(0, sound.size, PACKET):
            self.session.on_audio(Pcm(RATE, sound[np.newaxis, at : at + PACKET]))
            await self.stops(0.02)

    async def stops(self, seconds: float) -> None:
        """Send nothing for so long."""
        for _ in range(round(seconds / 0.02)):
            await asyncio.sleep(0.02)
            await settle()
            # Threads work in real time, the clock stands still for them.
            while self._busy():
                await settle()

    def _busy(self) -> bool:
        handler = self.handler
        return handler is not None and handler._conversation._watch._lock.locked()

    async def until(self, condition: Callable[[], object], seconds: float = 20.0) -> None:
        """Send nothing until something is the case."""
        deadline = self.now + seconds
        while not condition():
            assert self.now < deadline, f"not within {seconds:g} s"
            await self.stops(0.02)

    def told(self, kind: str = "log") -> list[str]:
        """What the client was told of one kind."""
        return [message.data for message in self.transport.sent(kind)]
