"""Subclasses of ``ReplyOnPause`` that replace its published steps, sync and async."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, AlgoOptions, ReplyOnPause
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.protocol import Handler
from gradio_webrtc.turns.app_state import AppState
from gradio_webrtc.turns.published_hooks import utterance_of
from tests.support.sessions import until
from tests.support.synthetic_speech import chunks, joined, say, silence
from tests.unit.handlers.conftest import FakeLink

pytestmark = pytest.mark.asyncio

RATE = 16_000
TONE = (RATE, np.full((1, 320), 9_000, np.int16))
QUESTION = joined(silence(0.5, RATE), say("What is the time?", "en-us", RATE), silence(1.5, RATE))


class Notes:
    """What happened in all copies of a handler."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.called: list[tuple[str, bool]] = []

    def reply(self, audio: tuple[int, np.ndarray]) -> Iterator[Any]:
        self.asked.append(audio[1].shape[1] / audio[0])
        yield TONE
        yield AdditionalOutputs("done")

    def note(self, name: str) -> None:
        here = threading.current_thread() is threading.main_thread()
        self.called.append((name, here))


class Steps(ReplyOnPause):
    """What the subclasses here have in common."""

    def __init__(self, notes: Notes, **options: Any) -> None:
        super().__init__(notes.reply, input_sample_rate=RATE, **options)
        self.notes = notes

    def copy(self) -> Steps:
        return type(self)(self.notes)  # as published


class SyncReceive(Steps):
    def receive(self, frame):
        self.notes.note("receive")
        super().receive(frame)


class AsyncReceive(Steps):
    async def receive(self, frame):
        self.notes.note("receive")
        await super().receive(frame)


class SyncEmit(Steps):
    def emit(self):
        value = super().emit()
        self.notes.note("emit" if value is not None else "idle")
        return value


class AsyncEmit(Steps):
    async def emit(self):
        value = await super().emit()
        self.notes.note("emit")
        return value


class OwnDeterminePause(Steps):
    def determine_pause(self, audio, sampling_rate, state):
        self.notes.note("determine_pause")
        assert isinstance(state, AppState)
        return super().determine_pause(audio, sampling_rate, state)


class OwnProcessAudio(Steps):
    def process_audio(self, audio, state):
        self.notes.note("process_audio")
        super().process_audio(audio, state)


class SyncStartUp(Steps):
    def start_up(self):
        self.notes.note("start_up")
        super().start_up()


class PublishedReceive(Steps):
    """Brings all of ``receive``, with the published attributes, and calls no ``super()``."""

    def receive(self, frame):
        if self.state.responding and not self.can_interrupt:
            return
        self.process_audio(frame, self.state)
        if self.state.pause_detected:
            self.notes.note("receive")
            self.event.set()
            self.generator = None
            self.clear_queue()


SYNC = [SyncReceive, SyncEmit, OwnDeterminePause, OwnProcessAudio, SyncStartUp, PublishedReceive]


@asynccontextmanager
async def serving(prototype: ReplyOnPause, link: FakeLink) -> AsyncIterator[Handler]:
    handler = as_handler(prototype, mode="send-receive", modality="audio")()
    await handler.start(link)
    try:
        yield handler
    finally:
        await handler.aclose()


async def hears(handler: Handler, sound: np.ndarray) -> None:
    for chunk in chunks(sound, RATE):
        await handler.receive_audio((RATE, chunk))


async def answer(handler: Handler) -> list[Any]:
    """Return what is emitted until the reply has said its last."""
    emitted = []
    while not emitted or emitted[-1].outputs is None:
        emitted.append(await asyncio.wait_for(handler.emit("audio"), 10))
    return emitted


async def emits(handler: Handler) -> None:
    while True:
        await handler.emit("audio")


@asynccontextmanager
async def going_on(handler: Handler) -> AsyncIterator[asyncio.Task[None]]:
    """Emit what is said meanwhile."""
    task = asyncio.ensure_future(emits(handler))
    try:
        yield task
    finally:
        await cancel_and_wait(task)


@pytest.mark.parametrize("kind", [*SYNC, AsyncReceive, AsyncEmit])
async def test_one_that_brings_a_step_of_its_own_is_answered(kind, link):
    notes = Notes()
    async with serving(kind(notes), link) as handler:
        await hears(handler, QUESTION)
        emitted = await answer(handler)
    assert emitted[-1].outputs.args == ("done",)
    assert sum(each.audio is not None for each in emitted) == 1
    [said] = notes.asked
    assert 0.5 < said < 3
    on_loop = {here for name, here in notes.called if name != "idle"}
    assert on_loop == {kind in (AsyncReceive, AsyncEmit)}, "sync code never runs on the event loop"
    assert link.logged[0] == "listening"
    assert link.logged.index("pause_detected") < link.logged.index("response_starting")
    assert ("started_talking" in link.logged) == (kind is not PublishedReceive), "its own to tell"


@pytest.fixture
async def link():
    return FakeLink(asyncio.get_running_loop())


