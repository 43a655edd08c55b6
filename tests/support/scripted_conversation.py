"""Conversations whose every word the test writes, over a wire that plays in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradio_webrtc import Reply, ReplyOnPause, current_reply
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.turns.detection.speech_events import (
    Pause,
    SpeechEvent,
    SpeechStarted,
    TurnEnded,
)
from tests.support.fake_transport import FakeTransport
from tests.support.sessions import make_session, marked, settle

RATE = 48_000
FIRST, SECOND = 4_000, 8_000
"""How loud the first and the later replies of a ``Replier`` are."""


class PlayingTransport(FakeTransport):
    """A wire that plays what it is given at the loop's pace.

    Attributes:
        heard: the sound that went out, with the loop's time, 20 ms each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[float, np.ndarray]] = []
        self._out = OutgoingAudio(sent=self._keep)
        self._reader = asyncio.ensure_future(self._read())

    @property
    def played_s(self) -> float:
        """How much was played."""
        return self._out.played_s

    @played_s.setter
    def played_s(self, _: float) -> None:
        """The playout knows."""

    @property
    def queued_s(self) -> float:
        """How much waits."""
        return self._out.queued_s

    @queued_s.setter
    def queued_s(self, _: float) -> None:
        """The playout knows."""

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue it, as a real wire does."""
        await super().play_audio(audio)
        await self._out.play(audio)

    async def drain(self) -> None:
        """Wait until it has been played."""
        await self._out.drain()

    async def until_played(self, seconds: float) -> None:
        """Wait until more has been played."""
        await self._out.until_played(seconds)

    def clear(self) -> None:
        """Drop what is queued."""
        super().clear()
        self._out.clear()

    def hold(self) -> None:
        """Fall silent."""
        super().hold()
        self._out.hold()

    def release(self) -> None:
        """Go on."""
        super().release()
        self._out.release()

    async def aclose(self) -> None:
        """End the playing."""
        self._out.stop()
        await self._reader
        await super().aclose()

    def loud(self, least: int = 1, most: int = 32_767) -> float:
        """Return the seconds of sound whose peak is within these bounds."""
        peaks = [int(np.abs(samples).max()) for _, samples in self.heard]
        return sum(least <= peak <= most for peak in peaks) * 0.02

    def last_loud(self) -> float:
        """Return when the last frame went out that was not silent."""
        return max(time for time, samples in self.heard if np.abs(samples).max() > 50)

    def _keep(self, pcm: Pcm) -> None:
        self.heard.append((asyncio.get_running_loop().time(), pcm.samples))

    async def _read(self) -> None:
        while await self._out.next_frame() is not None:
            pass


class ScriptedTurnListener:
    """Implements ``turns.conversation.TurnListener``; hears what the test says.

    Attributes:
        speech_s: of the turn that goes on.
        quiet_s: for how long nobody has spoken in it.
        frames: how many were heard.
        resumed, resets, closed: how often these were called.
    """

    def __init__(self) -> None:
        self.speech_s = self.quiet_s = 0.0
        self.frames = 0
        self.resumed = self.resets = self.closed = 0
        self.ended_s = 0.0
        self.absent_s = 0.0
        self.said: np.ndarray = np.zeros((1, 0), np.int16)
        self._events: list[SpeechEvent] = []

    def hears(self, *events: SpeechEvent) -> None:
        """Let the next sound lead to these events."""
        self._events += events

    @property
    def silence_left_s(self) -> float | None:
        """Half a second ends a turn."""
        return 0.5 - self.absent_s if self.speech_s else None

    def pause_so_far(self) -> Pause | None:
        """Return nothing unless the test says that there is a pause."""
        if not (self.speech_s and self.quiet_s):
            return None
        ended = TurnEnded(self.turn_so_far(), self.speech_s, 0.0)
        return Pause(0.0, self.quiet_s, uncertain=False, turn=lambda: ended)

    def turn_so_far(self, after: int = 0) -> np.ndarray:
        """Return as much as there is speech: its samples say which word is spoken when."""
        return spoken_words(self.speech_s)[:, after:]

    async def absent(self, seconds: float) -> list[SpeechEvent]:
        """Count; the turn ends after half a second."""
        self.absent_s += seconds
        if not self.speech_s or self.absent_s < 0.5:
            return []
        self.absent_s, self.ended_s = 0.0, self.speech_s
        self.said = np.full((1, 4_800), 1, np.int16)
        ended = self.end_turn()
        return [] if ended is None else [replace(ended, paused=True)]

    async def hear(self, frame: tuple[int, np.ndarray]) -> list[SpeechEvent]:
        """Follow the script."""
        self.frames += 1
        self.absent_s = 0.0
        events, self._events = self._events, []
        return events

    def end_turn(self) -> TurnEnded | None:
        """End what was begun."""
        if not self.speech_s:
            return None
        seconds, self.speech_s = self.speech_s, 0.0
        return TurnEnded(self.said, seconds, 0.0, paused=False)

    def resume_turn(self) -> bool:
        """Count."""
        self.resumed += 1
        self.speech_s = self.ended_s
        return True

    def reset(self) -> None:
        """Count."""
        self.resets += 1
        self.speech_s = 0.0

    async def aclose(self) -> None:
        """Count."""
        self.closed += 1


WORD_S = 0.25
_WORD = 1_000
"""The value of the samples of the first word; the second one's is one more, and so on."""


