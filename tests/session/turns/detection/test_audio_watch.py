"""Audio that stops coming: time ends what a pause would have ended. On a virtual clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AlgoOptions, InterruptionOptions
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.speech_events import SpeechEvent, TurnEnded
from tests.support.loud_call import LoudCall
from tests.support.loudness_detector import RATE, SPEECH, WORD, LoudDetector
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime
QUIET = (0, 1.0)
QUESTION = (SPEECH, 1.0)
TURN = ["started_talking", "pause_detected", "response_starting", "response_ended"]


@pytest.mark.parametrize(
    ("algo", "pause"),
    [
        (AlgoOptions(), 0.5),
        (AlgoOptions(silence_ms=300), 0.3),
        (AlgoOptions(silence_ms=1500), 1.5),
        (AlgoOptions(audio_chunk_duration=2.0, speech_threshold=0.4), 1.6),
    ],
    ids=["default", "300 ms", "1.5 s", "window of 2 s"],
)
async def test_the_turn_ends_after_the_pause_without_any_packet(
    algo: AlgoOptions, pause: float
) -> None:
    async with LoudCall(algo_options=algo) as call:
        await call.hears(QUIET, (SPEECH, 2.5))
        stopped = call.now
        await call.until(lambda: call.asked, 4.0)
        (asked,) = call.asked
        assert pause - 0.04 <= asked.at - stopped <= pause + 0.1
        assert asked.loud_s == pytest.approx(2.5, abs=0.05)
        await call.until(lambda: "response_ended" in call.told())
        assert call.told() == ["listening", *TURN]


class LoudMeasure:
    """A detector as published: how much of a stretch is loud."""

    def vad(self, audio: tuple[int, np.ndarray], options: Any) -> tuple[float, list[Any]]:
        rate, samples = audio
        return float(np.count_nonzero(np.abs(samples) > 1000)) / rate, []

    def warmup(self) -> None:
        """Nothing to load."""


async def test_a_model_that_measures_stretches_needs_no_packet_either() -> None:
    async with LoudCall(model=LoudMeasure()) as call:
        await call.hears(QUIET, QUESTION)
        stopped = call.now
        await call.until(lambda: call.asked, 4.0)
        assert call.asked[0].at - stopped == pytest.approx(0.5, abs=0.2)
        await call.stops(5.0)
        await call.hears(QUESTION, (0, 1.0))
        assert [asked.loud_s for asked in call.asked] == pytest.approx([1.0, 1.0], abs=0.15)


async def test_silence_that_was_heard_before_counts() -> None:
    async with LoudCall(algo_options=AlgoOptions(silence_ms=2000)) as call:
        await call.hears(QUIET, QUESTION, (0, 1.5))
        stopped = call.now
        await call.until(lambda: call.asked)
        assert call.asked[0].at - stopped == pytest.approx(0.5, abs=0.1)


async def test_the_input_that_ends_for_good_ends_the_turn() -> None:
    async with LoudCall() as call:
        await call.hears(QUIET, QUESTION)
        call.session.on_input_ended("audio")
        await call.stops(0.7)
        assert len(call.asked) == 1


async def test_packets_that_come_late_and_all_at_once_do_not_end_a_turn() -> None:
    async with LoudCall() as call:
        await call.hears(QUIET, QUESTION)
        for _ in range(4):
            await call.stops(0.4)
            for _ in range(20):  # what was held back
                call.session.on_audio(_packet(SPEECH))
            await call.stops(0.02)
        assert call.asked == []
        assert call.told() == ["listening", "started_talking"]
        await call.stops(0.7)
        assert call.asked[0].loud_s == pytest.approx(2.6, abs=0.05)


async def test_a_word_after_an_outage_is_a_turn_of_its_own() -> None:
    async with LoudCall(seconds=60) as call:
        await call.hears(QUIET, QUESTION)
        await call.stops(3.0)
        assert "response_starting" in call.told()
        await call.hears((SPEECH, 0.8))
        assert call.told()[-1] == "interrupted"
        await call.hears((0, 0.7))
        first, second = call.asked
        assert first.loud_s == pytest.approx(1.0, abs=0.05)
        assert second.loud_s == pytest.approx(0.8, abs=0.05)
        # No more than the pre-roll before it and the pad behind it.
        assert second.seconds < 0.8 + 0.4 + 0.4 + 0.1


async def test_a_sound_before_a_long_gap_does_not_begin_the_turn_after_it() -> None:
    async with LoudCall() as call:
        await call.hears(QUIET, (SPEECH, 0.18))
        await call.stops(10.0)
        await call.hears((SPEECH, 0.18), (0, 1.0))
        assert call.told() == ["listening"]
        await call.hears(QUESTION, (0, 0.7))
        assert call.asked[0].loud_s == pytest.approx(1.0, abs=0.05)


async def test_a_reply_that_is_held_goes_on_when_the_audio_stops() -> None:
    async with LoudCall(seconds=3.0) as call:
        await call.hears(QUIET, QUESTION, (0, 0.7))
        assert call.told()[-1] == "response_starting"
        await call.hears((0, 0.5), (SPEECH, 0.35))
        assert call.transport.held
        await call.stops(0.7)
        assert not call.transport.held
        await call.until(lambda: call.told()[-1] == "response_ended")
        assert call.transport.loud(7_000) == pytest.approx(3.0, abs=0.1)
        assert len(call.asked) == 1


async def test_an_interruption_whose_audio_stops_is_answered() -> None:
    options = InterruptionOptions(min_speech_s=0.3)
    async with LoudCall(seconds=60.0, interruption=options) as call:
        await call.hears(QUIET, QUESTION, (0, 0.7), (SPEECH, 0.5))
        assert call.told()[-1] == "interrupted"
        await call.stops(0.7)
        assert len(call.asked) == 2
        assert not call.transport.held


async def test_a_microphone_that_comes_back_during_the_reply_is_heard() -> None:
    async with LoudCall(seconds=60.0) as call:
        await call.hears(QUIET, QUESTION)
        await call.stops(2.0)
        await call.hears((0, 2.0))
        assert "interrupted" not in call.told()
        await call.hears(QUESTION)
        assert call.told()[-1] == "interrupted"


async def test_a_reply_that_nobody_may_interrupt_is_played_without_a_microphone() -> None:
    async with LoudCall(seconds=2.0, can_interrupt=False) as call:
        await call.hears(QUIET, QUESTION)
        await call.until(lambda: "response_ended" in call.told(), 4.0)
        await call.stops(5.0)
        await call.hears((0, 0.5), QUESTION, (0, 0.7))
        assert [asked.loud_s for asked in call.asked] == pytest.approx([1.0, 1.0], abs=0.05)


class Undecided:
    """A turn detector that never thinks a turn is finished."""

    def __init__(self) -> None:
        self.asked = 0

    async def finished(self, utterance: Any) -> float:
        self.asked += 1
        return 0.0


async def test_a_turn_that_waits_for_more_waits_by_the_clock() -> None:
    detector = Undecided()
    async with LoudCall(turn_detector=detector, longest_pause_s=2.0) as call:
        await call.hears(QUIET, QUESTION)
        stopped = call.now
        await call.stops(1.0)
        assert (detector.asked, call.asked) == (1, [])
        await call.until(lambda: call.asked, 4.0)
        assert call.asked[0].at - stopped == pytest.approx(2.25, abs=0.2)
        assert detector.asked == 1


class TestStopWords:
    async def test_a_question_whose_audio_stops_is_answered(self) -> None:
        async with LoudCall(stop_words=True) as call:
            await call.hears(QUIET, (WORD, 0.5), QUESTION)
            await call.stops(0.8)
            assert call.told("stopword") == ["computer"]
            assert call.asked[0].loud_s == pytest.approx(1.0, abs=0.1)

    async def test_the_word_alone_is_heard_though_the_audio_stops_with_it(self) -> None:
        async with LoudCall(stop_words=True, follow_up_s=4.0) as call:
            await call.hears(QUIET, (WORD, 0.5))
            await call.stops(1.0)
            assert call.told("stopword") == ["computer"]
            await call.hears(QUESTION)
            await call.stops(0.8)
            assert call.asked[0].loud_s == pytest.approx(1.0, abs=0.1)

    async def test_it_falls_asleep_by_the_clock(self) -> None:
        async with LoudCall(stop_words=True, follow_up_s=4.0) as call:
            await call.hears(QUIET, (WORD, 0.5))
            await call.stops(3.0)
            assert call.told() == ["listening"]
            await call.stops(2.0)
            assert call.told() == ["listening", "listening"]
            await call.hears(QUESTION, (0, 0.7))
            assert call.asked == []

    async def test_what_was_said_without_the_word_is_over_too(self) -> None:
        async with LoudCall(stop_words=True) as call:
            await call.hears(QUIET, QUESTION)
            await call.stops(3.0)
            await call.hears((WORD, 0.5), QUESTION, (0, 0.7))
            (asked,) = call.asked
            assert asked.loud_s == pytest.approx(1.0, abs=0.1)


async def test_no_timer_waits_while_nothing_waits_for_silence() -> None:
    async with LoudCall() as call:
        await call.hears(QUIET, QUESTION)
        await call.stops(1.5)
        await call.hears((0, 0.5))
        assert call.told()[-1] == "response_ended"
        assert call.handler._conversation._watch._timer is None


async def test_what_a_turn_detector_or_spotter_raises_then_ends_the_session() -> None:
    async with LoudCall(stop_words=True) as call:
        await call.hears(QUIET, QUESTION)

        def broken(*_: object) -> None:
            raise RuntimeError("no model")

        call.handler._conversation.turn_listener._found._spotter.finish = broken
        await call.stops(1.0)
        ending = call.session.ending
        assert ending is not None
        assert ending.reason is CloseReason.HANDLER_ERROR


async def test_a_listener_of_ones_own_tells_of_the_pause() -> None:
    heard: list[SpeechEvent] = []

    async def on_silence(events: Sequence[SpeechEvent]) -> None:
        heard.extend(events)

    async with LoudCall() as call:  # for its clock
        algo = AlgoOptions(audio_chunk_duration=1.0)
        listener = Listener(RATE, 1, algo, model=LoudDetector, on_silence=on_silence)
        for _ in range(50):
            await listener.hear((RATE, _packet(SPEECH).samples))
            await call.stops(0.02)
        await call.stops(0.8)
        assert heard == []
        for _ in range(20):
            await call.stops(0.02)
            while listener._watch._lock.locked():
                await settle()
        (event,) = heard
        assert isinstance(event, TurnEnded)
        assert event.speech_s == pytest.approx(1.0, abs=0.05)
        await listener.aclose()


def _packet(level: int) -> Pcm:
    return Pcm(RATE, np.full((1, RATE // 50), level, np.int16))