async def test_a_pause_is_what_the_subclass_says(link):
    """It ends its turns after half a second of sound, whoever speaks."""

    class Clockwork(Steps):
        def determine_pause(self, audio, sampling_rate, state):
            state.started_talking = True
            state.stream = audio
            return len(audio) >= sampling_rate / 2

    notes = Notes()
    async with serving(Clockwork(notes), link) as handler:
        for turn in range(2):
            await hears(handler, np.full(RATE // 2, 5, np.int16))
            await answer(handler)
            assert notes.asked == [0.5] * (turn + 1)


async def test_a_reply_is_interrupted_by_a_turn_of_the_subclass(link):
    class Endless(Steps):
        def process_audio(self, audio, state):
            state.sampling_rate, samples = audio
            state.started_talking = bool(samples.max() > 50)
            state.stream = samples[0] if state.started_talking else None
            state.pause_detected = state.started_talking

    notes = Notes()
    loud = np.full((1, RATE), 5_000, np.int16)
    async with serving(Endless(notes), link) as handler:
        await handler.receive_audio((RATE, loud))
        await asyncio.wait_for(handler.emit("audio"), 10)
        await handler.receive_audio((RATE, loud))
        await answer(handler)
    assert notes.asked == [1.0, 1.0]
    assert link.cleared == 1
    assert "interrupted" in link.logged


async def test_while_a_reply_goes_on_the_state_says_so(link):
    class HalfDuplex(Steps):
        def receive(self, frame):
            self.notes.note(f"responding {self.state.responding}")
            if not self.state.responding:
                super().receive(frame)

    notes, hold = Notes(), asyncio.Event()

    async def drain() -> None:
        await hold.wait()

    link.drain = drain
    async with serving(HalfDuplex(notes), link) as handler:
        await hears(handler, QUESTION)
        await answer(handler)
        assert not any(name == "responding True" for name, _ in notes.called[:20])
        await hears(handler, silence(0.1, RATE))
        assert notes.called[-1][0] == "responding True"
        hold.set()
        async with going_on(handler):
            await until(lambda: "response_ended" in link.logged)
        await hears(handler, silence(0.1, RATE))
        assert notes.called[-1][0] == "responding False"


async def test_reset_is_called_when_a_reply_has_been_played(link):
    class Resets(Steps):
        def reset(self):
            super().reset()
            self.notes.note("reset")

    notes = Notes()
    async with serving(Resets(notes), link) as handler:
        assert notes.called == []
        await hears(handler, QUESTION)
        await answer(handler)
        async with going_on(handler):
            await until(lambda: notes.called)
    assert notes.called == [("reset", False)]


async def test_what_reset_raises_ends_the_session(link):
    class Breaks(Steps):
        def reset(self):
            raise KeyError("broken")

    async with serving(Breaks(Notes()), link) as handler:
        await hears(handler, QUESTION)
        await answer(handler)
        with pytest.raises(KeyError, match="broken"):
            await asyncio.wait_for(emits(handler), 10)


async def test_values_that_a_sync_emit_has_itself_are_emitted_at_once(link):
    class Jingle(Steps):
        def __init__(self, notes: Notes) -> None:
            super().__init__(notes)
            self.jingles = [TONE, TONE]

        def emit(self):
            return self.jingles.pop() if self.jingles else super().emit()

    async with serving(Jingle(Notes()), link) as handler:
        for _ in range(2):
            emitted = await asyncio.wait_for(handler.emit("audio"), 1)
            assert emitted.audio is not None
        async with going_on(handler) as emitting:
            await asyncio.sleep(0.1)
            assert not emitting.done()


async def test_published_attributes_of_a_connection_are_its_own():
    handler = ReplyOnPause(Notes().reply)
    copied = handler.copy()
    assert copied.state is not handler.state
    assert copied.event is not handler.event
    assert not handler.event.is_set()
    assert handler.generator is None
    assert not handler.is_async
    assert handler.model.vad((RATE, silence(1, RATE)), None) == (0.0, [])

    async def numbers() -> AsyncIterator[int]:
        yield 7

    assert await handler.async_iterate(numbers()) == 7


async def test_the_decision_is_that_of_the_options():
    algo = AlgoOptions(audio_chunk_duration=0.5, max_continuous_speech_s=1.0)
    handler = ReplyOnPause(Notes().reply, algo_options=algo, input_sample_rate=RATE)
    handler.model = always(0.4)
    state = AppState()
    half = np.ones((1, RATE // 2), np.int16)
    handler.process_audio((RATE, half[:, :100]), state)
    assert state.buffer is not None
    assert (state.started_talking, state.pause_detected) == (False, False)
    state.buffer = None
    handler.process_audio((RATE, half), state)
    assert (state.started_talking, state.pause_detected, state.buffer) == (True, False, None)
    handler.process_audio((RATE, half), state)
    assert state.pause_detected, "the longest turn is over"
    said = utterance_of(state)
    assert said is not None
    assert said.shape == (1, RATE)
    handler.model = always(0.0)
    handler.reset()
    assert handler.state.stream is None


def always(seconds: float) -> Any:
    class Model:
        def vad(self, audio, options):
            return seconds, []

        def warmup(self):
            pass

    return Model()


async def test_what_was_said_may_be_gathered_in_any_shape_and_type():
    assert utterance_of(AppState()) is None
    for stream in (np.ones(3, np.float32), np.full((1, 3), 32767, np.int64)):
        said = utterance_of(AppState(stream=stream))
        assert said is not None
        assert said.dtype == np.int16
        assert said.tolist() == [[32767] * 3]