def spoken_words(seconds: float) -> np.ndarray:
    """Return so much speech in which each ``WORD_S`` is a word that ``written_words`` knows."""
    at = np.arange(round(seconds * RATE)) // round(WORD_S * RATE)
    return (_WORD + at)[np.newaxis].astype(np.int16)


def written_words(audio: tuple[int, np.ndarray]) -> str:
    """Return the words in ``audio``: "w0 w1 w2"."""
    return " ".join(f"w{value - _WORD}" for value in np.unique(audio[1]).tolist())


class ScriptedReply(ReplyOnPause):
    """A ``ReplyOnPause`` with a scripted listener: the newest is ``ScriptedReply.listener``."""

    listener: ScriptedTurnListener

    def _make_turn_listener(self) -> ScriptedTurnListener:
        ScriptedReply.listener = ScriptedTurnListener()
        return ScriptedReply.listener


class Talk:
    """One conversation: what the person does, and what comes of it. Use within a running loop.

    Args:
        handler: replies.
        needs_args: whether the stream has other inputs.
        composer: whether the page has a text composer.
        phone_mode: whether it is a telephone call.
    """

    def __init__(
        self,
        handler: ScriptedReply,
        *,
        needs_args: bool = False,
        composer: bool = False,
        phone_mode: bool = False,
    ) -> None:
        make = as_handler(handler, mode="send-receive", modality="audio")
        self.transport = PlayingTransport()
        self.session = make_session(
            make(needs_args=needs_args),
            self.transport,
            composer=composer,
            phone_mode=phone_mode,
        )
        self._moment = 0.0

    async def __aenter__(self) -> Talk:
        self.session.start()
        self.session.on_connected()
        await self.passes(0.1)
        self.listener = ScriptedReply.listener
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.aclose()

    @property
    def logged(self) -> list[str]:
        """The turn-taking events the client was told of."""
        return [message.data for message in self.transport.messages if message.type == "log"]

    @property
    def texts(self) -> list[Any]:
        """The plain texts the client got, decoded."""
        return [json.loads(text) for text in self.transport.texts]

    async def passes(self, seconds: float) -> None:
        """Let this much time pass, with sound coming in."""
        for _ in range(max(1, round(seconds / 0.02))):
            self.session.on_audio(marked(1))
            await asyncio.sleep(0.02)
        self._moment += seconds
        await settle()

    async def speaks(self, seconds: float) -> None:
        """The person begins to speak and goes on for so long."""
        if not self.listener.speech_s:
            self.listener.hears(SpeechStarted(self._moment))
            self.listener.speech_s = 0.2
            await self.passes(0.02)
        while seconds > 0:
            self.listener.speech_s += 0.02
            seconds -= 0.02
            await self.passes(0.02)

    async def pauses(self, value: int = 1, *, paused: bool = True) -> None:
        """The turn ends; its utterance consists of ``value``."""
        said = np.full((1, 4_800), value, np.int16)
        seconds, self.listener.speech_s = self.listener.speech_s, 0.0
        self.listener.ended_s, self.listener.said = seconds, said
        self.listener.hears(TurnEnded(said, seconds, self._moment, paused))
        await self.passes(0.02)

    async def asks(self, value: int = 1) -> None:
        """Say something and pause."""
        await self.speaks(0.8)
        await self.pauses(value)


def sounds(level: int, seconds: float) -> Iterator[tuple[int, np.ndarray]]:
    """Yield sound of one level in pieces of 100 ms."""
    for _ in range(round(seconds * 10)):
        yield RATE, np.full(RATE // 10, level, np.int16)


def value_of(audio: tuple[int, np.ndarray]) -> int | None:
    """Return the value an utterance of ``Talk.pauses`` consists of, ``None`` if it is empty."""
    values: Sequence[int] = np.unique(audio[1]).tolist()
    assert len(values) < 2
    return values[0] if values else None


class Replier:
    """Answers each call with five seconds of sound, the second one louder.

    Attributes:
        asked: what was said, one value for each call.
        closed: the replies whose generator was closed or came to its end.
    """

    def __init__(self, seconds: float = 5.0, thinks: float = 0.0) -> None:
        self.seconds = seconds
        self.thinks = thinks
        self.asked: list[int | None] = []
        self.closed: list[Reply] = []

    async def __call__(self, audio: Any) -> AsyncIterator[Any]:
        self.asked.append(value_of(audio))
        level = FIRST if len(self.asked) == 1 else SECOND
        try:
            await asyncio.sleep(self.thinks)
            for chunk in sounds(level, self.seconds):
                yield chunk
        finally:
            self.closed.append(current_reply())
